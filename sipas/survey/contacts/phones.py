"""Vietnamese mobile numbers, and the keyed hashes that replace them.

Error messages never repeat a number: they are printed and stored.
"""

import hmac
import re
from typing import Final, Literal
from unicodedata import category, normalize

from phonenumbers import PhoneMetadata, PhoneNumberDesc

from sipas.errors import InputError

Fault = Literal["malformed", "rounded", "several", "foreign", "landline"]
PHONE_FAULT_TEXTS: Final[dict[Fault, str]] = {
    "malformed": "is no Vietnamese mobile number, such as 0912 345 678",
    "rounded": "was rounded by a spreadsheet; format the column as text and export it again",
    "several": "is more than one number; give one in a cell",
    "foreign": "is a number abroad; only Vietnamese mobile numbers are asked",
    "landline": "is a landline; text messages reach mobile phones alone",
}
_PHONE_SEPARATORS = re.compile(r"[\s.()/\-]+")
_NATIONAL_NUMBER = re.compile(r"(?:(?:\+|00)?84)?0?([1-9][0-9]{8,9})", re.ASCII)
LONG_NUMBER = re.compile(r"[+\d][\d .-]{5,}\d")  # may be a phone number; stored texts contain none
_FOREIGN_NUMBER = re.compile(r"(?:\+|00)(?!84)[1-9][0-9]{6,14}", re.ASCII)


class PhoneError(InputError):
    """A number that cannot receive messages; `fault` is the reason."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"the phone {PHONE_FAULT_TEXTS[fault]}")
        self.fault: Fault = fault


def _of_kind(description: PhoneNumberDesc | None) -> re.Pattern[str]:
    assert description is not None
    assert description.national_number_pattern is not None
    return re.compile(description.national_number_pattern, re.ASCII)


_VIETNAM_METADATA = PhoneMetadata.metadata_for_region("VN")
assert _VIETNAM_METADATA is not None
# The library's look-up takes about 50 µs a number, this pattern 1 µs.
_MOBILE, _FIXED = _of_kind(_VIETNAM_METADATA.mobile), _of_kind(_VIETNAM_METADATA.fixed_line)


# New prefixes since September 2018, by the old ones of eleven-digit numbers, without the leading 0.
_PREFIXES_BEFORE_2018: Final = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip
_PLAIN_MOBILE: Final = re.compile(r"0[35789][0-9]{8}", re.ASCII)
_EXPONENT: Final = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,2})", re.ASCII)
_WHOLE: Final = re.compile(r"(\+?[0-9]{9,})[.,]0{1,2}", re.ASCII)
_BETWEEN: Final = re.compile(r"[,;/|\\&\n]|\s-\s|\s{2,}|\b(?:hoặc|hay|và|or|and)\b", re.IGNORECASE)
_DASHES: Final = re.compile("[\N{HYPHEN}-\N{HORIZONTAL BAR}\N{MINUS SIGN}]")
# Words about the number: a label in front, and a remark without digits in brackets at either end.
_LABEL: Final = re.compile(
    r"(?:(?:số )?(?:đ\.?t|s\.?đ\.?t|đtdđ|đt di động"
    r"|điện thoại(?: di động)?|di động|dt|sdt|tel|phone|mobile|zalo)"
    r"\.?(?:\s*:\s*|\s+))+",
    re.IGNORECASE,
)
_REMARK: Final = re.compile(r"^\([^()\d]*\)\s*|\s*\([^()\d]*\)$")
_QUOTES: Final = "'\"`´‘’“”="


def parse_phone(text: str) -> str:
    """Return a mobile number in E.164, such as +84912345678. It may be written in any of the usual ways.

    Additions by spreadsheets are removed; prefixes used before 2018 are replaced by the current ones.
    """
    if _PLAIN_MOBILE.fullmatch(text) and _MOBILE.fullmatch(text, 1):
        return f"+84{text[1:]}"
    visible = "".join(payload for payload in normalize("NFKC", text) if category(payload) != "Cf")
    tidy = _without_exponent(_without_words(visible.strip().strip(_QUOTES).strip()))
    if whole := _WHOLE.fullmatch(tidy):
        tidy = whole[1]
    try:
        return _read(tidy)
    except PhoneError as error:
        if error.fault == "malformed" and _are_several(tidy):
            raise PhoneError("several") from None
        raise


def _without_words(text: str) -> str:
    """Return the text with plain hyphens and without a label or remark: "ĐT: 0912 345 678 (vợ)"."""
    text = _REMARK.sub("", _DASHES.sub("-", text))
    label = _LABEL.match(text)
    return text[label.end() :] if label else text


def _read(text: str) -> str:
    written = _PHONE_SEPARATORS.sub("", text)
    number = _NATIONAL_NUMBER.fullmatch(written)
    if number and (national := _MOBILE.fullmatch(_renewed(number[1]))):
        return f"+84{national[0]}"
    if number and _FIXED.fullmatch(number[1]):
        raise PhoneError("landline")
    raise PhoneError("foreign" if _FOREIGN_NUMBER.fullmatch(written) else "malformed")


def _renewed(national: str) -> str:
    """Return the number with the prefix used since September 2018."""
    new = _PREFIXES_BEFORE_2018.get(national[:3]) if len(national) == 10 else None
    return new + national[3:] if new else national


def _without_exponent(text: str) -> str:
    """Expand 9.12345678E+08, which still has all its digits. 9.12E+08 has lost some."""
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
        digits = _PHONE_SEPARATORS.sub("", text)
        half = len(digits) // 2
        parts = [digits[:half], digits[half:]] if len(digits) == 20 else text.split()
    return len(parts) > 1 and sum(map(is_phone, parts)) > 1


def is_phone(text: str) -> bool:
    """Whether the text looks like a phone number, whether or not it can receive messages."""
    try:
        parse_phone(text)
    except PhoneError as error:
        return error.fault != "malformed"
    return True


def hash_phone(phone: str, secret: bytes, purpose: str) -> bytes:
    """Hash a number in E.164. Without the key, hashes for two purposes cannot be linked."""
    return hmac.digest(secret, f"phone:{purpose}:{phone}".encode(), "sha256")
