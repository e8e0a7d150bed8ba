from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipas.errors import StatisticsError
from sipas.stats import Cells, Column, Scoring, build_cells, merge_cells
from sipas.stats.arrays import AnswerArray
from sipas.stats.cells.cells import item_counts
from sipas.stats.cells.layout import Layout, sum_width
from tests.stats.frames import Table
from tests.stats.surveys import SMALL, random_answers

LAYOUT = Layout.of(SMALL)


def build(answers: AnswerArray, forms: Sequence[str | None], units: Sequence[str | None]) -> Cells:
    return build_cells(SMALL, answers, {"unit": Column.of(units), "form": Column.of(forms)})


def contents(cells: Cells) -> dict[tuple[str | None, ...], tuple[int, ...]]:
    """Everything in the cells, by their keys, whatever their order."""
    names = sorted(cells.columns)
    keys = zip(*(cells.columns[name].labels() for name in names), strict=True)
    return {key: (int(n), *sums.tolist()) for key, n, sums in zip(keys, cells.n, cells.sums, strict=True)}


def test_the_sums_of_one_full_response() -> None:
    cells = build(np.array([[5, 4, 2, 3, -1, 5]], dtype=np.int16), ["full"], ["U"])
    sums = cells.sums[0]
    assert item_counts(cells, 0).tolist() == [[0, 0, 0, 0, 1]]
    assert item_counts(cells, 4).tolist() == [[0, 0, 0, 0, 0]]
    assert [sums[LAYOUT.total(kind, k)] for kind in "SAT" for k in (0, 1)] == [1, 1, 2, 2, 6, 8]
    assert [sums[LAYOUT.square(kind, 0, 1)] for kind in "SAT"] == [1, 4, 48]
    assert [sums[LAYOUT.product(kind, 1, 0)] for kind in "ST"] == [2, 16]
    assert [sums[LAYOUT.reached(k)] for k in (0, 1, 2)] == [1, 1, 1]


def test_a_drawn_item_counts_as_often_as_it_is_seldom_asked() -> None:
    cells = build(np.array([[4, 5, -3, -3, 2, -3]], dtype=np.int16), ["kiosk"], ["U"])
    sums = cells.sums[0]
    assert [sums[LAYOUT.total(kind, k)] for kind in "SAT" for k in (0, 1)] == [2, 0, 2, 3, 10, 6]
    assert item_counts(cells, 1).sum() == 1


def test_probabilities_that_divide_unevenly_are_brought_to_whole_multiples() -> None:
    cells = build(np.array([[4, 5, -1, 4, 4, -3]], dtype=np.int16), ["two"], ["U"])
    sums = cells.sums[0]
    # P is 1 for factor a and 2/3 for b; L = 2, and the multiples are 2 and 3.
    assert [sums[LAYOUT.total("A", k)] for k in (0, 1)] == [2, 6]
    assert cells.factor_scale is not None
    assert cells.factor_scale.tolist() == [2.0]


def test_an_answer_that_the_form_never_asks_for_is_left_out() -> None:
    cells = build(np.array([[4, 5, 5, 5, 5, 5]], dtype=np.int16), ["short"], ["U"])
    assert item_counts(cells, 1).sum() == 0
    assert cells.sums[0, LAYOUT.total("A", 0)] == 0
    assert item_counts(cells, 0).sum() == 1


def test_a_form_that_is_not_published_asked_everything() -> None:
    answers = np.array([[4, 5, 5, 5, 5, 5]], dtype=np.int16)
    unknown, full = (build(answers, [form], ["U"]).sums for form in (None, "full"))
    assert unknown.tolist() == full.tolist()


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(0, 60))
def test_cells_add_up_in_any_order_and_in_any_batches(seed: int, rows: int) -> None:
    generator = np.random.default_rng(seed)
    answers = random_answers(generator, rows)
    forms = generator.choice(["full", "kiosk", "two", "short", "new"], rows).tolist()
    units = generator.choice(["U1", "U2", "U3"], rows).tolist()
    at_once = contents(build(answers, forms, units))
    order = generator.permutation(rows)
    parts = [
        build(answers[part], [forms[i] for i in part], [units[i] for i in part])
        for part in np.array_split(order, 3)
    ]
    assert contents(merge_cells(parts)) == at_once


def test_bytes_give_the_same_cells_as_words() -> None:
    answers = random_answers(np.random.default_rng(1), 50)
    few = build(answers.astype(np.int8), ["full"] * 50, ["U"] * 50)
    assert few.sums.tolist() == build(answers, ["full"] * 50, ["U"] * 50).sums.tolist()


def test_more_responses_than_one_block_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = random_answers(np.random.default_rng(2), 100)
    forms, units = ["kiosk", "full"] * 50, ["U1", "U2", "U2", "U3"] * 25
    at_once = contents(build(answers, forms, units))
    monkeypatch.setattr("sipas.stats.cells.build.BLOCK_ROWS", 7)
    assert contents(build(answers, forms, units)) == at_once


def test_no_responses_give_no_cells() -> None:
    cells = build(np.zeros((0, 6), dtype=np.int16), [], [])
    assert len(cells) == 0
    assert cells.sums.shape == (0, sum_width(SMALL))


@pytest.mark.parametrize("wrong", [0, 6])
def test_an_answer_off_the_scale_is_refused_with_its_place(wrong: int) -> None:
    answers = np.full((3, 6), 4, dtype=np.int16)
    answers[1, 2] = wrong
    with pytest.raises(StatisticsError, match=f"response 2, item a2: {wrong} is no point"):
        build(answers, ["full"] * 3, ["U"] * 3)


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(StatisticsError, match="6 items"):
        build_cells(SMALL, np.zeros((2, 5), dtype=np.int16), {})
    with pytest.raises(StatisticsError, match="unit has 1 codes for 2"):
        build_cells(SMALL, np.full((2, 6), 4, dtype=np.int16), {"unit": Column.of(["U"])})


def test_a_scale_from_zero_with_gaps() -> None:
    scoring = Scoring(items=("q",), factors={"f": (0,)}, points=(0, 5, 10), satisfied=10)
    cells = build_cells(scoring, np.array([[0], [10], [-2], [5]], dtype=np.int8), {})
    assert item_counts(cells, 0).tolist() == [[1, 1, 1]]
    assert cells.sums[0, Layout.of(scoring).square("T", 0, 0)] == 125
    with pytest.raises(StatisticsError, match="is no point"):
        build_cells(scoring, np.array([[7]], dtype=np.int8), {})


def test_a_table_gives_the_columns_that_the_items_name() -> None:
    table = Table({"q2": [5, None], "unit": ["a", "b"], "q1": [float("nan"), 1.0]})
    scoring = Scoring(("q1", "q2"), {"f": (0, 1)}, (1, 2, 3, 4, 5), 4)
    of_table = build_cells(scoring, table, {})
    of_array = build_cells(scoring, np.array([[-1, 5], [1, -1]], np.int16), {})
    assert np.array_equal(of_table.sums, of_array.sums)


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"q1": [1, 2]}, "the table of answers has no column q2; items name columns"),
        ({"q1": [1, 2], "q2": [1.5, 2]}, "item q2: 1.5 is not a point of a scale; give whole numbers"),
        ({"q1": [1, "x"], "q2": [1, 2]}, "item q1: 'x' is not a point of a scale; give whole numbers"),
        ({"q1": [1, 6], "q2": [1, 2]}, "response 2, item q1: 6 is no point of the scale 1, 2, 3, 4, 5"),
    ],
)
def test_a_table_that_holds_no_answers_is_refused(columns: dict[str, list[object]], complaint: str) -> None:
    scoring = Scoring(("q1", "q2"), {"f": (0, 1)}, (1, 2, 3, 4, 5), 4)
    with pytest.raises(StatisticsError, match=complaint):
        build_cells(scoring, Table(columns), {})


def test_rows_of_lists_are_answers_and_ragged_ones_are_refused() -> None:
    scoring = Scoring(("q1", "q2"), {"f": (0, 1)}, (1, 2, 3, 4, 5), 4)
    assert build_cells(scoring, [[1, 5], [4, -1]], {}).n.sum() == 2
    for answers in ([[1, 5], [4]], [[1, None]], ["12"]):
        with pytest.raises(StatisticsError, match="answers must be"):
            build_cells(scoring, answers, {})
