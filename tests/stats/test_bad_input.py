"""What the library refuses: a StatisticsError, which is a ValueError, with the offending values."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import (
    Column,
    Frame,
    IndexDefinition,
    Margins,
    Options,
    WeightedCells,
    adjust,
    against_all,
    build_cells,
    calibrate,
    estimate,
    estimate_jointly,
    fay_herriot,
    item_measure,
    overall_measure,
    post_stratify,
    unweighted,
)
from tests.stats.surveys import ONE, SMALL, one_column_frame, one_item_cells, satisfied

Q = item_measure(ONE, "q")


def test_a_statistics_error_is_a_value_error() -> None:
    assert issubclass(StatisticsError, ValueError)


@pytest.mark.parametrize("count", [-1, np.inf, np.nan, 1.5, 1e300])
def test_counts_of_a_frame_are_whole_numbers(count: float) -> None:
    with pytest.raises(StatisticsError, match=f"frame, row 2: the count is {count:g}".replace("+", r"\+")):
        Frame({"h": Column.of("ab")}, np.array([3, count]))


@pytest.mark.parametrize("weight", [-1.0, np.inf, np.nan])
def test_weights_are_numbers_from_0_on(weight: float) -> None:
    cells = one_item_cells({"a": "+-", "b": "++"})
    made = unweighted(cells, ("h",))
    wrong = made.weight.copy()
    wrong[-1] = weight
    with pytest.raises(StatisticsError, match=f"cell 2: the weight is {weight}; it must be 0 or more"):
        replace(made, weight=wrong)


def test_responses_of_a_cell_are_0_or_more() -> None:
    cells = one_item_cells({"a": "+-", "b": "++"})
    with pytest.raises(StatisticsError, match="cell 2 has -1 responses"):
        replace(cells, n=np.array([2, -1]))


def test_answers_are_points_of_the_scale() -> None:
    with pytest.raises(StatisticsError, match="response 2, item q: 6 is no point of the scale 1, 2, 3, 4, 5"):
        build_cells(ONE, np.array([[5], [6]], dtype=np.int16), {"h": Column.of("ab")})
    with pytest.raises(StatisticsError, match="column h has 1 codes for 2 responses"):
        build_cells(ONE, satisfied("+", "-"), {"h": Column.of("a")})


def test_strata_that_the_frame_lacks_or_has_too_few_of_are_listed() -> None:
    cells = one_item_cells({"a": "+-", "b": "++", "c": "-+"})
    with pytest.raises(StatisticsError, match=r"no stratum of the frame is called h=c; there are a, b"):
        post_stratify(cells, one_column_frame(a=1, b=9), ("h",))
    with pytest.raises(StatisticsError) as refused:
        post_stratify(cells, one_column_frame(a=1, b=9, c=0), ("h",))
    assert "h=a (responses: 2, transactions: 1), h=c (responses: 2, transactions: 0)" in str(refused.value)


@pytest.mark.parametrize(
    ("weights", "total"),
    [({"a": 0.5, "b": 0.6}, "1.1"), ({"a": 1.5, "b": -0.5}, "1"), ({"a": 1.0, "b": float("nan")}, "nan")],
)
def test_weights_of_an_index_sum_to_1(weights: dict[str, float], total: str) -> None:
    message = f"index mine: weights must be 0 or more and sum to 1; they sum to {total}$"
    with pytest.raises(StatisticsError, match=message):
        overall_measure(SMALL, IndexDefinition("mine", "factors", weights))


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, 1.5, np.nan])
def test_a_level_lies_between_0_and_1(level: float) -> None:
    cells = one_item_cells({"a": "+-"})
    with pytest.raises(StatisticsError, match=f"the level must lie between 0 and 1, not {level:g}"):
        estimate(WeightedCells(cells, unweighted(cells, ("h",))), Q, options=Options(level=level))


def test_a_column_that_does_not_exist_is_named() -> None:
    cells = one_item_cells({"a": "+-"})
    weighting = unweighted(cells, ("h",))
    with pytest.raises(StatisticsError, match="there is no column 'colour'; there are: h"):
        estimate(WeightedCells(cells, weighting), Q, ("colour",))
    with pytest.raises(StatisticsError, match="there is no column 'colour'; there are: h"):
        unweighted(cells, ("colour",))
    with pytest.raises(StatisticsError, match="the frame has no column 'h'; it has: g"):
        post_stratify(cells, Frame({"g": Column.of("a")}, np.array([9])), ("h",))


@pytest.mark.parametrize(
    "mask", [{"cells": np.ones(3, dtype=bool)}, {"cells": None, "frame": np.ones(3, dtype=bool)}]
)
def test_filters_are_as_long_as_what_they_filter(mask: dict[str, Any]) -> None:
    cells = one_item_cells({"a": "+-"})
    weighting = post_stratify(cells, one_column_frame(a=9), ("h",))
    with pytest.raises(StatisticsError, match="filter"):
        WeightedCells(cells, weighting).keep(**mask)


CELLS = one_item_cells({"a": "+-+", "b": "++-"})
WEIGHTING = unweighted(CELLS, ("h",))
FRAME = one_column_frame(a=2, b=30)
JOINT = estimate_jointly(WeightedCells(CELLS, WEIGHTING), Q, ("h",))
PAIRS = JOINT.pairs(np.array([0]), np.array([1]))

MISSPELT: list[Callable[[Any], object]] = [
    lambda word: Options(statistic=word),
    lambda word: Options(ci=word),
    lambda word: Options(effective_n=word),
    lambda word: Options(lonely=word),
    lambda word: against_all(WeightedCells(CELLS, WEIGHTING), Q, ("h",), word),
    lambda word: adjust(np.array([0.01, 0.04]), word),
    lambda word: post_stratify(CELLS, FRAME, ("h",), collapse=word, out_of_date="raise-count"),
    lambda word: post_stratify(CELLS, FRAME, ("h",), out_of_date=word),
    lambda word: calibrate(CELLS, Margins({"h": {"a": 9, "b": 8}}), WEIGHTING, distance=word),
    lambda word: fay_herriot(np.ones(4), np.ones(4), np.ones((4, 1)), method=word),
]


@pytest.mark.parametrize("misspelt", MISSPELT)
@pytest.mark.parametrize("word", ["Wilson", "Holm", "bonferroni", "Adjust", "Design", "foo", ""])
def test_a_word_that_is_no_option_is_refused_and_the_options_are_named(
    misspelt: Callable[[Any], object], word: str
) -> None:
    with pytest.raises(StatisticsError, match=f"'{word}'.*(not one of|there are) [a-zA-Z]+, "):
        misspelt(word)


@pytest.mark.parametrize("answer", [4.0, np.nan])
def test_answers_are_whole_numbers(answer: float) -> None:
    with pytest.raises(StatisticsError, match="answers must be whole numbers, not float64; fill"):
        build_cells(ONE, np.array([[answer]]), {"h": Column.of("a")})


@pytest.mark.parametrize(("first", "second"), [(0, 7), (7, 0), (-1, 0), (0, -2)])
def test_only_domains_that_there_are_can_be_compared(first: int, second: int) -> None:
    with pytest.raises(StatisticsError, match="is out of range; there are 2 domains, from 0"):
        JOINT.pairs(np.array([first]), np.array([second]))


def test_cells_without_weights_are_refused_by_name() -> None:
    cells = build_cells(ONE, np.array([[5], [1]], dtype=np.int16), {"unit": Column.of(["A", "B"])})
    with pytest.raises(StatisticsError, match=r"take WeightedCells\(cells, weighting\), not Cells"):
        estimate(cells, Q)  # type: ignore[arg-type] # as a notebook may call it


@pytest.mark.parametrize("value", [5, None, 2.5])
def test_a_column_of_one_value_is_refused(value: object) -> None:
    with pytest.raises(StatisticsError, match="a list or an array of values"):
        Column.of(value)  # type: ignore[arg-type] # as a notebook may call it
