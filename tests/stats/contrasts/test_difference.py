"""What is said of a difference, above all where there is little to say."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sipas.errors import StatisticsError
from sipas.stats import (
    Options,
    WeightedCells,
    adjust,
    estimate,
    findings,
    item_measure,
    notes,
    post_stratify,
    unweighted,
)
from sipas.stats.contrasts import Differences, EstimateSet, Pairs, estimate_jointly, find_differences
from sipas.stats.options import Statistic
from tests.stats.surveys import ONE, one_column_frame, one_item_cells

ITEM = item_measure(ONE, "q")


def side(share: float, n: int, n_effective: float | None = None) -> EstimateSet:
    size = float(n) if n_effective is None else n_effective
    return EstimateSet(
        estimate=np.array([share]), variance=np.array([share * (1 - share) / size]),
        n_effective=np.array([size]), df=np.array([10**9]), n=np.array([n]), answered=np.array([n]),
        reliable=np.array([n >= 30]), exact=np.zeros(1, dtype=np.bool_), limits=np.array([[0.0, 1.0]]),
    )  # fmt: skip


def apart(first: EstimateSet, second: EstimateSet) -> Pairs:
    """Independent samples, so large in df that t is z."""
    return Pairs("share", first, second, np.zeros(1), np.array([10**9]), np.zeros(1, dtype=np.bool_))


def between(first: str, second: str, **options: Any) -> Differences:
    """Answers to one item in two strata, as `+` and `-`."""
    cells = one_item_cells({"A": first, "B": second})
    joint = estimate_jointly(
        WeightedCells(cells, unweighted(cells, ("h",))),
        ITEM,
        ("h",),
        options=Options(statistic=options.pop("statistic", "share"), fpc=False),
    )
    return find_differences(joint.pairs(np.array([0]), np.array([1])), **options)


def test_a_difference_of_two_large_samples_is_wald_s() -> None:
    found = find_differences(apart(side(0.8, 400), side(0.7, 300)))
    se = np.sqrt(0.8 * 0.2 / 400 + 0.7 * 0.3 / 300)
    np.testing.assert_allclose([found.difference[0], found.se[0]], [0.1, se], rtol=1e-12)
    np.testing.assert_allclose(
        [found.low[0], found.high[0]], [0.1 - 1.959964 * se, 0.1 + 1.959964 * se], rtol=1e-6
    )
    np.testing.assert_allclose(found.p[0], 2 * stats.norm.sf(0.1 / se), rtol=1e-6)
    assert found.notes == ((),)


def test_the_smallest_difference_that_could_be_shown_is_found_in_eight_of_ten_samples() -> None:
    pairs = apart(side(0.8, 400), side(0.8, 300))
    found = find_differences(pairs)
    power = stats.norm.sf(1.959964 - found.detectable[0] / found.se[0])
    assert power == pytest.approx(0.8, abs=1e-4)
    assert find_differences(pairs, power=0.9).detectable[0] > found.detectable[0]


# Newcombe (1998, Statistics in Medicine 17, 873-890), table II: method 10, without continuity correction.
NEWCOMBE = (
    ((9, 10), (3, 10), (0.1705, 0.8090)),
    ((6, 7), (2, 7), (0.0582, 0.8062)),
    ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ((0, 10), (0, 20), (-0.1611, 0.2775)),
    ((0, 10), (0, 10), (-0.2775, 0.2775)),
    ((10, 10), (0, 20), (0.6791, 1.0000)),
    ((10, 10), (0, 10), (0.6075, 1.0000)),
)


@pytest.mark.parametrize(("first", "second", "published"), NEWCOMBE)
def test_small_samples_are_compared_as_newcombe_does(
    first: tuple[int, int], second: tuple[int, int], published: tuple[float, float]
) -> None:
    found = find_differences(apart(*(side(x / n, n) for x, n in (first, second))))
    assert found.notes[0][0] == notes.FROM_BOTH_INTERVALS
    assert (found.low[0], found.high[0]) == pytest.approx(published, abs=6e-5)


@pytest.mark.parametrize("ci", ["wilson", "beta", "logit"])
def test_the_p_value_of_small_samples_agrees_with_their_interval(ci: Any) -> None:
    pairs = apart(side(0.9, 20), side(0.6, 25))
    p = find_differences(pairs, Options(ci=ci)).p[0]
    assert 0.001 < p < 0.2
    just_reaches = find_differences(pairs, Options(ci=ci, level=1 - p))
    assert just_reaches.low[0] == pytest.approx(0, abs=1e-9)


def test_two_unanimous_groups_are_not_certain_to_differ_by_nothing() -> None:
    found = between("+" * 40, "+" * 50)
    assert (found.difference[0], found.se[0], found.p[0]) == (0, 0, 1)
    assert found.low[0] < -0.05 < 0.05 < found.high[0]
    assert found.detectable[0] > 0
    assert notes.FROM_BOTH_INTERVALS in found.notes[0]


def test_unanimous_groups_that_disagree_differ_but_not_without_doubt() -> None:
    found = between("+" * 12, "-" * 12)
    assert (found.difference[0], found.se[0]) == (1, 0)
    assert found.low[0] < 0.9
    assert found.high[0] == 1
    assert 0 < found.p[0] < 1e-3


def test_one_response_has_a_difference_but_no_interval() -> None:
    found = between("+", "+-" * 30)
    assert found.difference[0] == 0.5
    assert np.isnan([found.low[0], found.high[0], found.p[0], found.detectable[0]]).all()
    assert found.notes[0] == (notes.NO_FREEDOM, notes.UNRELIABLE_SIDE)


def test_where_nobody_answered_there_is_nothing_to_compare() -> None:
    found = between("....", "+-" * 30)
    assert np.isnan([found.difference[0], found.se[0], found.low[0], found.p[0]]).all()
    assert found.notes[0] == (notes.NOTHING_TO_COMPARE,)
    assert not found.reliable[0]


def test_the_same_respondents_differ_by_nothing_and_that_is_no_finding() -> None:
    cells = one_item_cells({"A": "+-" * 30, "B": "+" * 40})
    joint = estimate_jointly(WeightedCells(cells, unweighted(cells, ("h",))), ITEM, ("h",))
    found = find_differences(joint.pairs(np.array([0]), np.array([0])))
    assert (found.difference[0], found.se[0]) == (0, 0)
    assert np.isnan([found.low[0], found.high[0], found.p[0]]).all()
    assert found.notes[0] == (notes.SAME_RESPONSES,)


def test_means_that_do_not_vary_have_no_interval_and_others_wald_s() -> None:
    flat = between("+" * 20, "-" * 20, statistic="mean")
    assert flat.difference[0] == 4
    assert np.isnan([flat.low[0], flat.p[0]]).all()
    assert notes.NO_VARIANCE in flat.notes[0]
    small = between("+-" * 5, "+--" * 4, statistic="mean")
    half = stats.t.ppf(0.975, small.df[0]) * small.se[0]
    assert small.high[0] - small.low[0] == pytest.approx(2 * half)
    assert notes.FROM_BOTH_INTERVALS not in small.notes[0]


@pytest.mark.parametrize(("first", "note"), [("+", notes.NO_FREEDOM), ("++++", notes.NO_VARIANCE)])
def test_a_mean_without_an_interval_of_its_own_is_neither_better_nor_worse(
    first: str, note: notes.Note
) -> None:
    """One respondent, or a few who agree by luck, are not known exactly, however many the others are."""
    found = between(first, "+-" * 100, statistic="mean")
    assert found.difference[0] == 2
    assert np.isnan([found.low[0], found.high[0], found.p[0], found.detectable[0]]).all()
    assert note in found.notes[0]
    assert findings(found, adjust(found.p)) == ("cannot_tell",)


@pytest.mark.parametrize("signs", ["+", "+-++"])
@pytest.mark.parametrize("statistic", ["share", "mean"])
def test_a_complete_count_is_known_exactly_and_the_other_side_alone_is_uncertain(
    signs: str, statistic: Statistic
) -> None:
    cells = one_item_cells({"A": signs, "B": "+-" * 50})
    weighting = post_stratify(cells, one_column_frame(A=len(signs), B=9000), ("h",), collapse="none")
    joint = estimate_jointly(
        WeightedCells(cells, weighting), ITEM, ("h",), options=Options(statistic=statistic)
    )
    pairs = joint.pairs(np.array([0]), np.array([1]))
    found = find_differences(pairs)
    ends = np.array(pairs.second.interval(statistic, "wilson", 0.95))
    assert found.low[0] == pytest.approx(found.difference[0] - (ends[1, 0] - joint.estimate[1]), rel=0.01)
    assert found.high[0] == pytest.approx(found.difference[0] + (joint.estimate[1] - ends[0, 0]), rel=0.01)
    assert found.p[0] < 0.001
    low, high = pairs.first.interval(statistic, "wilson", 0.95)
    assert low[0] == high[0] == joint.estimate[0]


def test_means_differ_by_no_more_than_the_scale_is_long() -> None:
    found = between("++-", "--+", statistic="mean")
    half = stats.t.ppf(0.975, 4) * found.se[0]
    assert (found.low[0], found.high[0]) == (pytest.approx(4 / 3 - half), 4)
    assert 4 / 3 + half > 4


def test_a_level_or_power_that_is_none_is_refused() -> None:
    pairs = apart(side(0.8, 400), side(0.7, 300))
    with pytest.raises(StatisticsError, match="level must lie between 0 and 1, not 1"):
        find_differences(pairs, Options(level=1))
    with pytest.raises(StatisticsError, match=r"power must be 0\.5 or more and less than 1, not 0\.2"):
        find_differences(pairs, power=0.2)


@pytest.mark.parametrize("statistic", ["share", "mean"])
def test_each_side_has_the_interval_of_its_estimate(statistic: Statistic) -> None:
    cells = one_item_cells({"A": "++-+", "B": "++", "C": "+"})
    weighting = unweighted(cells, ("h",))
    joint = estimate_jointly(
        WeightedCells(cells, weighting), ITEM, ("h",), options=Options(statistic=statistic, fpc=False)
    )
    first = joint.pairs(np.arange(3), np.arange(3)).first
    alone = estimate(WeightedCells(cells, weighting), ITEM, ("h",), options=Options(statistic=statistic))
    low, high = first.interval(statistic, alone.ci, 0.95)
    np.testing.assert_allclose(low, alone.low, rtol=1e-12)
    np.testing.assert_allclose(high, alone.high, rtol=1e-12)
    assert np.isfinite(low).tolist() == [True, statistic == "share", False]
