from unicodedata import normalize

import pytest

from sipas.survey.messaging.opt_out_words import asks_to_stop


@pytest.mark.parametrize(
    "said",
    [
        "TC", "tc", " tc ạ", "T.C", "T/C", "t-c", "T C", "T.C. ạ", "(TC)", "ＴＣ",
        "T\N{ZERO WIDTH SPACE}C", "Soạn TC",
        "Xin TC", "TC nhé", "Từ chối", "TU CHOI", "tu choi a", "Tôi từ chối nhận tin nhắn",
        "Em xin từ chối",
        "Cho tôi từ chối", "Tôi muốn từ chối khảo sát", "STOP", "stop.", "Stop please",
        "please stop", "S.T.O.P",
        "QUIT", "tuchoi", "HUY KS", "huy di", "Tôi không muốn tham gia",
        "quit!", "Unsubscribe", "opt out", "OPT-OUT", "HUY", "Hủy", "Huỷ đăng ký",
        "HUY DK", "hủy nhận tin",
        "Dừng", "DUNG", "Dừng lại", "Ngừng gửi", "Ngưng nhắn tin", "Đừng gửi nữa",
        "Đừng nhắn tin cho tôi",
        "dung gui nua", "Không nhận tin nữa", "Tôi không muốn nhận tin nhắn", "Xin đừng làm phiền",
    ],
)  # fmt: skip
def test_who_asks_to_be_left_alone_is_heard(said: str) -> None:
    assert asks_to_stop(said)
    assert asks_to_stop(normalize("NFD", said))


@pytest.mark.parametrize(
    "said",
    [
        "Đúng rồi ạ", "Dung roi a", "đúng", "Dùng tốt", "dùng", "Dung tot",
        "Đừng lo, tôi hài lòng", "Dung lo",
        "đừng", "Khong stop dau", "Huy cảm ơn", "Huy đây ạ", "Bị từ chối hồ sơ",
        "Cán bộ từ chối nhận hồ sơ", "Cô từ chối nhận hồ sơ",
        "Tôi không từ chối", "Tôi bị từ chối", "Tôi không nhận được hồ sơ",
        "Tôi chưa nhận kết quả", "Đụng xe",
        "Tốt", "Rất hài lòng", "Cảm ơn", "5", "", "...", "Thank you, the end", "Tôi chờ", "Không",
        "Có",
        "Thủ tục chậm", "Nhận tin rồi",
    ],
)  # fmt: skip
def test_other_replies_are_no_opt_outs(said: str) -> None:
    assert not asks_to_stop(said)
    assert not asks_to_stop(normalize("NFD", said))


@pytest.mark.parametrize(
    "said",
    [
        "thôi đừng nhắn", "ko nhận", "k nhận tin", "Do not text me", "no more messages", "remove me",
        "Làm ơn đừng gửi tin nhắn nữa", "Tôi từ chối nhận tin nhắn của cơ quan", "Từ chối khảo sát ạ",
        "Đừng hỏi nữa", "Đừng hỏi tôi nữa nhé", "Xin đừng liên hệ với tôi", "Đừng liên lạc nữa",
        "Đừng nhắn vào số này nữa", "Đừng gửi cho tôi nữa", "Đừng gửi link nữa", "Đừng spam",
        "Đừng bao giờ nhắn tin cho tôi", "Tôi không muốn bị làm phiền",
        "Không cần khảo sát đâu, đừng gửi nữa", "Tôi không muốn nhận", "Tôi không có nhu cầu nhận tin",
        "Không đồng ý tham gia khảo sát", "Tôi từ chối trả lời khảo sát", "Hủy đăng ký nhận tin",
        "Yêu cầu dừng gửi tin nhắn", "Đề nghị ngừng nhắn tin", "Ngừng khảo sát", "Dừng việc nhắn tin lại",
        "Hãy dừng lại", "Cho tôi hủy", "Dừng gửi tin được không?", "Tôi bận lắm, đừng nhắn tin nữa",
        "Dạ, từ chối ạ", "Chào anh, STOP", "TC tin", "TC nhận tin", "STOP HANOI", "Stop texting me",
        "stop sending messages", "Don't text me again", "Dont contact me", "Do not survey me",
        "please do not message me", "No more texts please", "Don't send me any more messages",
        "I do not want to receive messages", "Take me off your list", "Unsubscribe me", "leave me alone",
        "remove my number", "quit texting me", "Stop, thank you", "STOP\n\n--\nSent from my phone",
        "dung nhan tin cho toi nua", "xin dung gui nua", "khong nhan tin nua", "Tôi từ chối vì bận",
        "Đừng nhắn tin cho tôi vì tôi đang làm việc", "TỪ CHỐI", "Tôi đã từ chối nhận tin rồi",
    ],
)  # fmt: skip
def test_a_refusal_of_messages_or_of_contact_is_an_opt_out(said: str) -> None:
    assert asks_to_stop(said)
    assert asks_to_stop(normalize("NFD", said))


@pytest.mark.parametrize(
    "said",
    [
        "Cho tôi hủy hồ sơ", "Hủy thẻ cũ được không", "Dừng xe ở đâu", "Đừng gửi nhầm hồ sơ",
        "Đừng gửi hồ sơ qua bưu điện", "Tôi từ chối bồi dưỡng cho cán bộ", "Tôi đã từ chối nhận hối lộ",
        "Ngừng tiếp dân", "TC tốt", "STOP là gì vậy?", "quit smoking", "TC: thủ công", "Hủy số thứ tự",
        "Hủy đăng ký kết hôn", "Hủy đăng ký kinh doanh", "huy ho so", "Hủy lịch hẹn",
        "Tôi muốn hủy lịch hẹn", "Dừng làm thủ tục", "Dừng hoạt động", "Máy ngừng hoạt động",
        "Ngừng cấp thẻ", "Từ chối hồ sơ", "Từ chối tiếp dân", "Tôi từ chối nộp thêm tiền",
        "Đừng bắt dân chờ", "Đừng để dân chờ lâu", "Đừng đổi cán bộ", "Đừng hỏi nhiều giấy tờ", "Đừng tin",
        "Tôi không tin", "Đừng nhận quà", "đừng gửi giấy tờ về xã", "Không nhận hối lộ",
        "Cảm ơn, không nhận tiền", "Tôi không nhận được tin nhắn", "Không nhận được kết quả",
        "Không gửi kết quả cho dân", "Không hỏi gì thêm", "Không liên hệ được cán bộ",
        "Không tham gia bảo hiểm", "Không muốn nhận kết quả qua bưu điện", "Không làm phiền gì đâu ạ",
        "Chờ lâu, end", "Don't stop", "non-stop service", "bus stop", "stop by anytime", "end of the day",
        "cancel my appointment", "remove my application", "Do not send the file by post", "no more queues",
        "do not contact the police", "Gửi chị Dung", "Chị Dung tốt", "Em Huy", "dung hen",
        "dung gui ho so nay", "Tôi không từ chối khảo sát", "STOPPED working", "Đừng lo lắng",
        "Đừng buồn nhé", "Dung gio",
    ],
)  # fmt: skip
def test_a_refusal_of_something_else_is_no_opt_out(said: str) -> None:
    assert not asks_to_stop(said)
    assert not asks_to_stop(normalize("NFD", said))
