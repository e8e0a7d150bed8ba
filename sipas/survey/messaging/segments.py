"""How a text travels: GSM 03.38 where all its characters are in it, else UCS-2, in one segment or several.

Providers charge by the segment: 160 septets or 70 units in one alone, 153 or 67 in each of several.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from aiosmpplib.codec import GSM_BASIC_ENCODE_MAP, GSM_EXTENDED_ENCODE_MAP

ESCAPE = 0x1B
Encoding = Literal["gsm-7", "ucs-2"]
ALONE: dict[Encoding, int] = {"gsm-7": 160, "ucs-2": 70}
JOINED: dict[Encoding, int] = {"gsm-7": 153, "ucs-2": 67}


@dataclass(frozen=True)
class Segments:
    """units: septets, or characters of UCS-2. parts: what each segment carries, a byte a septet."""

    encoding: Encoding
    units: int
    parts: tuple[bytes, ...]


def segment(text: str) -> Segments:
    encoding: Encoding = "gsm-7" if all(map(septets, text)) else "ucs-2"
    coded = [septets(letter) if encoding == "gsm-7" else letter.encode("utf-16-be") for letter in text]
    width = 1 if encoding == "gsm-7" else 2
    units = sum(map(len, coded)) // width
    room = ALONE[encoding] if units <= ALONE[encoding] else JOINED[encoding]
    return Segments(encoding, units, tuple(filled(coded, room * width)))


def septets(letter: str) -> bytes:
    """One, or two behind an escape; none where the alphabet has not the letter."""
    if (code := GSM_BASIC_ENCODE_MAP.get(letter)) is not None:
        return bytes([code])
    if (code := GSM_EXTENDED_ENCODE_MAP.get(letter)) is not None:
        return bytes([ESCAPE, code])
    return b""


def filled(coded: list[bytes], room: int) -> Iterator[bytes]:
    """As much to a segment as fits; neither an escape nor half of a surrogate pair is left behind."""
    part = b""
    for letter in coded:
        if len(part) + len(letter) > room:
            yield part
            part = b""
        part += letter
    yield part
