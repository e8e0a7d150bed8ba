"""Replicates of small surveys: against every respondent left out by hand, and at their edges."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import (
    Cells,
    Column,
    Margins,
    Options,
    WeightedCells,
    Weighting,
    build_cells,
    calibrate,
    estimate,
    item_measure,
    post_stratify,
    rake,
    unweighted,
)
from sipas.stats.arrays import FloatArray
from sipas.stats.replicates import bootstrap, jackknife
from tests.stats.surveys import (
    ONE,
    POOLED,
    QUESTION,
    SMALL,
    UNEQUAL,
    one_column_frame,
    one_item_cells,
    random_answers,
)

Q = item_measure(ONE, "q")


def survey(seed: int, rows: int = 60) -> Cells:
    """Respondents of three strata and two domains, some with a form that draws its items."""
    generator = np.random.default_rng(seed)
    columns = {
        "h": Column.of(generator.choice(["a", "b", "c"], rows)),
        "d": Column.of(generator.choice(["x", "y"], rows)),
        "form": Column.of(generator.choice(["full", "kiosk"], rows)),
        "response": Column(np.arange(rows, dtype=np.int32), tuple(map(str, range(rows)))),
    }
    return build_cells(SMALL, random_answers(generator, rows), columns)


def by_hand(cells: Cells, weighting: Weighting, left: float, by: Sequence[str] = ()) -> FloatArray:
    """JKn of the unequal index in each domain: for each respondent an estimate from the others alone.

    `left` is 1 − f in every stratum.
    """
    replicates, factor = [], []
    for i in range(len(cells)):
        others = np.arange(len(cells)) != i
        stratum = weighting.stratum == weighting.stratum[i]
        n = int(stratum.sum())
        weight = np.where(stratum, weighting.weight * n / (n - 1), weighting.weight)[others]
        rest = replace(weighting, stratum=weighting.stratum[others], weight=weight)
        replicates.append(estimate(WeightedCells(cells.select(others), rest), UNEQUAL, by).estimate)
        factor.append(left * (n - 1) / n)
    away = np.array(replicates) - np.mean(replicates, axis=0)
    return np.asarray(np.sqrt(np.array(factor) @ away**2))


@pytest.mark.parametrize("by", [(), ("d",)])
def test_the_jackknife_leaves_out_every_respondent(by: tuple[str, ...]) -> None:
    cells = survey(1)
    weighting = post_stratify(cells, one_column_frame(a=300, b=500, c=90), ("h",))
    ours = jackknife(WeightedCells(cells, weighting), UNEQUAL, by)
    # Items were drawn, so that no finite-population factor applies.
    np.testing.assert_allclose(ours.se, by_hand(cells, weighting, 1.0, by), rtol=1e-9)


def test_the_finite_population_factor_can_be_left_out() -> None:
    cells = one_item_cells({"a": "++--+-+", "b": "-+++"})
    half = post_stratify(cells, one_column_frame(a=14, b=8), ("h",))
    left_out = [
        jackknife(WeightedCells(cells, half), Q, options=Options(fpc=fpc)).se[0] for fpc in (True, False)
    ]
    drawn = [
        bootstrap(WeightedCells(cells, half), Q, options=Options(fpc=fpc), seed=3, replicates=50).se[0]
        for fpc in (True, False)
    ]
    for with_factor, without in (left_out, drawn):
        assert with_factor == pytest.approx(without * np.sqrt(0.5), rel=1e-9)


def test_cells_of_respondents_who_differ_are_refused_but_for_items() -> None:
    cells = survey(2).regroup(("h", "d"))
    weighting = unweighted(cells, ("h",))
    for measure in (POOLED, UNEQUAL):
        with pytest.raises(StatisticsError, match="cells hold sums over respondents who differ; build cells"):
            jackknife(WeightedCells(cells, weighting), measure)
        with pytest.raises(StatisticsError, match="replicates need the respondents themselves"):
            bootstrap(WeightedCells(cells, weighting), measure, seed=1)
    alone = survey(2)
    for by in ((), ("d",)):
        np.testing.assert_allclose(
            jackknife(WeightedCells(cells, weighting), QUESTION, by).se,
            jackknife(WeightedCells(alone, unweighted(alone, ("h",))), QUESTION, by).se,
            rtol=1e-9,
        )


def test_cells_of_respondents_who_are_alike_will_do() -> None:
    cells = one_item_cells({"a": "++--", "b": "+++-"})
    f = estimate(WeightedCells(cells, unweighted(cells, ("h",))), Q)
    assert jackknife(WeightedCells(cells, unweighted(cells, ("h",))), Q).se[0] == pytest.approx(f.se[0])


def test_a_filter_leaves_weights_and_strata_as_they_are() -> None:
    cells = survey(3)
    weighting = post_stratify(cells, one_column_frame(a=300, b=500, c=90), ("h",))
    where = cells.columns["d"].equals("x")
    filtered = jackknife(WeightedCells(cells, weighting).keep(where), POOLED)
    assert filtered.se[0] == pytest.approx(
        jackknife(WeightedCells(cells, weighting), POOLED, ("d",)).se[0], rel=1e-12
    )
    drawn = bootstrap(WeightedCells(cells, weighting).keep(where), POOLED, seed=7, replicates=50)
    by = bootstrap(WeightedCells(cells, weighting), POOLED, ("d",), seed=7, replicates=50)
    assert drawn.se[0] == pytest.approx(by.se[0], rel=1e-12)


def test_the_same_seed_draws_the_same() -> None:
    cells = survey(4)
    weighting = unweighted(cells, ("h",))
    first, again, other = (
        bootstrap(WeightedCells(cells, weighting), POOLED, seed=seed, replicates=20).se[0]
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_a_lonely_response_is_left_out_without_replacement() -> None:
    cells = one_item_cells({"a": "++--+-+-", "b": "+"})
    weighting = post_stratify(cells, one_column_frame(a=80, b=5), ("h",), collapse="none")
    ours = jackknife(WeightedCells(cells, weighting), Q, options=Options(fpc=False))
    linear = estimate(WeightedCells(cells, weighting), Q, options=Options(lonely="adjust", fpc=False))
    assert ours.lonely[0] == 1
    assert ours.se[0] == pytest.approx(linear.se[0], rel=0.05)
    assert np.isfinite(bootstrap(WeightedCells(cells, weighting), Q, seed=1, replicates=50).se[0])


def test_what_no_replicate_can_tell_is_nan() -> None:
    cells = one_item_cells({"a": "+..-", "b": "...."}, d=[*"xyyx", *"zzzz"])
    weighting = post_stratify(cells, one_column_frame(a=80, b=5), ("h",), collapse="none")
    for ours in (
        jackknife(WeightedCells(cells, weighting), Q, ("d",)),
        bootstrap(WeightedCells(cells, weighting), Q, ("d",), seed=1, replicates=100),
    ):
        assert ours.estimate[0] == 0.5
        assert np.isnan(ours.estimate[1:]).all()
        assert np.isnan(ours.se[1:]).all()
    alone = one_item_cells({"a": "+"})
    assert np.isnan(jackknife(WeightedCells(alone, unweighted(alone, ("h",))), Q).se[0])


def test_a_complete_count_has_no_spread() -> None:
    cells = one_item_cells({"a": "++--", "b": "+-"})
    weighting = post_stratify(cells, one_column_frame(a=4, b=2), ("h",))
    assert jackknife(WeightedCells(cells, weighting), Q).se[0] == 0
    assert bootstrap(WeightedCells(cells, weighting), Q, seed=1, replicates=50).se[0] == pytest.approx(
        0, abs=1e-15
    )


def test_one_replicate_has_no_variance() -> None:
    cells = one_item_cells({"a": "+-"})
    with pytest.raises(StatisticsError, match="at least 2 replicates, not 1"):
        bootstrap(WeightedCells(cells, unweighted(cells, ("h",))), Q, seed=1, replicates=1)


def test_calibrated_weights_are_calibrated_anew_in_every_replicate() -> None:
    """Calibrated to its strata a survey is post-stratified, and so is every replicate of it."""
    cells = survey(5)
    counts = {"a": 300, "b": 500, "c": 90}
    stratified = post_stratify(cells, one_column_frame(**counts), ("h",))
    calibrated = calibrate(cells, Margins({"h": counts}), unweighted(cells, ("h",)))
    np.testing.assert_allclose(calibrated.weight, stratified.weight, rtol=1e-12)
    ours, theirs = (
        bootstrap(WeightedCells(cells, weights), UNEQUAL, ("d",), Options(fpc=False), seed=5, replicates=30)
        for weights in (calibrated, stratified)
    )
    np.testing.assert_allclose(ours.se, theirs.se, rtol=1e-9)
    np.testing.assert_allclose(ours.estimate, theirs.estimate, rtol=1e-12)


def test_the_bootstrap_of_raked_weights_is_near_their_linearised_standard_error() -> None:
    cells = survey(6, rows=300)
    raked = rake(cells, Margins({"h": {"a": 300, "b": 500, "c": 200}, "d": {"x": 700, "y": 300}}))
    linear = estimate(WeightedCells(cells, raked), POOLED, ("d",))
    drawn = bootstrap(WeightedCells(cells, raked), POOLED, ("d",), seed=2, replicates=150)
    np.testing.assert_allclose(drawn.estimate, linear.estimate, rtol=1e-9)
    np.testing.assert_allclose(drawn.se, linear.se, rtol=0.2)
    with pytest.raises(StatisticsError, match="ask for the bootstrap"):
        jackknife(WeightedCells(cells, raked), POOLED)


def test_a_replicate_that_cannot_meet_the_margins_makes_the_standard_error_nan() -> None:
    cells = one_item_cells({"a": "++-+--"}, d=list("xxxxxy"))
    raked = rake(cells, Margins({"d": {"x": 70, "y": 30}}))
    assert np.isnan(bootstrap(WeightedCells(cells, raked), Q, seed=1, replicates=30).se[0])
