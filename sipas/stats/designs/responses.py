"""Responses as they stand in a file: one row each, answers beside the columns that tell rows apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sipas.errors import NotFound
from sipas.stats.arrays import AnswerArray, BoolArray
from sipas.stats.cells.columns import Column
from sipas.stats.cells.scoring import Scoring

Filter = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Responses:
    """Answers, and the columns that can be domains.

    Parameters
    ----------
    scoring : Scoring
    answers : int8[rows, items]
        Points of the scale, in the order of `scoring.items`; -1 where there is no answer.
    columns : mapping of str to Column
        One code a row.
    """

    scoring: Scoring
    answers: AnswerArray
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.answers)

    def column(self, name: str) -> Column:
        """Return a column by name.

        Raises
        ------
        NotFound
            No column has this name.
        """
        return _find_column(self.columns, name)


def _find_column(columns: Mapping[str, Column], name: str) -> Column:
    if name not in columns:
        raise NotFound(f"there is no column {name!r}; the columns are {', '.join(columns)}")
    return columns[name]


def filter_rows(columns: Mapping[str, Column], where: Filter, rows: int) -> BoolArray:
    """Return bool[rows]: the rows that have one of the given levels in every column of the filter.

    Raises
    ------
    NotFound
        No column has the name, or the column has none of the levels.
    """
    kept = np.ones(rows, dtype=np.bool_)
    for name, levels in where.items():
        column, wanted = _find_column(columns, name), [levels] if isinstance(levels, str) else [*levels]
        unknown = [level for level in wanted if str(level) not in column.levels]
        if unknown:
            raise NotFound(
                f"column {name} has no level {unknown[0]!r}; its levels are {', '.join(column.levels)}"
            )
        kept &= np.isin(column.codes, [column.levels.index(str(level)) for level in wanted])
    return kept
