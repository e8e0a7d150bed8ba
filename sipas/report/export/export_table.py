"""An export as columns: for each response a code, and what each code means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sipas.report.export.export_facts import ExportFacts
from sipas.stats.arrays import IntArray
from sipas.tables.variable_names import StatisticalFormat, legal_names

ColumnKind = Literal["row", "answer", "category", "text", "whole", "decimal", "date"]
Measure = Literal["nominal", "ordinal", "scale"]
Codes = NDArray[np.signedinteger[Any]]

# Missing answers, as responses store them.
NOT_ANSWERED, NOT_APPLICABLE, NOT_ASKED = -1, -2, -3
MISSING_ANSWERS = (NOT_ANSWERED, NOT_APPLICABLE, NOT_ASKED)
BATCH_ROWS = 20_000


@dataclass(frozen=True)
class ExportColumn:
    """A column of an export.

    kind: `row` numbers the rows and has no codes. An `answer` is a number, one of MISSING_ANSWERS where
    there is none; a `category` is one of few texts.
    codes: the place of each response's value in `values`; below 0 where it has none.
    values: texts, numbers or dates. Of answers: what CSV holds, such as the code of an option.
    first: the number of the first value, in formats that number categories.
    labels: of the numbers of answers and categories. item: the question that it holds answers to.
    """

    name: str
    label: str
    kind: ColumnKind
    codes: Codes
    values: Sequence[Any] = ()
    first: int = 0
    labels: tuple[tuple[int, str], ...] = ()
    measure: Measure = "nominal"
    item: str | None = None

    def take(self, rows: IntArray) -> Codes:
        return self.codes[rows]


@dataclass(frozen=True)
class ExportTable:
    """Columns of a round's responses, and the order in which their rows are written.

    title: the sheet's. order: the response of each row. facts: how the file was made.
    known_names: columns that the questionnaire determines, which are named before others.
    """

    title: str
    columns: tuple[ExportColumn, ...]
    order: IntArray
    facts: ExportFacts
    known_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.order)

    def variable_names(self, format_: StatisticalFormat) -> dict[str, str]:
        """Return the name of each column in SPSS or Stata."""
        own = [column.name for column in self.columns]
        return legal_names(list(dict.fromkeys([*self.known_names, *own])), format_)


@dataclass(frozen=True)
class RowBatch:
    """first: the number of rows before it. rows: the responses."""

    first: int
    rows: IntArray

    def __len__(self) -> int:
        return len(self.rows)


def batches(table: ExportTable) -> list[RowBatch]:
    return [
        RowBatch(start, table.order[start : start + BATCH_ROWS])
        for start in range(0, len(table.order), BATCH_ROWS)
    ]


def no_codes() -> Codes:
    """Return the codes of a column that numbers the rows."""
    return np.zeros(0, np.int8)


def of_numbers(
    name: str, label: str, numbers: NDArray[Any], *, kind: Literal["whole", "decimal"]
) -> ExportColumn:
    """Return a column of numbers; NaN, or below 0 of whole numbers, is missing."""
    values, codes = np.unique(numbers, return_inverse=True)
    known = np.flatnonzero(values >= 0) if kind == "whole" else np.flatnonzero(~np.isnan(values))
    places = np.full(len(values), -1, np.int32)
    places[known] = np.arange(len(known))
    return ExportColumn(name, label, kind, places[codes], tuple(values[known].tolist()), measure="scale")
