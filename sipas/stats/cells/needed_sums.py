"""Sums of cells that are made when a measure asks for them: few of those that a cell could hold."""

from collections.abc import Mapping
from functools import cache, cached_property

import numpy as np

from sipas.stats.arrays import CodeArray, IntArray
from sipas.stats.cells.answer_rows import AnswerRows
from sipas.stats.cells.layout import Layout, asked_multiples
from sipas.stats.cells.scoring import Scoring

# A sum after the histogram: products of these totals of a factor, or respondents who answered any of them.
_Totals = tuple[tuple[str, int], ...]


@cache
def _totals_at(layout: Layout) -> Mapping[int, _Totals]:
    """The totals whose product stands at each position after the histogram."""
    every = range(layout.factors)
    single = {layout.total(kind, k): ((kind, k),) for kind in "SAT" for k in every}
    squares = {
        layout.square(kind, k, m): ((kind, k), (kind, m)) for kind in "SAT" for k in every for m in every
    }
    mixed = {layout.product(kind, k, m): ((kind, k), ("A", m)) for kind in "ST" for k in every for m in every}
    return {**single, **squares, **mixed}


class NeededSums:
    """The sums of `sipas.stats.cells.layout`, one after another, from the responses.

    Parameters
    ----------
    scoring : Scoring
    rows : AnswerRows
    count : int
        How many cells there are.
    forms : tuple of (str or None)
        The forms that cells may have.
    form : int32[cells] or None
        The form of each cell, as a position in `forms`.
    """

    def __init__(
        self,
        scoring: Scoring,
        rows: AnswerRows,
        count: int,
        forms: tuple[str | None, ...],
        form: CodeArray | None,
    ) -> None:
        self.scoring, self.rows, self.count, self.layout = scoring, rows, count, Layout.of(scoring)
        self._multiples = np.array([asked_multiples(scoring, one)[0] for one in forms], dtype=np.int64)
        self._form_of_cell = form
        self._made: dict[int, IntArray] = {}

    def at(self, position: int) -> IntArray:
        """int64[cells]: the sum at this position of the layout."""
        made = self._made  # other threads may replace it meanwhile
        if position not in made:
            # The sums of one item are asked for together; those of all items would not fit in memory.
            self._made = made = self._make(position)
        return made[position]

    def _make(self, position: int) -> dict[int, IntArray]:
        if position < self.layout.chosen(self.layout.items, 0):
            return self._histogram(position // self.layout.points)
        if position >= self.layout.reached(0):
            return {position: self._by_cell(self._reached(position - self.layout.reached(0)))}
        totals = [self._total(*one) for one in _totals_at(self.layout)[position]]
        return {position: self._by_cell(np.prod(totals, axis=0))}

    @cached_property
    def _place(self) -> IntArray:
        """int64[responses]: the cell of each; `count` outside all."""
        return np.where(self.rows.cell < 0, self.count, self.rows.cell).astype(np.int64)

    @cached_property
    def _form(self) -> IntArray | None:
        """int64[responses]: which row of the multiples holds for each; None where they do not differ."""
        if self._form_of_cell is None or (self._multiples == self._multiples[0]).all():
            return None
        return np.append(self._form_of_cell, -1)[self._place].astype(np.int64)

    def _times(self, item: int) -> IntArray:
        """int64[responses] or int64: what an answer to the item counts."""
        of_form = self._multiples[:, item]
        return np.asarray(of_form[-1] if self._form is None else of_form[self._form], dtype=np.int64)

    def _histogram(self, item: int) -> dict[int, IntArray]:
        rows, radix = self.count + 1, self.scoring.points[-1] + 2
        answer = np.where(self._times(item) > 0, self.rows.by_item[item], -1)
        entry = (np.maximum(answer, -1).astype(np.int64) + 1) * rows + self._place
        counts = np.bincount(entry, minlength=radix * rows).reshape(radix, rows)[:, : self.count]
        return {
            self.layout.chosen(item, place): counts[point + 1]
            for place, point in enumerate(self.scoring.points)
        }

    def _total(self, kind: str, factor: int) -> IntArray:
        """int64[responses]: S, A or T of a factor."""
        total = np.zeros(len(self._place), dtype=np.int64)
        for item in tuple(self.scoring.factors.values())[factor]:
            answer = self.rows.by_item[item]
            if kind == "T":
                total += np.maximum(answer, 0) * self._times(item)
            else:
                total += (answer >= (self.scoring.satisfied if kind == "S" else 0)) * self._times(item)
        return total

    def _reached(self, factor: int) -> IntArray:
        """int64[responses]: 1 for those who answered an item of the factor; of any for the last."""
        factors = range(self.layout.factors) if factor == self.layout.factors else (factor,)
        found = np.zeros(len(self._place), dtype=np.int64)
        for k in factors:
            found |= self._total("A", k) > 0
        return found

    def _by_cell(self, values: IntArray) -> IntArray:
        """int64[cells]: exact, as whole numbers below 2⁵³ are."""
        return np.bincount(self._place, values, self.count + 1)[: self.count].astype(np.int64)
