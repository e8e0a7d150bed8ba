"""Sorting in the order of a Vietnamese dictionary."""

import re
from functools import lru_cache
from unicodedata import normalize

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = (
    "",
    "\N{COMBINING GRAVE ACCENT}",
    "\N{COMBINING HOOK ABOVE}",
    "\N{COMBINING TILDE}",
    "\N{COMBINING ACUTE ACCENT}",
    "\N{COMBINING DOT BELOW}",
)

_Place = tuple[int, int]
SortKey = tuple[tuple[_Place, ...], tuple[int, ...], str]


@lru_cache(maxsize=65_536)  # rows of a table share their names
def sort_key(text: str) -> SortKey:
    """Letters first, then tones (ngang huyền hỏi ngã sắc nặng), then capitals; numbers by their value."""
    text = normalize("NFC", text)
    parts = re.findall(r"[0-9]+|[^0-9]", text)
    places = [_place(part) for part in parts]
    return tuple(p for p, _ in places), tuple(tone for _, tone in places), text.swapcase()


@lru_cache(maxsize=4096)
def _place(part: str) -> tuple[_Place, int]:
    """Return the rank of a number or character: punctuation, numbers, Vietnamese letters, other letters."""
    if part.isdecimal():
        return (1, int(part)), 0
    letter, tone = _split_tone(part.lower())
    if letter in _LETTERS:
        return (2, _LETTERS.index(letter)), tone
    return (3 if letter.isalpha() else 0, ord(letter[0])), tone


def _split_tone(letter: str) -> tuple[str, int]:
    marks = normalize("NFD", letter)
    tone = next((mark for mark in marks if mark in _TONES), "")
    return normalize("NFC", marks.replace(tone, "") if tone else marks), _TONES.index(tone)
