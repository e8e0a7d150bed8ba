"""Comments of a round: found by words with or without diacritics, and masked."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import msgspec

from sipas.queries.comments import WrittenWords
from sipas.report.comments.masking import mask
from sipas.report.names import Names


class CommentFilter(msgspec.Struct, frozen=True, kw_only=True):
    """search: words that a comment holds all, with or without diacritics. Empty: no condition."""

    search: str = ""
    units: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


class CommentRow(msgspec.Struct, frozen=True):
    """question: empty for a comment. month: YYYY-MM, empty if it is not kept."""

    unit: str
    unit_name: str
    channel: str
    month: str
    question: str
    comment: str


def comment_rows(
    written: Iterable[WrittenWords], names: Names, chosen: CommentFilter, *, masked: bool = True
) -> list[CommentRow]:
    """Return the comments that meet the conditions. What is searched is what is shown."""
    rows = (_row(one, names, masked=masked) for one in written)
    wanted = fold(chosen.search).split()
    return [row for row in rows if _meets(row, chosen) and _holds(row, wanted)]


def _row(one: WrittenWords, names: Names, *, masked: bool) -> CommentRow:
    unit = names.catalogue.units[one.unit_id].code
    return CommentRow(
        unit=unit,
        unit_name=names.unit(unit),
        channel=one.channel,
        month=f"{one.month:%Y-%m}" if one.month else "",
        question=one.item or "",
        comment=mask(one.words, names.language) if masked else one.words,
    )


def _meets(row: CommentRow, chosen: CommentFilter) -> bool:
    fits_unit = not chosen.units or row.unit in chosen.units
    return fits_unit and (not chosen.channels or row.channel in chosen.channels)


def _holds(row: CommentRow, wanted: Sequence[str]) -> bool:
    plain = fold(row.comment)
    return all(word in plain for word in wanted)


def fold(words: str) -> str:
    """Return the text in small letters without diacritics: "Chờ lâu" and "cho lau" are alike."""
    return "".join(_letters(words)).casefold()


def _letters(words: str) -> Iterator[str]:
    for letter in unicodedata.normalize("NFC", words):
        yield _plain(letter)


@cache
def _plain(letter: str) -> str:
    marks = unicodedata.normalize("NFD", letter)
    bare = "".join(mark for mark in marks if not unicodedata.combining(mark))
    return {"đ": "d", "Đ": "D"}.get(bare, bare)
