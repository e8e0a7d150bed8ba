"""Numbers of Vietnamese mobile phones, and the keyed hashes that stand for them.

No message of an error repeats a number: errors are printed and kept.
"""

import hmac
import re
from typing import Final, Literal

from phonenumbers import PhoneMetadata, PhoneNumberDesc

from sipas.errors import InputError

Fault = Literal["malformed", "foreign", "landline"]
WORDS: Final[dict[Fault, str]] = {
    "malformed": "is no Vietnamese mobile number, such as 0912 345 678",
    "foreign": "is a number abroad; only Vietnamese mobile numbers are asked",
    "landline": "is a landline; text messages reach mobile phones alone",
}
SEPARATORS = re.compile(r"[\s.()/\-]+")
NATIONAL = re.compile(r"(?:(?:\+|00)?84)?0?([1-9][0-9]{8,9})", re.ASCII)
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


def parse_phone(text: str) -> str:
    """E.164, as +84912345678, of a mobile number in any of the usual ways of writing it."""
    written = SEPARATORS.sub("", text)
    number = NATIONAL.fullmatch(written)
    if number and MOBILE.fullmatch(number[1]):
        return f"+84{number[1]}"
    if number and FIXED.fullmatch(number[1]):
        raise PhoneError("landline")
    raise PhoneError("foreign" if ABROAD.fullmatch(written) else "malformed")


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
