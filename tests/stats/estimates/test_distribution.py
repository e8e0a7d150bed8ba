"""Shares of the points of the scale, against respondents counted one by one and against the estimates."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipas.stats import (
    Cells,
    Measure,
    Options,
    Scoring,
    WeightedCells,
    Weighting,
    build_cells,
    estimate,
    factor_measure,
    frame_margins,
    item_measure,
    overall_measure,
    post_stratify,
    rake,
    unweighted,
)
from sipas.stats.estimates.distribution import distribute
from sipas.stats.options import EffectiveN
from tests.stats.made_up import MadeUp, surveys
from tests.stats.surveys import SMALL, read_survey, sipas_frame

STRATA = ("unit", "procedure_group", "channel")
EACH_METHOD = pytest.mark.parametrize("method", ["none", "post-stratify", "rake"])


def reference_weighting(method: str) -> Weighting:
    cells = read_survey("sipas").cells
    if method == "none":
        return unweighted(cells, STRATA)
    if method == "rake":
        base, margins = frame_margins(cells, sipas_frame(), STRATA)
        return rake(cells, margins, base)
    return post_stratify(cells, sipas_frame(), STRATA)


@EACH_METHOD
@pytest.mark.parametrize("index", ["pooled", "weighted-factors"])
def test_points_add_up_to_the_share_satisfied_and_to_the_mean(method: str, index: str) -> None:
    survey, weighting = read_survey("sipas"), reference_weighting(method)
    points = np.array(survey.scoring.points)
    for measure in (survey.overall(index), factor_measure(survey.scoring, "factor3")):
        found = distribute(WeightedCells(survey.cells, weighting), measure, ("unit", "sex"))
        share = estimate(WeightedCells(survey.cells, weighting), measure, ("unit", "sex"))
        mean = estimate(
            WeightedCells(survey.cells, weighting),
            measure,
            ("unit", "sex"),
            options=Options(statistic="mean"),
        )
        assert found.share.sum(axis=1) == pytest.approx(1.0)
        satisfied = found.share[:, points >= survey.scoring.satisfied].sum(axis=1)
        assert satisfied == pytest.approx(share.estimate, rel=1e-9)
        assert found.share @ points == pytest.approx(mean.estimate, rel=1e-9)


def satisfied_from(point: int) -> Cells:
    """The same answers, where another point is the first that satisfies."""
    survey = read_survey("sipas")
    return build_cells(replace(survey.scoring, satisfied=point), survey.answers, survey.columns)


BY = ("unit", "sex")


@EACH_METHOD
@pytest.mark.parametrize("effective_n", ["robust", "design"])
def test_an_end_of_the_scale_has_the_interval_of_an_item_which_only_that_end_satisfies(
    method: str, effective_n: EffectiveN
) -> None:
    survey, weighting = read_survey("sipas"), reference_weighting(method)
    item = item_measure(survey.scoring, "f2q3")
    found = distribute(
        WeightedCells(survey.cells, weighting), item, BY, options=Options(effective_n=effective_n)
    )
    assert ((found.low < found.share) & (found.share < found.high)).all()
    best = estimate(
        WeightedCells(satisfied_from(5), weighting), item, BY, options=Options(effective_n=effective_n)
    )
    np.testing.assert_allclose((found.low[:, 4], found.high[:, 4]), (best.low, best.high), rtol=1e-9)
    rest = estimate(
        WeightedCells(satisfied_from(2), weighting), item, BY, options=Options(effective_n=effective_n)
    )
    np.testing.assert_allclose((found.low[:, 0], found.high[:, 0]), (1 - rest.high, 1 - rest.low), rtol=1e-9)


@EACH_METHOD
@pytest.mark.parametrize("index", ["pooled", "weighted-factors"])
def test_intervals_of_several_items_are_somewhat_wider_than_need_be_and_never_narrower(
    method: str, index: str
) -> None:
    survey, weighting = read_survey("sipas"), reference_weighting(method)
    for measure in (survey.overall(index), factor_measure(survey.scoring, "factor3")):
        found = distribute(WeightedCells(survey.cells, weighting), measure, BY)
        exact = estimate(WeightedCells(satisfied_from(5), weighting), measure, BY)
        width = (found.high - found.low)[:, 4] / (exact.high - exact.low)
        assert width.min() >= 1
        assert width.mean() < 2.5


@settings(max_examples=60)
@given(made=surveys(), name=st.sampled_from(["item:overall", "item:b2", "factor:a", "factor:b"]))
def test_intervals_of_points_contain_their_share_and_lie_between_0_and_1(made: MadeUp, name: str) -> None:
    cells, measure = made.cells(), named(name, SMALL)
    weighting = post_stratify(cells, made.frame(), ("h",))
    found = distribute(WeightedCells(cells, weighting), measure, ("d",))
    free = estimate(WeightedCells(cells, weighting), measure, ("d",)).df > 0
    known = np.isfinite(found.low)
    assert (known == np.isfinite(found.high)).all()
    assert known[free & np.isfinite(found.share).all(axis=1)].all()
    assert (known <= np.isfinite(found.share)).all()
    assert ((found.low[known] >= 0) & (found.high[known] <= 1)).all()
    assert (found.low[known] <= found.share[known] + 1e-12).all()
    assert (found.share[known] <= found.high[known] + 1e-12).all()


def test_an_item_is_counted_as_its_respondents_are() -> None:
    survey, weighting = read_survey("sipas"), reference_weighting("none")
    found = distribute(
        WeightedCells(survey.cells, weighting), item_measure(survey.scoring, "f1q1"), ("unit",)
    )
    unit, answers = survey.columns["unit"], survey.answers[:, 0]
    for domain, level in enumerate(unit.levels):
        here = answers[unit.equals(level)]
        counted = [(here == point).sum() / (here >= 0).sum() for point in survey.scoring.points]
        assert found.share[domain] == pytest.approx(counted)


@pytest.mark.parametrize("name", ["item:overall", "item:b2", "factor:a", "factor:b"])
@settings(max_examples=40)
@given(made=surveys())
def test_what_was_asked_of_some_stands_for_those_who_were_not(name: str, made: MadeUp) -> None:
    measure = named(name, SMALL)
    weighting = unweighted(made.cells(), ("h",))
    found = distribute(WeightedCells(made.cells(), weighting), measure, ("d",))
    chance = np.array([[float(p) for p in SMALL.chances(form)] for form in made.form])
    weight = np.divide(1.0, chance, out=np.zeros_like(chance), where=chance > 0)
    for domain in range(len(found)):
        level = found.by["d"].labels()[domain]
        inside = np.array([one == level for one in made.domain])
        items = list(measure.items(SMALL))
        answers, weights = made.answers[inside][:, items], weight[inside][:, items]
        by_point = np.array([weights[answers == point].sum() for point in SMALL.points])
        if by_point.sum() == 0:
            assert np.isnan(found.share[domain]).all()
        else:
            assert found.share[domain] == pytest.approx(by_point / by_point.sum())


def named(name: str, scoring: Scoring) -> Measure:
    kind, _, code = name.partition(":")
    return (item_measure if kind == "item" else factor_measure)(scoring, code)


def test_a_domain_of_the_frame_without_a_response_has_no_shares() -> None:
    survey = read_survey("sipas")
    cells = survey.cells.select(~survey.cells.column("unit").equals("U01"))
    weighting = post_stratify(cells, sipas_frame(), STRATA)
    measure = overall_measure(survey.scoring, survey.instrument.index("pooled"))
    found = distribute(WeightedCells(cells, weighting), measure, ("unit",))
    gone = found.by["unit"].labels().index("U01")
    assert np.isnan(found.share[gone]).all()
    assert np.isfinite(np.delete(found.share, gone, axis=0)).all()
