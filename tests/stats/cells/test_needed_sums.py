"""Sums made when they are asked for are those that a pass over all responses makes."""

from fractions import Fraction
from typing import Literal

import numpy as np
import pytest

from sipas.stats import (
    Cells,
    Column,
    IndexDefinition,
    Scoring,
    WeightedCells,
    build_cells,
    choose_measures,
    estimate_each,
    merge_cells,
    unweighted,
)
from sipas.stats.arrays import IntArray
from sipas.stats.cells.layout import sum_width

ITEMS = tuple("abcdefg")
FORMS = {
    "half": (Fraction(1),) * 3 + (Fraction(1, 2),) * 4,
    "short": (Fraction(1),) * 2 + (Fraction(0),) * 5,
}
SCORING = Scoring(ITEMS, {"x": (0, 1, 2), "y": (3, 4, 5)}, (1, 2, 3, 4, 5), 4, FORMS)


def _cells(sums: Literal["all", "as-needed"], with_forms: bool = True, rows: slice = slice(None)) -> Cells:
    generator = np.random.default_rng(7)
    answers = generator.integers(-3, 6, (500, len(ITEMS))).astype(np.int8)
    answers[answers == 0] = 5
    columns = {"unit": Column(generator.integers(-1, 4, 500, dtype=np.int32), tuple("wxyz"))}
    if with_forms:
        columns["form"] = Column(generator.integers(-1, 3, 500, dtype=np.int32), ("half", "short", "full"))
    taken = {name: Column(column.codes[rows], column.levels) for name, column in columns.items()}
    return build_cells(SCORING, answers[rows], taken, sums=sums)


@pytest.mark.parametrize("with_forms", [True, False])
def test_every_sum_is_the_same(with_forms: bool) -> None:
    held, needed = _cells("all", with_forms), _cells("as-needed", with_forms)
    assert held.holds_sums
    assert not needed.holds_sums
    for position in range(sum_width(SCORING)):
        assert needed.sum_at(position).tolist() == held.sum_at(position).tolist(), position


def test_cells_that_are_selected_and_merged_still_make_their_sums() -> None:
    parts = [_cells("as-needed", rows=slice(0, 200)), _cells("as-needed", rows=slice(200, 500))]
    merged, whole = merge_cells(parts), _cells("all")
    chosen = np.asarray(merged.columns["unit"].codes >= 0)
    for position in range(sum_width(SCORING)):
        assert merged.sum_at(position).sum() == whole.sum_at(position).sum()
        assert merged.select(chosen).sum_at(position).tolist() == merged.sum_at(position)[chosen].tolist()


def test_estimates_are_the_same() -> None:
    measures = choose_measures(SCORING, IndexDefinition("i", "factors", {"x": 0.3, "y": 0.7}), "all")
    one, other = (
        estimate_each(WeightedCells(cells, unweighted(cells, ())), measures, ("unit",))
        for cells in (_cells("all"), _cells("as-needed"))
    )
    for held, needed in zip(one, other, strict=True):
        np.testing.assert_array_equal(held.estimate, needed.estimate)
        np.testing.assert_array_equal(held.se, needed.se)
        np.testing.assert_array_equal(held.n_effective, needed.n_effective)


def test_sums_are_right_while_other_threads_ask_for_others() -> None:
    """A round's cells are kept and shared: here every other sum is asked for before the first returns."""
    cells = _cells("as-needed")
    held, needed = _cells("all"), cells._needed
    make = needed._make

    def interrupted(position: int) -> dict[int, IntArray]:
        made = make(position)
        needed._made = {}
        return made

    needed._make = interrupted  # type: ignore[method-assign]  # stands for another thread
    for position in (0, cells.layout.total("S", 0), cells.layout.total("A", 1)):
        assert cells.sum_at(position).tolist() == held.sum_at(position).tolist()
