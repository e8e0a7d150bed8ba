"""Encoding of texts: GSM 03.38 if it has all characters, else UCS-2, in one segment or several.

Providers charge by the segment: 160 septets or 70 units in a single one, 153 or 67 in each of several.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from aiosmpplib.codec import GSM_BASIC_ENCODE_MAP, GSM_EXTENDED_ENCODE_MAP

_ESCAPE = 0x1B
_Encoding = Literal["gsm-7", "ucs-2"]
_SINGLE_CHARACTERS: dict[_Encoding, int] = {"gsm-7": 160, "ucs-2": 70}
_PART_CHARACTERS: dict[_Encoding, int] = {"gsm-7": 153, "ucs-2": 67}


@dataclass(frozen=True)
class SmsSegments:
    """units: septets, or characters of UCS-2. parts: content of each segment, one byte for each septet."""

    encoding: _Encoding
    units: int
    parts: tuple[bytes, ...]


def segment(text: str) -> SmsSegments:
    encoding: _Encoding = "gsm-7" if all(map(_septets, text)) else "ucs-2"
    coded = [_septets(letter) if encoding == "gsm-7" else letter.encode("utf-16-be") for letter in text]
    width = 1 if encoding == "gsm-7" else 2
    units = sum(map(len, coded)) // width
    room = (
        _SINGLE_CHARACTERS[encoding] if units <= _SINGLE_CHARACTERS[encoding] else _PART_CHARACTERS[encoding]
    )
    return SmsSegments(encoding, units, tuple(_filled(coded, room * width)))


def _septets(letter: str) -> bytes:
    """Return one septet, or two with an escape; none if the alphabet lacks the letter."""
    if (code := GSM_BASIC_ENCODE_MAP.get(letter)) is not None:
        return bytes([code])
    if (code := GSM_EXTENDED_ENCODE_MAP.get(letter)) is not None:
        return bytes([_ESCAPE, code])
    return b""


def _filled(coded: list[bytes], room: int) -> Iterator[bytes]:
    """Yield segments, each as full as possible. Escapes and surrogate pairs are not split."""
    part = b""
    for letter in coded:
        if len(part) + len(letter) > room:
            yield part
            part = b""
        part += letter
    yield part
