"""Masks of what may name a person in a text: e-mail addresses, and names after a title such as "chị".

Intake has replaced long numbers already (`sipas/survey/intake/personal_numbers.py`). Names without a title
and names in small letters stay.
"""

import re
from collections.abc import Iterator

from sipas.messages import Language, text

_TITLES = frozenset(
    (
        *("ông", "bà", "anh", "chị", "cô", "chú", "bác", "em", "thầy"),
        *("ong", "ba", "chi", "co", "chu", "bac", "thay"),  # written without diacritics
        *("mr", "mrs", "ms", "miss"),
    )
)
_NAME_WORDS_MAX = 4
_PART = re.compile(r"\w+|\W+")
_MAIL_ADDRESS = re.compile(r"[^\s@<>()\[\]]+@[^\s@<>()\[\]]+\.[^\s@<>()\[\].,;:!?]+")


def mask(words: str, language: Language) -> str:
    """Return the text in which marks stand in place of names and addresses."""
    without_addresses = _MAIL_ADDRESS.sub(text(language, "comments.address"), words)
    return "".join(_without_names(_PART.findall(without_addresses), text(language, "comments.name")))


def _without_names(parts: list[str], mark: str) -> Iterator[str]:
    """parts: words, and what stands between them."""
    in_capitals = _is_in_capitals(parts)
    place = 0
    while place < len(parts):
        part = parts[place]
        yield part
        place += 1
        if part.casefold() not in _TITLES:
            continue
        end = _end_of_name(parts, place, 1 if in_capitals else _NAME_WORDS_MAX)
        if end > place:
            yield f"{parts[place]}{mark}"
            place = end


def _is_in_capitals(parts: list[str]) -> bool:
    """Whether most words are in capitals, where a capital says nothing of names."""
    words = [part for part in parts if part[0].isalpha() and len(part) > 1]
    return bool(words) and sum(part.isupper() for part in words) > len(words) / 2


def _end_of_name(parts: list[str], start: int, words_max: int) -> int:
    """Return the place behind the name that begins after the title; `start` where none does."""
    end, place = start, start
    for _ in range(words_max):
        if place + 1 >= len(parts) or parts[place].strip(" .\N{NO-BREAK SPACE}"):
            break
        word = parts[place + 1]
        if not word[0].isupper() or word.casefold() in _TITLES:
            break
        end = place = place + 2
    return end
