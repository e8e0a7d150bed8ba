"""The attributes of responses: every column that is neither known nor an item."""

import re
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from sipas.errors import TableError
from sipas.imports.fields import Field
from sipas.survey.intake.personal_numbers import holds_mail_address, holds_number
from sipas.tables import AnswerTable
from sipas.tables.cells import parse_moment

LEVELS_MOST = 1_000
LIMIT = 1000  # bytes of JSON a response
_FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,2})[.,][0-9]+")
_EARLIEST_YEAR = 1900
ENCODER = msgspec.json.Encoder(order="sorted")


def read_attributes(table: AnswerTable, names: Sequence[str]) -> Field[str]:
    """As JSON, written once for each combination; an empty cell is no attribute."""
    for name in names:
        refuse_personal(table, name)
        require_few_levels(table, name)
    combinations = np.zeros(len(table.rows), np.int64)
    for name in names:
        column = table.columns[name]
        combinations = dense(combinations * (len(column.levels) + 1) + column.codes + 1)
    _, first, codes = np.unique(combinations, return_index=True, return_inverse=True)
    return Field(codes.astype(np.int32), [attribute_text(table, names, int(row)) for row in first])


def refuse_personal(table: AnswerTable, name: str) -> None:
    """As of answers that come one by one. Neither message nor log repeats what was found."""
    if holds_number(name):
        problem = "a column's name looks like the number of a phone or of a person; rename or delete it"
        raise table.header_error(problem)
    for code, level in enumerate(table.columns[name].levels):
        if leads_to_person(level):
            row = int(np.argmax(table.columns[name].codes == code))
            problem = "looks like a number of a phone or of a person, or an address of mail; none is kept"
            raise table.error(row, name, f"{problem}: delete the column")


def leads_to_person(text: str) -> bool:
    """Dates and decimal fractions have as many digits and do not."""
    return holds_mail_address(text) or (
        holds_number(text) and not _FRACTION.fullmatch(text) and not _is_date(text)
    )


def _is_date(text: str) -> bool:
    try:
        return not text.isdigit() and parse_moment(text).year >= _EARLIEST_YEAR
    except ValueError:
        return False


def require_few_levels(table: AnswerTable, name: str) -> None:
    """Each combination of attributes is a row of sums, which must not be as many as the responses."""
    levels = len(table.columns[name].levels)
    if levels > LEVELS_MOST:
        problem = f"has {levels:,} different values, and an attribute may have {LEVELS_MOST:,}"
        raise TableError(table.file, f"{problem}; delete the column, or group its values", row=1, column=name)


def dense(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Renumbered from 0, so that no product with the next column's levels runs over."""
    return np.unique(keys, return_inverse=True)[1].astype(np.int64)


def attribute_text(table: AnswerTable, names: Sequence[str], row: int) -> str:
    codes = {name: int(table.columns[name].codes[row]) for name in names}
    text = ENCODER.encode(
        {name: table.columns[name].levels[code] for name, code in codes.items() if code >= 0}
    )
    if len(text) > LIMIT:
        longest = max(names, key=lambda name: len(table.columns[name].levels[codes[name]]))
        problem = f"the attributes take {len(text)} bytes and may take {LIMIT}"
        raise table.error(row, longest, f"{problem}; leave out columns that no index needs")
    return text.decode()
