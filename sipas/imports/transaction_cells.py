"""Cells of files of transactions, parsed one by one, or faster if all have the usual form.

A ValueError gives the reason and never repeats the cell: it might be a phone number.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sipas.imports.transaction_dates import DateOrder, date_advice, parse_moment
from sipas.imports.transaction_words import CHANNEL_WORDS, LANGUAGE_WORDS, TRUTH_WORDS, word_key
from sipas.survey.catalogue import LOCAL
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.invitations.events import KEPT_FIELD_CHARACTERS
from sipas.tables.cells import clean_cell, parse_truth

_T = TypeVar("_T")


class Cached(dict[str, _T]):
    """Parses each different text once, for columns with few different values."""

    def __init__(self, parse: Callable[[str], _T]) -> None:
        super().__init__()
        self.parse = parse

    def __missing__(self, cell: str) -> _T:
        meaning = self[cell] = self.parse(cell)
        return meaning


def required(cell: str) -> str:
    text = clean_cell(cell)
    if not text:
        raise ValueError("is empty; every row needs one")
    if len(text) > KEPT_FIELD_CHARACTERS:
        raise ValueError(f"has more than {KEPT_FIELD_CHARACTERS} characters; is a separator missing?")
    return text


def all_required(cells: Sequence[str]) -> list[str]:
    texts = _all_clean(cells)
    if not all(texts) or max(map(len, texts)) > KEPT_FIELD_CHARACTERS:
        raise ValueError("one is empty or too long")
    return texts


def optional(cell: str) -> str | None:
    return clean_cell(cell) or None


def all_optional(cells: Sequence[str]) -> list[str | None]:
    return [text or None for text in _all_clean(cells)]


def _all_clean(cells: Sequence[str]) -> list[str]:
    joined = "".join(cells)
    if not joined.isascii() or "=" in joined:
        raise ValueError("some need a closer look")
    return list(map(str.strip, cells))


def channel(cell: str) -> str:
    """Parse a service channel, in our words or Vietnamese ones."""
    found = CHANNEL_WORDS.get(word_key(clean_cell(cell)))
    if found is None:
        raise ValueError(f"is not one of {', '.join(SERVICE_CHANNELS)}, nor Trực tiếp, Trực tuyến, Bưu chính")
    return found


def language(cell: str) -> str | None:
    text = optional(cell)
    return text and LANGUAGE_WORDS.get(word_key(text), text)


def truth_or_none(cell: str) -> bool | None:
    text = clean_cell(cell)
    if (found := TRUTH_WORDS.get(word_key(text))) is not None:
        return found
    try:
        return parse_truth(text) if text else None
    except ValueError:
        problem = "is neither true nor false, nor Đúng hạn or Trễ hạn; write one of these, or nothing"
        raise ValueError(problem) from None


def truth_or_no(cell: str) -> bool:
    return truth_or_none(cell) or False


def moment_parser(
    order: DateOrder | None,
) -> tuple[Callable[[str], datetime], Callable[[str], datetime | None]]:
    """Return the parsers of a required and of an optional time."""

    def parse(cell: str) -> datetime:
        try:
            return parse_moment(clean_cell(cell), order)
        except (ValueError, OverflowError):
            raise ValueError(date_advice(order)) from None

    return parse, lambda cell: parse(cell) if clean_cell(cell) else None


def all_moments(cells: Sequence[str]) -> list[datetime]:
    moments = map(datetime.fromisoformat, cells)
    return [moment if moment.tzinfo else moment.replace(tzinfo=LOCAL) for moment in moments]
