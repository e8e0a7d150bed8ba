"""Differences against R's `survey`: svycontrast on svyby(covmat = TRUE), and svyttest."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sipas.stats import (
    Measure,
    Options,
    WeightedCells,
    Weighting,
    factor_measure,
    item_measure,
    post_stratify,
    unweighted,
)
from sipas.stats.contrasts import Differences, Joint, estimate_jointly, find_differences
from tests.stats.surveys import Survey, read_json, read_rows, read_survey, sipas_frame


def difference(joint: Joint, column: str, first: str, second: str) -> Differences:
    levels = joint.by[column].levels
    places = (np.array([levels.index(level)]) for level in (first, second))
    return find_differences(joint.pairs(*places))


def test_kansas_city_between_rounds_and_between_channels() -> None:
    survey = read_survey("kansas_city")
    weighting = unweighted(survey.cells, ("round", "district"))
    rows = read_rows("kansas_city/expected_differences.csv")
    for row in rows:
        joint = estimate_jointly(
            WeightedCells(survey.cells, weighting), index(survey, row["factor"]), (row["by"],)
        )
        found = difference(joint, row["by"], *row["difference"].rsplit("-", 1))
        np.testing.assert_allclose(found.difference, float(row["difference_of_indices"]), rtol=1e-9)
        np.testing.assert_allclose(found.se, float(row["se"]), rtol=1e-9)
    assert len(rows) == 14


def index(survey: Survey, factor: str) -> Measure:
    return survey.overall("pooled") if factor == "overall" else factor_measure(survey.scoring, factor)


@pytest.fixture(scope="module")
def survey() -> Survey:
    return read_survey("sipas")


@pytest.fixture(scope="module")
def weighting(survey: Survey) -> Weighting:
    return post_stratify(survey.cells, sipas_frame(), ("unit", "procedure_group", "channel"), collapse="none")


@pytest.fixture(scope="module")
def expected() -> Any:
    return read_json("sipas/expected.json")["compare_counter_online"]


def test_a_factor_between_channels(survey: Survey, weighting: Weighting, expected: Any) -> None:
    factor1 = factor_measure(survey.scoring, "factor1")
    joint = estimate_jointly(WeightedCells(survey.cells, weighting), factor1, ("channel",), options=Options())
    found, theirs = difference(joint, "channel", "online", "counter"), expected["factor1_index_difference"]
    np.testing.assert_allclose(found.difference, theirs["difference_online_minus_counter"], rtol=1e-9)
    np.testing.assert_allclose(found.se, theirs["se"], rtol=1e-9)


def test_a_factor_between_the_sexes_who_share_strata(
    survey: Survey, weighting: Weighting, expected: Any
) -> None:
    factor1 = factor_measure(survey.scoring, "factor1")
    joint = estimate_jointly(WeightedCells(survey.cells, weighting), factor1, ("sex",), options=Options())
    found, theirs = difference(joint, "sex", "M", "F"), expected["factor1_sex_difference"]
    np.testing.assert_allclose(found.difference, theirs["difference_M_minus_F"], rtol=1e-9)
    np.testing.assert_allclose(found.se, theirs["se"], rtol=1e-9)
    np.testing.assert_allclose(joint.covariance, theirs["vcov"], rtol=1e-9)


def test_an_item_between_channels_is_svyttest_s_but_for_a_degree_of_freedom(
    survey: Survey, weighting: Weighting, expected: Any
) -> None:
    """svyttest takes one more for the regression that it is."""
    joint = estimate_jointly(
        WeightedCells(survey.cells, weighting),
        item_measure(survey.scoring, "f1q1"),
        ("channel",),
        options=Options(),
    )
    found, theirs = difference(joint, "channel", "online", "counter"), expected["item_f1q1_svyttest"]
    t = found.difference[0] / found.se[0]
    np.testing.assert_allclose(found.difference, theirs["difference_online_minus_counter"], rtol=1e-9)
    np.testing.assert_allclose(t, theirs["t"], rtol=1e-9)
    np.testing.assert_allclose(found.df - 1, theirs["df"], rtol=0)
    np.testing.assert_allclose(2 * stats.t.sf(t, theirs["df"]), theirs["p"], rtol=1e-8)
    np.testing.assert_allclose(found.p, 2 * stats.t.sf(t, found.df), rtol=1e-9)
    half = stats.t.ppf(0.975, found.df) * found.se
    np.testing.assert_allclose([found.low, found.high], [found.difference - half, found.difference + half])
    half *= stats.t.ppf(0.975, theirs["df"]) / stats.t.ppf(0.975, found.df)
    np.testing.assert_allclose(
        np.ravel([found.difference - half, found.difference + half]), theirs["ci95"], rtol=1e-9
    )
