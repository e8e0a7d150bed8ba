"""Words of opt-out requests, in Vietnamese and English.

Phrases are written with their diacritics; a reply may have them or not. "tc" is "từ chối" in Vietnam's rules
for messages.
"""

from typing import Final

# Words that end messages when they stand alone, with courtesy words, or with messages as their object.
KEYWORDS: Final = (
    "stop all", "stopall", "stop", "quit", "tc", "unsubscribe", "unsub", "opt out", "optout", "từ chối",
    "tuchoi", "ngừng", "ngưng", "dừng", "hủy", "huỷ", "end", "cancel", "remove",
)  # fmt: skip
SPELLED_KEYWORDS: Final = ("STOP", "QUIT", "TC")  # with signs between the letters
# Without diacritics these are dùng (use), đúng (right) and a given name too.
AMBIGUOUS: Final = ("dung", "huy")
AFTER_AMBIGUOUS: Final = ("đi", "giúp", "giùm")

LEADING: Final = (
    "tôi", "tui", "em", "anh", "chị", "cô", "chú", "bác", "ông", "bà", "mình", "tớ", "cháu", "con", "dạ",
    "vâng", "thưa", "xin", "phép", "cho", "được", "muốn", "yêu cầu", "đề nghị", "vui lòng", "làm ơn", "hãy",
    "soạn", "nhắn", "chào", "thôi", "đã", "mong", "nhờ", "ạ", "cảm ơn", "nếu được", "quý vị", "cơ quan",
    "i", "we", "want", "wish", "would", "like", "to", "please", "pls", "plz", "hi", "hello", "just",
    "kindly", "thanks", "you", "must", "should",
)  # fmt: skip
COURTESY: Final = (
    "tôi", "tui", "em", "anh", "chị", "cô", "chú", "bác", "ông", "bà", "mình", "cháu", "con", "xin", "cho",
    "với", "ạ", "à", "nhé", "nhá", "nha", "nhe", "nghe", "đi", "lại", "ngay", "luôn", "nữa", "giúp", "giùm",
    "dùm", "ơi", "cảm ơn", "cám ơn", "vui lòng", "làm ơn", "hết", "thôi", "dạ", "vâng", "vì bận",
    "vì tôi bận", "please", "pls", "plz", "thanks", "thank you", "thx", "now", "it", "this", "me", "all",
    "ok", "okay", "sir", "hà nội", "hanoi", "hn", "sipas",
)  # fmt: skip

# Negations, which need a verb of contact after them.
NEGATIONS: Final = ("không", "khong", "ko", "k", "kg", "hok", "hông", "chẳng", "chả")
REQUESTS: Final = (
    "đừng", "chớ", "thôi", "đừng có", "đừng bao giờ", "đừng tiếp tục", "đừng cố", "xin đừng",
)  # fmt: skip
WISHES: Final = (
    "muốn", "cần", "thích", "đồng ý", "có nhu cầu", "muốn bị", "muốn được", "thích bị", "hề muốn",
    "muốn tiếp tục",
)  # fmt: skip
ENGLISH_REQUESTS: Final = ("do not", "don t", "dont", "never", "do not ever")
ENGLISH_WISHES: Final = (
    "do not want", "don t want", "dont want", "do not wish", "don t wish", "would not like", "no more",
    "no",
)  # fmt: skip

# Verbs whose object is the person who is asked.
CONTACT_VERBS: Final = (
    "nhắn", "nhắn tin", "tin nhắn", "nhận tin", "nhận tin nhắn", "nhận sms", "nhận khảo sát",
    "nhận thông báo", "gửi tin", "gửi tin nhắn", "gửi sms", "gửi khảo sát", "gởi tin", "gởi tin nhắn",
    "khảo sát", "làm phiền", "phiền", "quấy rầy", "liên hệ", "liên lạc", "spam", "sms", "tham gia",
    "tham gia khảo sát", "trả lời khảo sát", "trả lời tin nhắn", "làm khảo sát", "nhận mấy tin",
)  # fmt: skip
# Verbs that other objects are usual with: after "không" they need a wish or "nữa".
WEAK_VERBS: Final = ("gửi", "gởi", "hỏi", "hỏi ý kiến", "hỏi thăm", "gửi link", "gửi thông báo")
RECEIVING: Final = ("nhận",)
ENGLISH_VERBS: Final = (
    "text", "message", "contact", "survey", "sms", "spam", "bother", "disturb", "send", "send me",
    "texting", "messaging", "contacting", "surveying", "spamming", "bothering", "disturbing", "sending",
    "ask me", "asking me", "receive messages", "receive texts", "receive sms", "get messages", "get texts",
    "be contacted", "be texted", "be surveyed", "be asked", "messages", "texts", "text messages", "surveys",
    "the messages", "the texts", "these messages", "these texts", "your messages", "your texts",
    "receive any messages", "receive any more messages", "any messages", "any more messages", "participate",
    "take part", "receive surveys", "receive these messages", "more messages", "survey messages",
)  # fmt: skip
# Objects after a keyword: what is refused or cancelled.
OBJECTS: Final = (
    *CONTACT_VERBS, *WEAK_VERBS, *RECEIVING, *ENGLISH_VERBS, "tin", "ks", "việc gửi", "việc nhắn tin",
    "việc gửi tin", "việc khảo sát", "phiếu khảo sát", "đăng ký", "đăng kí", "đk", "dk", "dịch vụ", "dv",
    "theo dõi", "bỏ", "quảng cáo", "my number", "from list", "from the list", "from your list", "me from",
    "subscription",
)  # fmt: skip
WHOLE_REQUESTS: Final = (
    "remove me", "remove my number", "remove this number", "take me off", "leave me alone",
    "delete my number", "cho tôi yên", "để tôi yên", "xóa số của tôi", "xóa số tôi", "xóa số này",
)  # fmt: skip
# Words that may follow an object.
AFTER_OBJECT: Final = (
    "tin", "tin nhắn", "sms", "khảo sát", "này", "kiểu này", "như vậy", "như thế", "thế này", "vào số này",
    "cho số này", "tới số này", "đến số này", "số này", "số tôi", "số máy này", "số điện thoại này",
    "máy này", "của", "về", "đến", "tới", "thêm", "gì", "gì cả", "gì hết", "bất cứ", "bất kỳ", "mọi", "các",
    "những", "mấy", "cái", "nào", "nhiều", "hoài", "mãi", "qua sms", "qua tin nhắn", "gọi", "gọi điện",
    "hay", "hoặc", "và", "hỏi", "làm phiền", "liên hệ", "từ nay", "sau này", "lần sau", "lần nữa",
    "một lần nữa", "link", "người ta", "chúng tôi", "của cơ quan", "của phường", "của xã",
    "gia đình tôi", "again",
    "any", "more", "anymore", "to", "my", "number", "phone", "us", "any longer", "ever", "or", "and",
    "survey", "surveys", "messages", "message", "text", "texts", "sms", "from", "your", "the", "list",
    "these", "those", "in", "about", "for", "you", "email", "call", "contact", "spam", "at all",
    "questions",
)  # fmt: skip
# Words after which the sentence gives a reason or asks politely.
STOPS: Final = (
    "được không", "được ko", "vì", "do", "khi", "lúc", "nếu", "bởi", "mà", "rồi", "nhưng", "thì", "because",
    "as", "when", "if", "i", "it", "thank", "trong", "vào", "ban đêm", "tôi không", "tôi đang", "tôi đã",
)  # fmt: skip
AGAIN: Final = ("nữa", "nua")
