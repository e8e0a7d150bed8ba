"""Cells: for each combination of the key columns, the sums over its respondents that estimates need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells.answer_rows import AnswerRows, rows_together
from sipas.stats.cells.columns import Column, cross, united
from sipas.stats.cells.layout import Layout, asked_multiples, sum_width
from sipas.stats.cells.needed_sums import NeededSums
from sipas.stats.cells.scoring import Scoring


@dataclass(frozen=True)
class Cells:
    """Sufficient statistics of responses, by the combinations of some key columns.

    Parameters
    ----------
    scoring : Scoring
        What the answers mean.
    columns : mapping of str to Column
        The key, one code a cell.
    n : int64[cells]
        Responses.
    sums : int64[cells, sum_width(scoring)]
        As `sipas.stats.cells.layout` describes. Kept column by column (Fortran order), so that a measure
        reads only the columns it needs. int64[cells, 0] where `rows` give the sums that are needed.
    form : str
        The key column that names the form; without such a column every respondent was asked everything.
    rows : AnswerRows, optional
        The responses themselves, which index trees need.

    Raises
    ------
    StatisticsError
        Arrays whose shapes do not agree, or a negative number of responses.
    """

    scoring: Scoring
    columns: Mapping[str, Column]
    n: IntArray
    sums: IntArray
    form: str = "form"
    rows: AnswerRows | None = None

    def __post_init__(self) -> None:
        as_needed = self.rows is not None and self.sums.shape == (len(self.n), 0)
        if not as_needed and self.sums.shape != (len(self.n), sum_width(self.scoring)):
            shape = (len(self.n), sum_width(self.scoring))
            raise StatisticsError(f"the sums of the cells must have the shape {shape}, not {self.sums.shape}")
        if len(self.n) and self.n.min() < 0:
            cell = int(np.argmin(self.n))
            raise StatisticsError(f"cell {cell + 1} has {self.n[cell]} responses; it must have 0 or more")
        for name, column in self.columns.items():
            if len(column) != len(self.n):
                raise StatisticsError(f"column {name} has {len(column)} codes for {len(self.n)} cells")
        object.__setattr__(self, "sums", np.asfortranarray(self.sums, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.n)

    @property
    def layout(self) -> Layout:
        return Layout.of(self.scoring)

    def column(self, name: str) -> Column:
        """The key column of this name; StatisticsError says which there are."""
        if name not in self.columns:
            known = ", ".join(self.columns) or "none"
            raise StatisticsError(f"there is no column {name!r}; there are: {known}")
        return self.columns[name]

    @property
    def holds_sums(self) -> bool:
        """Whether all sums are held; otherwise each is made from the rows when a measure asks for it."""
        return bool(self.sums.shape[1])

    def sum_at(self, position: int) -> IntArray:
        """int64[cells]: the sum at a position of the layout."""
        return self.sums[:, position] if self.holds_sums else self._needed.at(position)

    @cached_property
    def _needed(self) -> NeededSums:
        assert self.rows is not None
        form = self.columns[self.form].codes if self.form in self.columns else None
        return NeededSums(self.scoring, self.rows, len(self), self.forms(), form)

    def select(self, cells: BoolArray | IntArray) -> "Cells":
        """These cells alone, by mask or position."""
        columns = {name: column.select(cells) for name, column in self.columns.items()}
        positions = np.arange(len(self))[cells]
        sums = self.sums.T.take(positions, axis=1).T
        return replace(self, columns=columns, n=self.n[cells], sums=sums, rows=self._rows_of(positions))

    def _rows_of(self, cells: IntArray) -> AnswerRows | None:
        """The responses in these cells, which become cells 0, 1, …"""
        if self.rows is None:
            return None
        place = np.full(len(self), -1, dtype=np.int32)
        place[cells] = np.arange(len(cells))
        return self.rows.moved(place)

    def regroup(self, names: Sequence[str]) -> "Cells":
        """Cells by these columns alone (and the form, without which sums cannot be read)."""
        kept = dict.fromkeys([*names, self.form] if self.form in self.columns else names)
        return _combined([self], {name: self.column(name) for name in kept})

    def forms(self) -> tuple[str | None, ...]:
        """The forms that cells may have; the last, None, stands for one that is not known."""
        return (*self.columns[self.form].levels, None) if self.form in self.columns else (None,)

    def by_form(self, values: Sequence[float]) -> FloatArray:
        """float64[cells]: of values in the order of `forms`, that of each cell's form."""
        if self.form not in self.columns:
            return np.full(len(self), values[-1], dtype=np.float64)
        return np.array(values, dtype=np.float64)[self.columns[self.form].codes]

    @cached_property
    def factor_scale(self) -> FloatArray | None:
        """float64[cells]: what the factor sums are to be divided by, L of the form; None if all are 1."""
        scales = [asked_multiples(self.scoring, form)[1] for form in self.forms()]
        return None if set(scales) == {1} else self.by_form(scales)

    def asked_probability(self, item: int) -> FloatArray | None:
        """float64[cells]: P(the item was asked), by the published form; None if it is 1 in all of them."""
        chances = [float(self.scoring.chances(form)[item]) for form in self.forms()]
        return None if set(chances) == {1.0} else self.by_form(chances)


def merge_cells(parts: Sequence[Cells]) -> Cells:
    """All cells of several sets, equal keys added up, levels united.

    Parameters
    ----------
    parts : sequence of Cells
        Of the same instrument by the same columns.

    Raises
    ------
    StatisticsError
        No part, or parts that differ in scoring or in the names of their columns.
    """
    if not parts:
        raise StatisticsError("there are no cells to merge")
    first = parts[0]
    for part in parts[1:]:
        same_key = set(part.columns) == set(first.columns) and part.form == first.form
        if part.scoring != first.scoring or not same_key:
            raise StatisticsError("cells of different instruments or different keys cannot be merged")
    return _combined(parts, {name: united([part.columns[name] for part in parts]) for name in first.columns})


def _combined(parts: Sequence[Cells], columns: Mapping[str, Column]) -> Cells:
    """The cells of all parts, equal keys added up; `columns` are those of one part after another."""
    ends = np.cumsum([len(part) for part in parts])
    crossed = cross(list(columns.values()), int(ends[-1]))
    keys = zip(columns.items(), crossed.keys, strict=True)
    first = parts[0]
    width = sum_width(first.scoring) if all(part.holds_sums for part in parts) else 0
    sums = np.zeros((width, crossed.count), dtype=np.int64)
    n = np.zeros(crossed.count, dtype=np.int64)
    rows: list[AnswerRows | None] = []
    for part, code in zip(parts, np.split(crossed.code, ends[:-1]), strict=True):
        rows.append(None if part.rows is None else part.rows.moved(code))
        np.add.at(n, code, part.n)
        for total, column in zip(sums, part.sums.T[:width], strict=True):
            np.add.at(total, code, column)
    return Cells(
        first.scoring,
        {name: Column(codes, column.levels) for (name, column), codes in keys},
        n,
        sums.T,
        first.form,
        rows_together(rows),
    )


def item_counts(cells: Cells, item: int) -> IntArray:
    """int64[cells, points]: how many chose each point of the scale; `item` is its position."""
    start = cells.layout.chosen(item, 0)
    return np.stack([cells.sum_at(start + point) for point in range(cells.layout.points)], axis=1)
