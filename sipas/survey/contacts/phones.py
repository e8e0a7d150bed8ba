"""Numbers of Vietnamese mobile phones, and the keyed hashes that stand for them.

No message of an error repeats a number: errors are printed and kept.
"""

import hmac
import re
from typing import Final, Literal
from unicodedata import category, normalize

from phonenumbers import PhoneMetadata, PhoneNumberDesc

from sipas.errors import InputError

Fault = Literal["malformed", "rounded", "several", "foreign", "landline"]
WORDS: Final[dict[Fault, str]] = {
    "malformed": "is no Vietnamese mobile number, such as 0912 345 678",
    "rounded": "was rounded by a spreadsheet; format the column as text and export it again",
    "several": "is more than one number; give one in a cell",
    "foreign": "is a number abroad; only Vietnamese mobile numbers are asked",
    "landline": "is a landline; text messages reach mobile phones alone",
}
SEPARATORS = re.compile(r"[\s.()/\-]+")
NATIONAL = re.compile(r"(?:(?:\+|00)?84)?0?([1-9][0-9]{8,9})", re.ASCII)
LONG_NUMBER = re.compile(r"[+\d][\d .-]{5,}\d")  # may be a phone; texts that are kept hold none
ABROAD = re.compile(r"(?:\+|00)(?!84)[1-9][0-9]{6,14}", re.ASCII)


class PhoneError(InputError):
    """A number that no message goes to; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"the phone {WORDS[fault]}")
        self.fault: Fault = fault


def of_kind(description: PhoneNumberDesc | None) -> re.Pattern[str]:
    assert description is not None
    assert description.national_number_pattern is not None
    return re.compile(description.national_number_pattern, re.ASCII)


VIETNAM = PhoneMetadata.metadata_for_region("VN")
assert VIETNAM is not None
# The library's own look-up takes some 50 µs a number, its patterns one.
MOBILE, FIXED = of_kind(VIETNAM.mobile), of_kind(VIETNAM.fixed_line)


# What replaced the prefixes of eleven digits in September 2018, without the leading 0.
PREFIXES_BEFORE_2018: Final = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip
_PLAIN: Final = re.compile(r"0[35789][0-9]{8}", re.ASCII)
_EXPONENT: Final = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,2})", re.ASCII)
_WHOLE: Final = re.compile(r"(\+?[0-9]{9,})[.,]0{1,2}", re.ASCII)
_BETWEEN: Final = re.compile(r"[,;/|\\&\n]|\s-\s|\s{2,}|\b(?:hoặc|hay|và|or|and)\b", re.IGNORECASE)
_QUOTES: Final = "'\"`´‘’“”="


def parse_phone(text: str) -> str:
    """E.164, as +84912345678, of a mobile number in any of the usual ways of writing it.

    What spreadsheets add is taken off; prefixes of before 2018 become those that replaced them.
    """
    if _PLAIN.fullmatch(text) and MOBILE.fullmatch(text, 1):
        return f"+84{text[1:]}"
    visible = "".join(letter for letter in normalize("NFKC", text) if category(letter) != "Cf")
    tidy = _without_exponent(visible.strip().strip(_QUOTES).strip())
    if whole := _WHOLE.fullmatch(tidy):
        tidy = whole[1]
    try:
        return _read(tidy)
    except PhoneError as error:
        if error.fault == "malformed" and _are_several(tidy):
            raise PhoneError("several") from None
        raise


def _read(text: str) -> str:
    written = SEPARATORS.sub("", text)
    number = NATIONAL.fullmatch(written)
    if number and (national := MOBILE.fullmatch(_renewed(number[1]))):
        return f"+84{national[0]}"
    if number and FIXED.fullmatch(number[1]):
        raise PhoneError("landline")
    raise PhoneError("foreign" if ABROAD.fullmatch(written) else "malformed")


def _renewed(national: str) -> str:
    """With the prefix that holds since September 2018."""
    new = PREFIXES_BEFORE_2018.get(national[:3]) if len(national) == 10 else None
    return new + national[3:] if new else national


def _without_exponent(text: str) -> str:
    """9.12345678E+08 still has all its digits; 9.12E+08 has lost some."""
    found = _EXPONENT.fullmatch(text)
    if not found:
        return text
    first, digits, places = found[1], found[2] or "", int(found[3])
    if len(digits) < places:
        raise PhoneError("rounded")
    return first + digits[:places]


def _are_several(text: str) -> bool:
    parts = [part for part in _BETWEEN.split(text) if part.strip()]
    if len(parts) < 2:
        digits = SEPARATORS.sub("", text)
        half = len(digits) // 2
        parts = [digits[:half], digits[half:]] if len(digits) == 20 else text.split()
    return len(parts) > 1 and sum(map(is_phone, parts)) > 1


def is_phone(text: str) -> bool:
    """Whether it reads as the number of somebody's phone, one that messages go to or not."""
    try:
        parse_phone(text)
    except PhoneError as error:
        return error.fault != "malformed"
    return True


def hash_phone(phone: str, secret: bytes, purpose: str) -> bytes:
    """Of a number in E.164. Hashes for two purposes do not lead to each other without the key."""
    return hmac.digest(secret, f"phone:{purpose}:{phone}".encode(), "sha256")
