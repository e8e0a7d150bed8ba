"""Shares of the points of the scale, against respondents counted one by one and against the estimates."""

import numpy as np
import pytest
from hypothesis import given, settings

from sipas.stats import (
    Measure,
    Scoring,
    Weighting,
    estimate,
    factor_measure,
    frame_margins,
    item_measure,
    overall_measure,
    post_stratify,
    rake,
    unweighted,
)
from sipas.stats.distribution import distribute
from tests.stats.made_up import MadeUp, surveys
from tests.stats.surveys import SMALL, read_survey, sipas_frame

STRATA = ("unit", "procedure_group", "channel")


def reference_weighting(method: str) -> Weighting:
    cells = read_survey("sipas").cells
    if method == "none":
        return unweighted(cells, STRATA)
    if method == "rake":
        base, margins = frame_margins(cells, sipas_frame(), STRATA)
        return rake(cells, margins, base)
    return post_stratify(cells, sipas_frame(), STRATA)


@pytest.mark.parametrize("method", ["none", "post-stratify", "rake"])
@pytest.mark.parametrize("index", ["pooled", "weighted-factors"])
def test_points_add_up_to_the_share_satisfied_and_to_the_mean(method: str, index: str) -> None:
    survey, weighting = read_survey("sipas"), reference_weighting(method)
    points = np.array(survey.scoring.points)
    for measure in (survey.overall(index), factor_measure(survey.scoring, "factor3")):
        found = distribute(survey.cells, weighting, measure, ("unit", "sex"))
        share = estimate(survey.cells, weighting, measure, ("unit", "sex"))
        mean = estimate(survey.cells, weighting, measure, ("unit", "sex"), statistic="mean")
        assert found.share.sum(axis=1) == pytest.approx(1.0)
        satisfied = found.share[:, points >= survey.scoring.satisfied].sum(axis=1)
        assert satisfied == pytest.approx(share.estimate, rel=1e-9)
        assert found.share @ points == pytest.approx(mean.estimate, rel=1e-9)


def test_an_item_is_counted_as_its_respondents_are() -> None:
    survey, weighting = read_survey("sipas"), reference_weighting("none")
    found = distribute(survey.cells, weighting, item_measure(survey.scoring, "f1q1"), ("unit",))
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
    found = distribute(made.cells(), weighting, measure, ("d",))
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
    found = distribute(cells, weighting, measure, ("unit",))
    gone = found.by["unit"].labels().index("U01")
    assert np.isnan(found.share[gone]).all()
    assert np.isfinite(np.delete(found.share, gone, axis=0)).all()
