"""The responses behind cells, for measures that sums over respondents cannot hold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import AnswerArray, CodeArray, IntArray

_INT8_POINT_MAX = 127


@dataclass(frozen=True)
class ItemColumns:
    """Answers kept item by item, each item in an array of its own.

    Parameters
    ----------
    columns : tuple of int8[responses] or int16[responses]
        Points of the scale, in the order of `scoring.items`; anything negative is missing.
    responses : int
        Needed where no item is scored.
    """

    columns: tuple[AnswerArray, ...]
    responses: int

    def __len__(self) -> int:
        return self.responses

    def matrix(self) -> AnswerArray:
        """int8[responses, items] or int16: a copy, in which each item's answers lie next to each other."""
        if not self.columns:
            return np.zeros((self.responses, 0), dtype=np.int8)
        return cast(AnswerArray, np.stack(self.columns).T)

    def take(self, rows: CodeArray) -> AnswerArray:
        """int8[items, rows] or int16: the answers of these responses."""
        if not self.columns:
            return np.zeros((0, len(rows)), dtype=np.int8)
        return cast(AnswerArray, np.stack([np.take(column, rows) for column in self.columns]))


@dataclass(frozen=True)
class AnswerRows:
    """Answers, one row a response, and the cell that each response is in.

    A tree of 39 items would need 5,500 products of two sums in every cell. The variance of its nodes takes
    a second pass over these rows instead.

    Parameters
    ----------
    answers : int8[responses, items], int16[responses, items] or ItemColumns
        Points of the scale, in the order of `scoring.items`; anything negative is missing. Quickest where
        each item's answers lie next to each other in memory (Fortran order).
    cell : int32[responses]
        -1 for responses in no cell.

    Raises
    ------
    StatisticsError
        Arrays of different length.
    """

    answers: AnswerArray | ItemColumns
    cell: CodeArray

    def __post_init__(self) -> None:
        if len(self.answers) != len(self.cell):
            raise StatisticsError(f"there are cells for {len(self.cell)} of {len(self.answers)} responses")

    @cached_property
    def by_item(self) -> AnswerArray | tuple[AnswerArray, ...]:
        """int8[items, responses] or int16: the answers item by item."""
        if isinstance(self.answers, ItemColumns):
            return self.answers.columns
        if self.answers.dtype != np.int8 and self.answers.max(initial=0) <= _INT8_POINT_MAX:
            return np.asarray(np.maximum(self.answers.T, -1), dtype=np.int8, order="C")
        by_item = self.answers.T
        return by_item if by_item.flags.c_contiguous else by_item.copy()

    def moved(self, place: CodeArray | IntArray) -> "AnswerRows":
        """The rows with other cells: `place` has the new cell of each old one, -1 for none."""
        if np.array_equal(place, np.arange(len(place))):
            return self
        new = np.append(place, -1).astype(np.int32)
        return replace(self, cell=new[self.cell])


def rows_together(parts: Sequence[AnswerRows | None]) -> AnswerRows | None:
    """The rows of all parts, one after another; None where one has none."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if len(known) == 1:
        return known[0]
    by_item = zip(*(part.by_item for part in known), strict=True)
    columns = tuple(np.concatenate(columns) for columns in by_item)
    answers = ItemColumns(columns, sum(len(part.answers) for part in known))
    return AnswerRows(answers, np.concatenate([part.cell for part in known]))
