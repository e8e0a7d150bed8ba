"""What the cells of a file of transactions stand for, one by one, and quicker where all are as usual.

A ValueError says what is wrong and never repeats the cell: it might be a phone number.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sipas.survey.catalogue import LOCAL
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.feed.events import LONGEST
from sipas.tables.cells import clean, moment, truth

T = TypeVar("T")


class Cached(dict[str, T]):
    """What cells stand for, each different text read once: for columns that repeat few."""

    def __init__(self, parse: Callable[[str], T]) -> None:
        super().__init__()
        self.parse = parse

    def __missing__(self, cell: str) -> T:
        meaning = self[cell] = self.parse(cell)
        return meaning


def required(cell: str) -> str:
    text = clean(cell)
    if not text:
        raise ValueError("is empty; every row needs one")
    if len(text) > LONGEST:
        raise ValueError(f"has more than {LONGEST} characters; is a separator missing?")
    return text


def all_required(cells: Sequence[str]) -> list[str]:
    texts = all_clean(cells)
    if not all(texts) or max(map(len, texts)) > LONGEST:
        raise ValueError("one is empty or too long")
    return texts


def optional(cell: str) -> str | None:
    return clean(cell) or None


def all_optional(cells: Sequence[str]) -> list[str | None]:
    return [text or None for text in all_clean(cells)]


def all_clean(cells: Sequence[str]) -> list[str]:
    joined = "".join(cells)
    if not joined.isascii() or "=" in joined:
        raise ValueError("some need a closer look")
    return list(map(str.strip, cells))


def channel(cell: str) -> str:
    if clean(cell) not in SERVICE_CHANNELS:
        raise ValueError(f"is none of {', '.join(SERVICE_CHANNELS)}")
    return clean(cell)


def truth_or_none(cell: str) -> bool | None:
    try:
        return truth(clean(cell)) if clean(cell) else None
    except ValueError:
        raise ValueError("is neither true nor false; write one of these, or nothing") from None


def truth_or_no(cell: str) -> bool:
    return truth_or_none(cell) or False


def local_moment(cell: str) -> datetime:
    """Without a zone it is Vietnam's time."""
    try:
        read = moment(clean(cell))
    except ValueError:
        raise ValueError("is no date; write it as 2026-03-02T14:30 or 02/03/2026 14:30") from None
    return read if read.tzinfo else read.replace(tzinfo=LOCAL)


def all_moments(cells: Sequence[str]) -> list[datetime]:
    moments = map(datetime.fromisoformat, cells)
    return [moment if moment.tzinfo else moment.replace(tzinfo=LOCAL) for moment in moments]


def moment_or_none(cell: str) -> datetime | None:
    return local_moment(cell) if clean(cell) else None
