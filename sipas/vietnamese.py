"""The order of a Vietnamese dictionary, which the order of code points is not."""

import re
from functools import lru_cache
from unicodedata import normalize

LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = (
    "",
    "\N{COMBINING GRAVE ACCENT}",
    "\N{COMBINING HOOK ABOVE}",
    "\N{COMBINING TILDE}",
    "\N{COMBINING ACUTE ACCENT}",
    "\N{COMBINING DOT BELOW}",
)

Place = tuple[int, int]
Key = tuple[tuple[Place, ...], tuple[int, ...], str]


def sort_key(text: str) -> Key:
    """Letters first, then tones (ngang huyền hỏi ngã sắc nặng), then capitals; numbers by their value."""
    text = normalize("NFC", text)
    parts = re.findall(r"[0-9]+|[^0-9]", text)
    places = [place(part) for part in parts]
    return tuple(p for p, _ in places), tuple(tone for _, tone in places), text.swapcase()


@lru_cache(maxsize=4096)
def place(part: str) -> tuple[Place, int]:
    """Where a number or a character stands: punctuation, numbers, letters, letters of others."""
    if part.isdecimal():
        return (1, int(part)), 0
    letter, tone = split_tone(part.lower())
    if letter in LETTERS:
        return (2, LETTERS.index(letter)), tone
    return (3 if letter.isalpha() else 0, ord(letter[0])), tone


def split_tone(letter: str) -> tuple[str, int]:
    marks = normalize("NFD", letter)
    tone = next((mark for mark in marks if mark in TONES), "")
    return normalize("NFC", marks.replace(tone, "") if tone else marks), TONES.index(tone)
