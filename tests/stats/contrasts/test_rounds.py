"""Rounds side by side."""

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Options, WeightedCells, estimate, item_measure, unweighted
from sipas.stats.contrasts import Joint, estimate_jointly, find_differences, stack_rounds
from tests.stats.contrasts.townspeople import Townspeople
from tests.stats.surveys import ONE, POOLED, one_item_cells


def of(people: Townspeople, *by: str) -> Joint:
    return estimate_jointly(people.sample, POOLED, by)


SPRING, AUTUMN = Townspeople(seed=21), Townspeople(seed=31, forms=("full", "kiosk"))


def test_a_round_is_a_column_and_rounds_do_not_vary_together() -> None:
    both = stack_rounds({"spring": of(SPRING, "unit"), "autumn": of(AUTUMN, "unit")})
    assert both.by["round"].labels() == ["spring"] * 3 + ["autumn"] * 3
    assert both.by["unit"].labels() == ["U1", "U2", "U3"] * 2
    assert (both.covariance[:3, 3:] == 0).all()
    np.testing.assert_array_equal(both.covariance[3:, 3:], of(AUTUMN, "unit").covariance)
    assert not both.same[:3, 3:].any()


def test_the_change_of_a_unit_has_the_variances_and_the_df_of_both_rounds() -> None:
    both = stack_rounds({"spring": of(SPRING, "unit"), "autumn": of(AUTUMN, "unit")})
    change = find_differences(both.pairs(np.array([3, 4, 5]), np.array([0, 1, 2])))
    before, after = (
        estimate(people.sample, POOLED, ("unit",), options=Options(fpc=False)) for people in (SPRING, AUTUMN)
    )
    np.testing.assert_allclose(change.difference, after.estimate - before.estimate, rtol=1e-12)
    np.testing.assert_allclose(change.se, np.hypot(before.se, after.se), rtol=1e-10)
    assert change.df.tolist() == (before.df + after.df).tolist()


def test_a_unit_that_only_one_round_knows_is_there_once() -> None:
    old = one_item_cells({"A": "+-" * 9, "B": "+--" * 9})
    new = one_item_cells({"B": "++-" * 9, "C": "+-" * 9})
    rounds = {
        code: estimate_jointly(
            WeightedCells(cells, unweighted(cells, ("h",))), item_measure(ONE, "q"), ("h",)
        )
        for code, cells in (("old", old), ("new", new))
    }
    both = stack_rounds(rounds)
    assert both.by["h"].labels() == ["A", "B", "B", "C"]
    assert both.by["h"].levels == ("A", "B", "C")


def test_what_cannot_be_found_in_one_round_leaves_the_other_as_it_is() -> None:
    cells = one_item_cells({"A": "+-" * 9, "B": "..."})
    joint = estimate_jointly(WeightedCells(cells, unweighted(cells, ("h",))), item_measure(ONE, "q"), ("h",))
    both = stack_rounds({"one": joint, "two": joint})
    assert np.isnan(both.covariance[1]).all()
    assert both.covariance[0, 2] == 0


def test_rounds_that_measure_something_else_are_refused() -> None:
    with pytest.raises(StatisticsError, match=r"round autumn measures .* by sex, the first .* by unit"):
        stack_rounds({"spring": of(SPRING, "unit"), "autumn": of(AUTUMN, "sex")})
    with pytest.raises(StatisticsError, match="has a column 'unit' already"):
        stack_rounds({"spring": of(SPRING, "unit")}, column="unit")
    with pytest.raises(StatisticsError, match="there is no round"):
        stack_rounds({})
