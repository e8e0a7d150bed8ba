"""Sums over single respondents: what trees of indices need beyond the sums that cells hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells.cells import Cells
from sipas.stats.cells.layout import asked_multiples
from sipas.stats.estimates.answer_states import AnswerStates, Bundle, Codes, ItemAnswers, make_bundles
from sipas.stats.estimates.domains import Rows

_BLOCK_ROWS = 1 << 16  # what is worked on stays in the processor's cache


@dataclass(frozen=True)
class Slots:
    """Which row of a table is each respondent's: the group, and the kind of form.

    Parameters
    ----------
    of_respondent : int64[respondents]
    groups, forms : int
        Slots of the second form follow all those of the first.
    """

    of_respondent: IntArray
    groups: int
    forms: int

    @property
    def count(self) -> int:
        return self.groups * self.forms


@dataclass(frozen=True)
class Respondents:
    """The respondents of some cells.

    Parameters
    ----------
    by_item : int8[items, responses] or int16
    which : int64[respondents] or None
        Their places in `by_item`; None for all.
    cell : int64[respondents]
        The place of each one's cell among the cells that are looked at.
    cells : int
        How many cells are looked at.
    form : int64[respondents] or None
        The kind of form; None where there is a single one.
    times : float64[forms, items]
        1 / P(asked); 0 for an item that is never asked.
    states : AnswerStates
    """

    by_item: ItemAnswers | Sequence[ItemAnswers]
    which: IntArray | None
    cell: IntArray
    cells: int
    form: IntArray | None
    times: FloatArray
    states: AnswerStates

    @classmethod
    def of(cls, cells: Cells, rows: Rows, kind: Literal["S", "T"]) -> "Respondents":
        """Those of these rows of cells; StatisticsError where the cells hold sums alone."""
        if cells.rows is None:
            raise StatisticsError(
                "an index tree needs the responses, and these cells hold sums alone; make cells by"
                " build_cells, or give them rows"
            )
        looked_at = np.arange(len(cells))[rows]
        place = np.full(len(cells) + 1, -1, dtype=np.int64)
        place[looked_at] = np.arange(len(looked_at))
        cell = place[cells.rows.cell]
        which = None if (cell >= 0).all() else np.flatnonzero(cell >= 0)
        cell = cell if which is None else cell[which]
        form, times = _kinds_of_forms(cells)
        return cls(
            by_item=cells.rows.by_item,
            which=which,
            cell=cell,
            cells=len(looked_at),
            form=None if form is None else form[looked_at][cell],
            times=times,
            states=AnswerStates.of(cells.scoring, kind),
        )

    def __len__(self) -> int:
        return len(self.cell)

    def slots(self, group: IntArray, groups: int) -> Slots:
        """The slots of groups of cells; `group` is int64[cells]."""
        of_respondent = group[self.cell]
        if self.form is not None:
            of_respondent += groups * self.form
        return Slots(of_respondent, groups, len(self.times))

    @cached_property
    def together(self) -> Slots:
        """All respondents as one group."""
        return self.slots(np.zeros(self.cells, dtype=np.int64), 1)

    def blocks(self, rows: int = _BLOCK_ROWS) -> Iterator[slice]:
        for start in range(0, len(self), rows):
            yield slice(start, min(start + rows, len(self)))

    def code(self, bundle: Bundle, block: slice) -> Codes:
        """The codes of a block of respondents."""
        taken = self._taken(block)
        return bundle.code([self.by_item[item][taken] for item in bundle.items])

    def _taken(self, block: slice) -> slice | IntArray:
        """The position of a block of respondents in `by_item`."""
        return block if self.which is None else self.which[block]

    def by_cell(self, values: FloatArray | IntArray | BoolArray) -> FloatArray:
        """float64[cells]: numbers of respondents, added up."""
        return np.asarray(np.bincount(self.cell, values, self.cells), dtype=np.float64)

    def item_totals(
        self, items: Sequence[int], slots: Slots, weight: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """float64[items, groups] twice: Σ w y and Σ w x, each times 1 / P(asked).

        Parameters
        ----------
        weight : float64[respondents]
        """
        y, x = np.zeros((len(items), slots.groups)), np.zeros((len(items), slots.groups))
        for bundle in make_bundles(items, self.states, slots.count):
            counts = self._weighted_counts(bundle, slots, weight)
            for form, times in zip(counts, self.times[:, bundle.items], strict=True):
                y[bundle.places] += times[:, None] * (form @ bundle.y.T).T
                x[bundle.places] += times[:, None] * (form @ bundle.x.T).T
        return y, x

    def _weighted_counts(self, bundle: Bundle, slots: Slots, weight: FloatArray) -> FloatArray:
        """float64[forms, groups, codes]"""
        entries = slots.count * bundle.size
        counts = np.zeros(entries)
        for block in self.blocks(max(4 * _BLOCK_ROWS, 4 * entries)):
            entry = slots.of_respondent[block] * bundle.size
            entry += self.code(bundle, block)
            counts += np.bincount(entry, weight[block], entries)
        return counts.reshape(slots.forms, slots.groups, bundle.size)

    def linear(self, items: Sequence[int], slots: Slots, y: FloatArray, x: FloatArray) -> FloatArray:
        """float64[respondents]: Σ_j (a_j y_ij + b_j x_ij) / P_j(asked) over items j, with a and b by group.

        Parameters
        ----------
        y, x : float64[items, groups]
            a and b.
        """
        bundles = make_bundles(items, self.states, slots.count)
        tables = [(bundle, self._table(bundle, slots, y, x)) for bundle in bundles]
        total = np.zeros(len(self))
        for block in self.blocks():
            slot, here = slots.of_respondent[block], total[block]
            first = {size: slot * size for size in {bundle.size for bundle in bundles}}
            for bundle, table in tables:
                here += table.take(first[bundle.size] + self.code(bundle, block))
        return total

    def _table(self, bundle: Bundle, slots: Slots, y: FloatArray, x: FloatArray) -> FloatArray:
        """float64[forms · groups · codes]: what each code adds in each slot."""
        table = np.zeros((slots.forms, slots.groups, bundle.size))
        own_y, own_x = y[bundle.places], x[bundle.places]
        for place, item in enumerate(bundle.items):
            part = own_y[place][:, None] * bundle.y[place] + own_x[place][:, None] * bundle.x[place]
            table += self.times[:, item][:, None, None] * part
        return table.ravel()

    def answers(self, items: Sequence[int]) -> NDArray[np.uint16]:
        """uint16[respondents]: how many of the items that are asked each one answered."""
        total, asked = np.zeros(len(self), dtype=np.uint16), self.times > 0
        for block in self.blocks():
            taken, here = self._taken(block), total[block]
            for item in items:
                answered = self.by_item[item][taken] >= 0
                if self.form is not None and not asked[:, item].all():
                    answered &= asked[self.form[block], item]
                here += answered
        return total


def _kinds_of_forms(cells: Cells) -> tuple[IntArray | None, FloatArray]:
    """int64[cells], the kind of form, and float64[kinds, items], 1 / P(asked) there; None for one kind."""
    each = []
    for form in cells.forms():
        multiples, scale = asked_multiples(cells.scoring, form)
        each.append(tuple(multiple / scale for multiple in multiples))
    kinds = list(dict.fromkeys(each))
    times = np.array(kinds, dtype=np.float64).reshape(len(kinds), -1)
    if len(kinds) == 1:
        return None, times
    return cells.by_form([kinds.index(one) for one in each]).astype(np.int64), times
