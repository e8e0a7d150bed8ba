"""Attributes of responses: all columns that are neither known nor items."""

import re
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from sipas.errors import TableError
from sipas.imports.fields import FieldReader
from sipas.survey.intake.personal_numbers import holds_mail_address, holds_number
from sipas.tables import AnswerTable
from sipas.tables.cells import parse_moment

_LEVELS_MAX = 1_000
_ATTRIBUTES_MAX_BYTES = 1000  # of JSON for each response
_FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,2})[.,][0-9]+")
_EARLIEST_YEAR = 1900
_ENCODER = msgspec.json.Encoder(order="sorted")


def read_attributes(table: AnswerTable, names: Sequence[str]) -> FieldReader[str]:
    """Return the attributes as JSON, written once for each combination; empty cells are left out."""
    for name in names:
        _refuse_personal(table, name)
        _require_few_levels(table, name)
    combinations = np.zeros(len(table.rows), np.int64)
    for name in names:
        column = table.columns[name]
        combinations = _dense(combinations * (len(column.levels) + 1) + column.codes + 1)
    _, first, codes = np.unique(combinations, return_index=True, return_inverse=True)
    return FieldReader(codes.astype(np.int32), [_attribute_text(table, names, int(row)) for row in first])


def _refuse_personal(table: AnswerTable, name: str) -> None:
    """Refuse personal numbers as in single submissions. Messages and log never repeat them."""
    if holds_number(name):
        problem = "a column's name looks like the number of a phone or of a person; rename or delete it"
        raise table.header_error(problem)
    for code, level in enumerate(table.columns[name].levels):
        if _leads_to_person(level):
            row = int(np.argmax(table.columns[name].codes == code))
            problem = "looks like a number of a phone or of a person, or an address of mail; none is kept"
            raise table.error(row, name, f"{problem}: delete the column")


def _leads_to_person(text: str) -> bool:
    """Whether the text looks like a personal number. Dates and decimal fractions do not count."""
    return holds_mail_address(text) or (
        holds_number(text) and not _FRACTION.fullmatch(text) and not _is_date(text)
    )


def _is_date(text: str) -> bool:
    try:
        return not text.isdigit() and parse_moment(text).year >= _EARLIEST_YEAR
    except ValueError:
        return False


def _require_few_levels(table: AnswerTable, name: str) -> None:
    """Refuse columns with too many values: each combination of attributes is a row of counts."""
    levels = len(table.columns[name].levels)
    if levels > _LEVELS_MAX:
        problem = f"has {levels:,} different values, and an attribute may have {_LEVELS_MAX:,}"
        raise TableError(table.file, f"{problem}; delete the column, or group its values", row=1, column=name)


def _dense(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Renumber from 0, so that products with the next column's levels do not overflow."""
    return np.unique(keys, return_inverse=True)[1].astype(np.int64)


def _attribute_text(table: AnswerTable, names: Sequence[str], row: int) -> str:
    codes = {name: int(table.columns[name].codes[row]) for name in names}
    text = _ENCODER.encode(
        {name: table.columns[name].levels[code] for name, code in codes.items() if code >= 0}
    )
    if len(text) > _ATTRIBUTES_MAX_BYTES:
        longest = max(names, key=lambda name: len(table.columns[name].levels[codes[name]]))
        problem = f"the attributes take {len(text)} bytes and may take {_ATTRIBUTES_MAX_BYTES}"
        raise table.error(row, longest, f"{problem}; leave out columns that no index needs")
    return text.decode()
