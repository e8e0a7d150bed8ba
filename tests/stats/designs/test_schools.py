"""Samples of schools, also of clusters and with continuous auxiliaries, against R's `survey`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sipas.stats.arrays import FloatArray
from sipas.stats.designs.calibrate_rows import calibrate_rows, indicators
from sipas.stats.designs.stages import RowDesign
from sipas.stats.options import IntervalKind
from tests.stats.designs.continuous import (
    RowEstimates,
    jackknife_of_mean,
    jackknife_of_total,
    row_means,
    row_ratios,
    row_totals,
)
from tests.stats.designs.schools import SAMPLES, Schools, designed
from tests.stats.surveys import read_json, read_rows

EVERY_DESIGN = pytest.mark.parametrize("design", list(SAMPLES))


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found: dict[str, Any] = read_json("api/expected.json")
    return found


def same(ours: object, theirs: object, rtol: float = 1e-9) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=rtol, atol=0)


def same_statistic(ours: RowEstimates, theirs: dict[str, Any], rtol: float = 1e-9) -> None:
    """The one domain of ours against what `svymean` or `svytotal` give for the whole."""
    same(ours.estimate[0], theirs["estimate"], rtol)
    same(ours.se[0], theirs["se"], rtol)
    same(ours.covariance[0], theirs["vcov"], 2 * rtol)
    same(np.transpose(ours.normal_interval())[:, 0], theirs["confint_normal"], rtol)
    if "deff" in theirs:
        same(ours.deff[0], theirs["deff"], rtol)


def same_by(ours: RowEstimates, theirs: dict[str, Any], rtol: float = 1e-9) -> None:
    """Ours by domain against `svyby`."""
    same(ours.estimate[:, 0], theirs["estimate"], rtol)
    same(ours.se[:, 0], theirs["se"], rtol)


@EVERY_DESIGN
def test_means_and_degrees_of_freedom(expected: dict[str, Any], design: str) -> None:
    schools, drawn = designed(design)
    ours = row_means(drawn, schools.numbers("api00", "api99"))
    same_statistic(ours, expected[design]["mean_api00_api99"])
    same(ours.df[0], expected[design]["degf"])
    same_statistic(row_means(drawn, indicators(schools.column("sch.wide"))), expected[design]["mean_schwide"])


@EVERY_DESIGN
def test_totals_where_some_values_are_missing(expected: dict[str, Any], design: str) -> None:
    schools, drawn = designed(design)
    same_statistic(row_totals(drawn, schools.number("enroll")), expected[design]["total_enroll"])


@EVERY_DESIGN
def test_totals_of_strata_are_certain(expected: dict[str, Any], design: str) -> None:
    schools, drawn = designed(design)
    ours = row_totals(drawn, indicators(schools.column("stype")))
    same_statistic(ours, expected[design]["total_stype"])
    assert (ours.se == 0).all() == (design == "strat")


@EVERY_DESIGN
def test_ratios_and_their_design_effects(expected: dict[str, Any], design: str) -> None:
    schools, drawn = designed(design)
    ours = row_ratios(drawn, schools.number("api.stu"), schools.number("enroll"))
    theirs = expected[design]["ratio_apistu_enroll"]
    same((ours.estimate[0, 0], ours.se[0, 0]), (theirs["estimate"], theirs["se"]))
    same(ours.deff[0, 0], theirs["deff"])


@EVERY_DESIGN
def test_estimates_by_domain(expected: dict[str, Any], design: str) -> None:
    schools, drawn = designed(design)
    kind, wide = schools.column("stype"), schools.column("sch.wide")
    theirs = expected[design]["by_stype_mean_api99"]
    assert list(kind.levels) == theirs["stype"]
    same_by(row_means(drawn, schools.number("api99"), kind), theirs)
    theirs = expected[design]["by_schwide_total_enroll"]
    assert list(wide.levels) == theirs["sch.wide"]
    same_by(row_totals(drawn, schools.number("enroll"), wide), theirs)


@EVERY_DESIGN
def test_ratios_by_domain(expected: dict[str, Any], design: str) -> None:
    schools, drawn = designed(design)
    ours = row_ratios(drawn, schools.number("api.stu"), schools.number("enroll"), schools.column("stype"))
    theirs = expected[design]["by_stype_ratio"]
    known = np.isfinite(np.array(theirs["estimate"], dtype=float))
    same(ours.estimate[known, 0], np.array(theirs["estimate"], float)[known])
    same(ours.se[known, 0], np.array(theirs["se"], float)[known])
    # Called without na.rm, R gives no number where an enrolment is missing.
    assert known.all() or np.isnan(schools.number("enroll")).any()


@EVERY_DESIGN
@pytest.mark.parametrize(
    ("kind", "method", "rtol"),
    [
        ("logit", "xlogit", 1e-9),
        ("logit", "logit", 1e-7),  # R fits a model, iteratively
        ("beta", "beta", 1e-9),
        ("wald", "mean", 1e-9),
    ],
)
def test_intervals_of_shares(
    expected: dict[str, Any], design: str, kind: IntervalKind, method: str, rtol: float
) -> None:
    schools, drawn = designed(design)
    ours = row_means(drawn, (schools.number("ell") == 0).astype(float))
    theirs = expected[design]["ciprop_ell0"][method]
    same((ours.estimate[0, 0], ours.variance[0, 0]), (theirs["p"], theirs["var"]), rtol)
    low, high = ours.share_interval(kind)
    below = low[0, 0] == 0
    # Below 0 R goes on: `mean` gives a negative share.
    assert below == (design == "clus1" and kind == "wald")
    same((low[0, 0], high[0, 0]), (0.0 if below else theirs["ci95"][0], theirs["ci95"][1]), rtol)


def hand_over(schools: Schools, *names: str) -> FloatArray:
    return np.concatenate([indicators(schools.column(name)) for name in names], axis=1)


def with_last_year(schools: Schools) -> FloatArray:
    return np.column_stack([hand_over(schools, "stype"), schools.number("api99")])


KINDS, WIDE, LAST_YEAR = (4421, 755, 1018), (1072, 5122), (3914069,)
Made = Callable[[RowDesign, Schools], RowDesign]

# By name: how it is made, the column of apiclus1_expected_weights.csv, and the tolerance. R stops its
# iterations at 1e-7.
CALIBRATIONS: dict[str, tuple[Made, str, float]] = {
    "clus1_poststratify_stype": (
        lambda d, s: calibrate_rows(d, hand_over(s, "stype"), np.array(KINDS)),
        "poststratify_stype",
        1e-9,
    ),
    "clus1_rake_stype_schwide": (
        lambda d, s: calibrate_rows(d, hand_over(s, "stype", "sch.wide"), np.array(KINDS + WIDE), "raking"),
        "rake_stype_schwide",
        1e-6,
    ),
    "clus1_calibrate_stype": (
        lambda d, s: calibrate_rows(
            d, np.column_stack([np.ones(183), hand_over(s, "stype")[:, 1:]]), np.array((6194, 755, 1018))
        ),
        "calibrate_stype",
        1e-9,
    ),
    "clus1_calibrate_stype_api99_linear": (
        lambda d, s: calibrate_rows(d, with_last_year(s), np.array(KINDS + LAST_YEAR)),
        "calibrate_stype_api99_linear",
        1e-9,
    ),
    "clus1_calibrate_stype_api99_raking": (
        lambda d, s: calibrate_rows(d, with_last_year(s), np.array(KINDS + LAST_YEAR), "raking"),
        "calibrate_stype_api99_raking",
        1e-6,
    ),
    "clus1_calibrate_stype_api99_logit_0.5_1.6": (
        lambda d, s: calibrate_rows(d, with_last_year(s), np.array(KINDS + LAST_YEAR), "logit", (0.5, 1.6)),
        "calibrate_stype_api99_logit_bounds",
        1e-6,
    ),
    "clus1_calibrate_stype_api99_linear_0.5_1.6": (
        lambda d, s: calibrate_rows(d, with_last_year(s), np.array(KINDS + LAST_YEAR), "linear", (0.5, 1.6)),
        "calibrate_stype_api99_linear_bounds",
        1e-6,
    ),
}


@pytest.mark.parametrize("name", list(CALIBRATIONS))
def test_calibrated_weights_and_their_standard_errors(expected: dict[str, Any], name: str) -> None:
    make, column, rtol = CALIBRATIONS[name]
    schools, drawn = designed("clus1")
    calibrated, theirs = make(drawn, schools), expected[name]
    weights = {row["cds"]: float(row[column]) for row in read_rows("api/apiclus1_expected_weights.csv")}
    ours = calibrated.weight
    same(ours, [weights[row["cds"]] for row in schools.rows], rtol)
    same((ours.min(), ours.max(), ours.sum()), theirs["weights_min_max_sum"], rtol)
    same_statistic(row_means(calibrated, schools.number("api00")), theirs["mean_api00"], rtol)
    same_statistic(row_totals(calibrated, schools.number("enroll")), theirs["total_enroll"], rtol)
    by_kind = row_means(calibrated, schools.number("api00"), schools.column("stype"))
    same_by(by_kind, theirs["by_stype_api00"], rtol)


@pytest.mark.parametrize(("name", "design"), [("clus1_jk1", "clus1"), ("strat_jkn", "strat")])
def test_jackknife_of_clusters_and_strata(expected: dict[str, Any], name: str, design: str) -> None:
    schools, drawn = designed(design)
    for values, jackknife, linear, theirs in (
        (schools.number("api00"), jackknife_of_mean, row_means, expected[name]["mean_api00"]),
        (schools.number("enroll"), jackknife_of_total, row_totals, expected[name]["total_enroll"]),
    ):
        variance, estimate = jackknife(drawn, values), linear(drawn, values).estimate[0]
        same([[variance]], theirs["vcov"])
        same(estimate, theirs["estimate"])
        same([np.sqrt(variance)], theirs["se"])
        half = 1.959963984540054 * np.sqrt(variance)
        same((estimate[0] - half, estimate[0] + half), theirs["confint_normal"][0])
