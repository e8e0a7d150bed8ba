"""The variance under calibrated weights against a regression of every respondent's e on dummies."""

from collections import Counter
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from sipas.errors import StatisticsError
from sipas.stats import Measure, Options, WeightedCells, Weighting, calibrate, estimate, item_measure
from sipas.stats.estimates.domains import find_domains
from sipas.stats.estimates.linearise import linearise
from sipas.stats.estimates.moments import Moments
from sipas.stats.estimates.residuals import Regressor, linearized_sums
from sipas.stats.options import Lonely
from tests.stats import rowwise
from tests.stats.calibration.towns import MARGINS, TownSurvey, town_survey
from tests.stats.surveys import POOLED, SMALL, UNEQUAL

Rows = NDArray[np.float64]
ITEM = item_measure(SMALL, "b2")


@pytest.fixture(scope="module")
def town() -> TownSurvey:
    return town_survey()


@pytest.fixture(scope="module")
def weighting(town: TownSurvey) -> Weighting:
    return calibrate(town.cells, MARGINS, town.design(), distance="raking")


def dummies(town: TownSurvey) -> Rows:
    """A column for each level of each margin but one of each further margin, as R codes them."""
    found = []
    for place, (name, levels) in enumerate(MARGINS.counts.items()):
        labels = np.array(town.labels(name))
        found += [labels == level for level in list(levels)[bool(place) :]]
    return np.transpose(found).astype(np.float64)


def residual_z(
    town: TownSurvey, weighting: Weighting, measure: Measure, inside: NDArray[np.bool_], mean: bool
) -> Rows:
    """w (e − a'B), with B by least squares under the design weights; for all respondents."""
    ratios = rowwise.parts(SMALL, measure, town.answers, town.labels("form"), mean)
    assert weighting.calibration is not None
    weight = town.by_respondent(weighting.weight)
    root = np.sqrt(town.by_respondent(weighting.calibration.weight))
    e, _ = rowwise.residuals(ratios, weight, inside)
    slopes = np.linalg.lstsq(dummies(town) * root[:, None], e * root)[0]
    return np.asarray(weight * (e - dummies(town) @ slopes))


def strata_parts(town: TownSurvey, z: Rows, other: Rows, fraction: dict[str, float]) -> dict[str, float]:
    """Each stratum's part of the covariance; a lonely one's as with `adjust`."""
    strata, parts = np.array(town.strata()), {}
    for h, n in Counter(strata.tolist()).items():
        one, two = z[strata == h], other[strata == h]
        centred = one @ two - one.sum() * two.sum() / n if n > 1 else one @ two
        parts[h] = (1 - fraction[h]) * (n / (n - 1) if n > 1 else 1) * centred
    return parts


def fractions(town: TownSurvey, weighting: Weighting, measure: Measure, fpc: bool) -> dict[str, float]:
    """n / N; 0 where a form draws an item of the measure."""
    forms = zip(town.strata(), town.labels("form"), strict=True)
    items = measure.items(SMALL)
    drawn = {h for h, form in forms if any(SMALL.chances(form)[item] < 1 for item in items)}
    of_respondent = town.by_respondent(weighting.fraction[weighting.stratum])
    by_stratum = dict(zip(town.strata(), of_respondent, strict=True))
    return {h: 0.0 if h in drawn or not fpc else float(f) for h, f in by_stratum.items()}


@pytest.mark.parametrize("measure", [POOLED, UNEQUAL, ITEM, item_measure(SMALL, "overall")])
@pytest.mark.parametrize(
    ("statistic", "lonely", "fpc"),
    [("share", "adjust", True), ("mean", "certainty", True), ("share", "average", False)],
)
def test_the_residual_of_every_respondent_counts_in_every_domain(
    town: TownSurvey,
    weighting: Weighting,
    measure: Measure,
    statistic: Literal["share", "mean"],
    lonely: Lonely,
    fpc: bool,
) -> None:
    left = fractions(town, weighting, measure, fpc)
    for by in ((), ("channel",), ("unit", "sex")):
        ours = estimate(
            WeightedCells(town.cells, weighting),
            measure,
            by,
            options=Options(statistic=statistic, lonely=lonely, fpc=fpc),
        )
        for domain in range(len(ours)):
            key = ours.key(domain)
            inside = np.all([town.columns[name].equals(str(level)) for name, level in key.items()], axis=0)
            inside = inside & np.ones(160, dtype=np.bool_)
            z = residual_z(town, weighting, measure, inside, statistic == "mean")
            parts = strata_parts(town, z, z, left)
            if lonely != "adjust":
                parts["C x"] = 0.0
            blow_up = 5 / 4 if lonely == "average" else 1.0
            if np.isfinite(ours.estimate[domain]):
                assert ours.se[domain] ** 2 == pytest.approx(sum(parts.values()) * blow_up, rel=1e-9)


def test_covariances_of_domains_come_from_the_same_regression(town: TownSurvey, weighting: Weighting) -> None:
    sample = WeightedCells(town.cells, weighting)
    domains = find_domains(sample, ("channel",))
    moments = Moments(sample, POOLED, "share", domains.rows)
    linearised = linearise(moments, domains)
    none = np.zeros_like(weighting.fraction)
    regressor = Regressor.of(sample, domains, none, adjust=True)
    assert regressor is not None
    found = regressor.regress_sums(linearized_sums(moments, linearised), linearised.z)
    one, other = (
        residual_z(town, weighting, POOLED, town.columns["channel"].equals(channel), False)
        for channel in ("x", "y")
    )
    without = dict.fromkeys(town.strata(), 0.0)
    # The two channels share no stratum, so that all of their covariance is the regression's.
    assert found.covariance()[0, 1] == pytest.approx(
        sum(strata_parts(town, one, other, without).values()), rel=1e-9
    )
    np.testing.assert_allclose(
        np.diag(found.covariance()), regressor.variance(moments, linearised), rtol=1e-9
    )


def test_the_population_of_a_margin_s_level_is_its_count(town: TownSurvey, weighting: Weighting) -> None:
    everybody = estimate(WeightedCells(town.cells, weighting), POOLED, ("sex",))
    np.testing.assert_allclose(everybody.population, [330, 270], rtol=1e-12)


def test_a_lonely_stratum_anywhere_fails_where_that_is_asked(town: TownSurvey, weighting: Weighting) -> None:
    with pytest.raises(StatisticsError, match="response: 1, such as unit=C, channel=x; choose"):
        estimate(
            WeightedCells(town.cells, weighting).keep(town.cells.columns["unit"].equals("A")),
            POOLED,
            options=Options(lonely="fail"),
        )
