"""The header of a file, and the further header rows that survey tools write beside it.

Qualtrics writes the question below each name, and below that `{"ImportId": …}`. LimeSurvey may write the
question above or below the code. Rows like these hold no response.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from sipas.errors import TableError
from sipas.tables.cells import clean_cell, phrase
from sipas.tables.comma import NumberedRows

_IMPORT_ID = re.compile(r"""\{\s*["']ImportId["']\s*:""")
_MARKUP = re.compile(r"<[^>]*>")
_EXTRA_HEADER_ROWS = 2

NumberedRow = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class HeaderNames:
    """Columns that a header may have, as the file names them. questions: what columns ask."""

    columns: Collection[str] = ()
    questions: Mapping[str, Collection[str]] = field(default_factory=dict)


NO_NAMES = HeaderNames()


@dataclass(frozen=True)
class HeaderRow:
    number: int
    cells: Sequence[str]
    rows: NumberedRows


def read_header_rows(
    file: str, raw: NumberedRows, names: HeaderNames, required: Collection[str]
) -> HeaderRow:
    """The row of names, and the rows of responses: without empty rows above and further header rows."""
    full = (row for row in raw if any(row[1]))
    top = list(islice(full, 1 + _EXTRA_HEADER_ROWS))
    if not top:
        raise TableError(file, "is empty; its first row must name the columns")
    if len(top) > 1 and _names_stand_below(top[0][1], top[1][1], names, required):
        top = top[1:]
    (number, cells), *below = top
    return HeaderRow(number, cells, chain(below[_extra_rows(cells, below, names) :], raw))


def _names_stand_below(
    first: Sequence[str], second: Sequence[str], names: HeaderNames, required: Collection[str]
) -> bool:
    """The first row names no column that is known, the second does, and each cell of it is filled."""
    above, below = {clean_cell(cell) for cell in first}, {clean_cell(cell) for cell in second}
    known = {*names.columns, *required}
    if known & above or not (known & below) or len(first) != len(second):
        return False
    return all(first) and all(second) and below >= set(required) and len(below) == len(second)


def _extra_rows(header: Sequence[str], below: Sequence[NumberedRow], names: HeaderNames) -> int:
    """Return how many of the rows below the header are header rows too."""
    for place, (_, cells) in enumerate(below):
        if all(_IMPORT_ID.match(cell) for cell in cells if cell):
            return place + 1
    return 1 if below and _asks(header, below[0][1], names) else 0


def _asks(header: Sequence[str], cells: Sequence[str], names: HeaderNames) -> bool:
    """Whether a row holds the question of one of the columns. A number is an answer, never a question."""
    return any(
        question(cell) in names.questions.get(clean_cell(name), ())
        for name, cell in zip(header, cells, strict=False)
        if any(map(str.isalpha, cell))
    )


def question(text: str) -> str:
    """A question without markup, to be compared with another."""
    return phrase(_MARKUP.sub(" ", text))
