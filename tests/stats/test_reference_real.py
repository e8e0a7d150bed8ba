"""Real answers, unweighted, against R's `survey`: Kansas City in two rounds, Copenhagen on three points."""

import numpy as np
import pytest

from sipas.stats import (
    Estimates,
    Measure,
    Options,
    WeightedCells,
    Weighting,
    estimate,
    factor_measure,
    item_measure,
    unweighted,
)
from tests.stats.surveys import Survey, read_rows, read_survey


def values(estimates: Estimates, level: str) -> dict[str, float]:
    """One domain's numbers, found by its levels."""
    keys = ["|".join(str(part) for part in estimates.key(d).values()) for d in range(len(estimates))]
    domain = keys.index(level)
    names = ("n", "df", "estimate", "se", "low", "high")
    return {name: float(getattr(estimates, name)[domain]) for name in names}


def same(ours: list[float], theirs: list[str]) -> None:
    np.testing.assert_allclose(ours, [float(value) for value in theirs], rtol=1e-9, atol=0)


@pytest.fixture(scope="module")
def kansas_city() -> Survey:
    return read_survey("kansas_city")


def test_kansas_city_by_round_district_and_method(kansas_city: Survey) -> None:
    weighting = unweighted(kansas_city.cells, ("round", "district"))
    rows = read_rows("kansas_city/expected.csv")
    for row in rows:
        by = () if row["by"] == "all" else row["by"].split("_x_")
        ours = estimate(
            WeightedCells(kansas_city.cells, weighting),
            index(kansas_city, row["factor"]),
            by,
            options=Options(ci="logit"),
        )
        found = values(ours, row["level"])
        same(
            [found[name] for name in ("n", "df", "estimate", "se", "low", "high")],
            [row[name] for name in ("n", "df", "index", "se", "logit_low", "logit_high")],
        )
    assert len(rows) == 126


def index(survey: Survey, factor: str) -> Measure:
    return survey.overall("pooled") if factor == "overall" else factor_measure(survey.scoring, factor)


@pytest.fixture(scope="module")
def housing() -> Survey:
    return read_survey("housing")


@pytest.fixture(scope="module")
def one_stratum(housing: Survey) -> Weighting:
    return unweighted(housing.cells, ())


def test_housing_on_three_points(housing: Survey, one_stratum: Weighting) -> None:
    measure = item_measure(housing.scoring, "satisfaction")
    for row in read_rows("housing/expected.csv"):
        by = () if row["domain"] == "all" else (row["domain"],)
        logit = values(
            estimate(WeightedCells(housing.cells, one_stratum), measure, by, options=Options(ci="logit")),
            row["level"],
        )
        beta = estimate(
            WeightedCells(housing.cells, one_stratum),
            measure,
            by,
            options=Options(ci="beta", effective_n="design"),
        )
        mean = values(
            estimate(
                WeightedCells(housing.cells, one_stratum), measure, by, options=Options(statistic="mean")
            ),
            row["level"],
        )
        exact = values(beta, row["level"])
        same(
            [logit["n"], logit["estimate"], logit["se"], logit["low"], logit["high"]],
            [row[name] for name in ("n", "share_high", "se", "xlogit_low", "xlogit_high")],
        )
        same([exact["low"], exact["high"]], [row["beta_low"], row["beta_high"]])
        same([mean["estimate"], mean["se"]], [row["mean_score"], row["mean_se"]])


def test_without_weights_there_is_neither_population_nor_coverage(
    housing: Survey, one_stratum: Weighting
) -> None:
    ours = estimate(WeightedCells(housing.cells, one_stratum), item_measure(housing.scoring, "satisfaction"))
    assert np.isnan(ours.population[0])
    assert one_stratum.coverage is None
    assert one_stratum.method == "none"
