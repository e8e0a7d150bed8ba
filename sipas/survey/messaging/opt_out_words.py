"""Recognises opt-out replies: a keyword, or a sentence that begins with such a request.

Without diacritics "dung" is dừng (stop), dùng (use), đừng (do not) or đúng (right), and "huy" is hủy (cancel)
or a given name. Such a word counts when it stands alone, when its diacritics are clear, or when the words
after it can only belong to a request.
"""

import re
from collections.abc import Sequence
from typing import Final
from unicodedata import category, normalize

from sipas.survey.messaging.texts import without_marks

# "TC" is "từ chối", according to Vietnam's rules for messages.
_KEYWORDS: Final = {"STOP", "STOPALL", "QUIT", "TC", "UNSUBSCRIBE", "UNSUB", "OPTOUT", "NGUNG", "TUCHOI"}
_KEYWORDS_ALONE: Final = {"HUY", "DUNG", "END", "CANCEL", "REMOVE"}
_MARKED_WORDS: Final = {"dừng", "ngừng", "ngưng", "hủy", "huỷ"}
# Words that may come first: pronouns, courtesy, and "soạn" from our own instruction.
_LEADING_WORDS: Final = frozenset(
    [
        "TOI",
        "EM",
        "ANH",
        "CHI",
        "CO",
        "CHU",
        "BAC",
        "ONG",
        "BA",
        "MINH",
        "TO",
        "CHAU",
        "CON",
        "DA",
        "VANG",
        "THUA",
        "XIN",
        "PHEP",
        "CHO",
        "DUOC",
        "MUON",
        "YEU",
        "CAU",
        "DE",
        "NGHI",
        "VUI",
        "LONG",
        "LAM",
        "ON",
        "HAY",
        "SOAN",
        "NHAN",
        "I",
        "WANT",
        "TO",
        "PLEASE",
        "PLS",
    ]
)
# Refusals by an office, not of messages.
_REFUSED_CASES: Final = {"HO", "GIAI", "TIEP", "CAP", "DON", "TRA"}
_PHRASES: Final = tuple(
    tuple(phrase.split())
    for phrase in (
        "TU CHOI", "OPT OUT", "KHONG NHAN TIN", "KHONG NHAN SMS", "KHONG NHAN NUA", "KHONG MUON NHAN TIN",
        "KHONG MUON NHAN SMS", "KHONG MUON NHAN NUA", "KHONG GUI NUA", "KHONG GUI TIN", "KHONG LAM PHIEN",
        "DUNG GUI", "DUNG NHAN TIN", "DUNG NHAN SMS", "DUNG NHAN NUA", "DUNG LAM PHIEN", "DUNG LIEN LAC",
        "THOI GUI", "THOI NHAN TIN", "HUY DANG KY", "HUY DK", "HUY NHAN", "HUY BO", "HUY TIN", "HUY GUI",
        "HUY KS", "HUY KHAO SAT", "HUY SMS", "HUY DV", "HUY DICH VU", "HUY THEO DOI", "HUY DI", "HUY GIUP",
        "HUY GIUM", "KHONG THAM GIA", "KHONG MUON THAM GIA",
    )
)  # fmt: skip
_LONGEST_KEYWORD: Final = max(map(len, _KEYWORDS))


def asks_to_stop(text: str) -> bool:
    """Return True for "STOP", "T.C" and "Tôi từ chối nhận tin", not for "Đúng rồi ạ" or "Bị từ chối hồ
    sơ".
    """
    marked = _words(text)
    plain = [without_marks(word).upper() for word in marked]
    if (
        len(plain) == 1
        and plain[0] in _KEYWORDS_ALONE
        and (_is_plain(marked[0]) or marked[0] in _MARKED_WORDS)
    ):
        return True
    starts = range(min(_leading(plain) + 1, len(plain)))
    return any(_begins_request(plain[start:], marked[start]) for start in starts)


def _words(text: str) -> list[str]:
    """Return the words in lower case, letters only. "ＴＣ" becomes "tc"; invisible characters are removed."""
    visible = "".join(letter for letter in normalize("NFKC", text) if category(letter) != "Cf")
    return re.findall(r"[^\W\d_]+", visible.lower())


def _is_plain(word: str) -> bool:
    return word.isascii()


def _leading(plain: Sequence[str]) -> int:
    """Count the words in front that only name the speaker or are courtesy."""
    return next((place for place, word in enumerate(plain) if word not in _LEADING_WORDS), len(plain))


def _begins_request(plain: Sequence[str], first_marked: str) -> bool:
    if plain[0] in _KEYWORDS or first_marked in _MARKED_WORDS or _spelled(plain):
        return True
    if not _is_plain(first_marked) and plain[0] == "DUNG" and first_marked != "đừng":
        return False  # đúng, dùng, đụng
    if tuple(plain[:2]) == ("TU", "CHOI") and _REFUSED_CASES & set(plain[2:4]):
        return False
    return any(tuple(plain[: len(phrase)]) == phrase for phrase in _PHRASES)


def _spelled(plain: Sequence[str]) -> bool:
    """Whether this is a keyword with signs between its letters: "T.C", "T/C", "S T O P"."""
    letters = ""
    for word in plain[:_LONGEST_KEYWORD]:
        if len(word) != 1:
            return False
        letters += word
        if letters in _KEYWORDS:
            return True
    return False
