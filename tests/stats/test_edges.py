"""The edges of a survey: right, or NaN with a note; never a margin of 0 that looks like certainty."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from sipas.stats import (
    Column,
    Estimates,
    Options,
    Scoring,
    WeightedCells,
    build_cells,
    estimate,
    factor_measure,
    item_measure,
    notes,
    post_stratify,
    unweighted,
)
from tests.stats.surveys import ONE, one_column_frame, one_item_cells

Q = item_measure(ONE, "q")
EVERY_INTERVAL = pytest.mark.parametrize("ci", ["wilson", "beta", "logit", "wald"])
EVERY_SIZE = pytest.mark.parametrize("effective_n", ["robust", "design"])


def one(strata: dict[str, str], counts: dict[str, int] | None, **options: Any) -> Estimates:
    """The whole of a survey of one item; without counts it is unweighted."""
    cells = one_item_cells(strata)
    if counts is None:
        return estimate(WeightedCells(cells, unweighted(cells, ("h",))), Q, options=Options(**options))
    weighting = post_stratify(cells, one_column_frame(**counts), ("h",))
    return estimate(WeightedCells(cells, weighting), Q, options=Options(**options))


def numbers(found: Estimates) -> Sequence[float]:
    return found.estimate[0], found.low[0], found.high[0]


@EVERY_INTERVAL
@EVERY_SIZE
@pytest.mark.parametrize("counts", [None, {"a": 100, "b": 300}, {"a": 10, "b": 300}])
def test_nobody_and_everybody_satisfied(ci: Any, effective_n: Any, counts: dict[str, int] | None) -> None:
    for sign, share in (("-", 0.0), ("+", 1.0)):
        options: Any = {"ci": ci, "effective_n": effective_n}
        estimated, low, high = numbers(one({"a": sign * 10, "b": sign * 12}, counts, **options))
        assert estimated == share
        assert (low == 0) == (share == 0)
        assert (high == 1) == (share == 1)
        # Clopper and Pearson's interval for 0 of 22 is 0.154 wide; less would claim too much.
        assert 0.1 < high - low < 0.5


@EVERY_INTERVAL
def test_one_response_has_an_estimate_and_no_interval(ci: Any) -> None:
    for counts in (None, {"a": 50}):
        found = one({"a": "+"}, counts, ci=ci)
        assert (found.estimate[0], found.n[0], found.df[0], found.lonely[0]) == (1, 1, 0, 1)
        assert np.isnan(found.low[0])
        assert not found.reliable[0]
        assert notes.NO_FREEDOM in found.notes[0]
        assert notes.LONELY(n=1) in found.notes[0]


@EVERY_INTERVAL
def test_nobody_answered(ci: Any) -> None:
    found = one({"a": "...", "b": ".."}, {"a": 30, "b": 40}, ci=ci)
    for name in ("estimate", "se", "low", "high", "n_effective", "deff", "deff_replace", "kish"):
        assert np.isnan(getattr(found, name)[0]), name
    assert (found.n[0], found.n_answered[0]) == (0, 0)
    assert found.population[0] == 70
    assert found.notes[0] == (notes.NOT_ANSWERED,)
    assert not found.reliable[0]


@EVERY_INTERVAL
def test_a_complete_count_is_certain_and_only_with_its_finite_population_factor(ci: Any) -> None:
    strata, counts = {"a": "++-", "b": "+-+-+"}, {"a": 3, "b": 5}
    certain = one(strata, counts, ci=ci)
    assert numbers(certain) == (0.625, 0.625, 0.625)
    assert certain.se[0] == 0
    uncertain = one(strata, counts, ci=ci, fpc=False)
    assert uncertain.low[0] < 0.5 < 0.8 < uncertain.high[0]


@EVERY_INTERVAL
@EVERY_SIZE
def test_a_complete_count_of_one_stratum_leaves_the_others_uncertain(ci: Any, effective_n: Any) -> None:
    found = one({"a": "+++", "b": "+++++"}, {"a": 3, "b": 500}, ci=ci, effective_n=effective_n)
    assert found.estimate[0] == 1
    assert found.high[0] - found.low[0] > 0.2


@EVERY_INTERVAL
def test_all_weight_in_one_stratum(ci: Any) -> None:
    """Twenty responses that stand for themselves hardly count beside five that stand for a million."""
    strata, counts = {"a": "++-++", "b": "+-" * 10}, {"a": 1_000_000, "b": 20}
    found, alone = one(strata, counts, ci=ci), one({"a": strata["a"]}, {"a": counts["a"]}, ci=ci)
    assert found.estimate[0] == pytest.approx(0.8, abs=1e-4)
    assert found.se[0] == pytest.approx(alone.se[0], rel=1e-3)
    assert found.n_effective[0] == pytest.approx(alone.n_effective[0], rel=1e-3)
    assert found.high[0] - found.low[0] > 0.3


@pytest.mark.parametrize("ci", ["wilson", "beta"])
def test_all_weight_in_one_stratum_where_all_agree_by_luck(ci: Any) -> None:
    found = one({"a": "+++++", "b": "+-" * 10}, {"a": 1_000_000, "b": 20}, ci=ci)
    assert found.low[0] < 0.75


def test_all_weight_on_one_response() -> None:
    found = one({"a": "+", "b": "+-" * 10}, {"a": 1_000_000, "b": 20})
    assert found.n_effective[0] < 1.01
    assert found.high[0] - found.low[0] > 0.5
    assert not found.reliable[0]


def test_respondents_who_do_not_differ_at_all_are_worth_one_answer_each() -> None:
    """Everybody satisfied with one of two items: the index does not vary, its margin must not vanish."""
    two = Scoring(items=("q1", "q2"), factors={"f": (0, 1)}, points=(1, 2, 3, 4, 5), satisfied=4)
    cells = build_cells(two, np.tile(np.array([5, 1], dtype=np.int16), (40, 1)), {"h": Column.of("h" * 40)})
    found = estimate(WeightedCells(cells, unweighted(cells, ("h",))), factor_measure(two, "f"))
    assert (found.estimate[0], found.se[0], found.n_effective[0]) == (0.5, 0, 40)
    assert found.high[0] - found.low[0] > 0.25


@pytest.mark.parametrize("statistic", ["share", "mean"])
@pytest.mark.parametrize(("strata", "reliable"), [(1, False), (29, False), (30, True)])
def test_a_complete_count_of_one_in_each_stratum_says_why_it_is_not_reliable(
    statistic: Any, strata: int, reliable: bool
) -> None:
    counts = {f"s{h}": 1 for h in range(strata)}
    cells = one_item_cells({name: "+-"[h % 2] for h, name in enumerate(counts)})
    weighting = post_stratify(cells, one_column_frame(**counts), ("h",), collapse="none")
    found = estimate(WeightedCells(cells, weighting), Q, options=Options(statistic=statistic))
    assert (found.df[0], found.n[0]) == (0, strata)
    assert found.low[0] == found.estimate[0] == found.high[0]
    assert found.reliable[0] == reliable
    assert (notes.FEW in found.notes[0]) == (not reliable)
