"""Covariances under calibrated weights: residuals from the margins, respondent by respondent."""

from typing import Any

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Measure, Options, WeightedCells, estimate, item_measure
from sipas.stats.calibration.margins import Margins
from sipas.stats.contrasts import Part, against_all, estimate_jointly, estimate_parts
from sipas.stats.weights.calibrate import calibrate
from tests.stats.contrasts.townspeople import Mask, Rows, townspeople
from tests.stats.surveys import POOLED, SMALL, UNEQUAL

MARGINS = Margins(
    {
        "sex": {"F": 700.0, "M": 300.0},
        "unit": {"U1": 500.0, "U2": 300.0, "U3": 200.0},
        "channel": {"kiosk": 200.0, "sms": 500.0, "web": 300.0},
    }
)


@pytest.mark.parametrize("measure", [POOLED, UNEQUAL, item_measure(SMALL, "b2")], ids=str)
def test_calibrated_domains_vary_together_by_their_residuals(measure: Measure) -> None:
    people = townspeople("full", "kiosk")
    weighting = calibrate(people.cells, MARGINS, people.weighting, distance="raking")
    joint = estimate_jointly(WeightedCells(people.cells, weighting), measure, ("channel",))
    alone = estimate(
        WeightedCells(people.cells, weighting), measure, ("channel",), options=Options(fpc=False)
    )
    np.testing.assert_allclose(np.sqrt(np.diag(joint.covariance)), alone.se, rtol=1e-9)
    weight, auxiliaries = by_respondent(weighting.weight), indicators()
    pulls = [residual(measure, people.of(channel=c), weight, auxiliaries) for c in joint.by["channel"].levels]
    hand = [[people.covariance(one, other) for other in pulls] for one in pulls]
    np.testing.assert_allclose(joint.covariance, hand, rtol=1e-7)


def by_respondent(of_cell: Rows) -> Rows:
    """What each respondent's cell has."""
    people = townspeople("full", "kiosk")
    names = list(people.cells.columns)
    place = dict(
        zip(zip(*(people.cells.columns[n].labels() for n in names), strict=True), of_cell, strict=True)
    )
    return np.array([place[key] for key in zip(*(people.labels(n) for n in names), strict=True)])


def indicators() -> Rows:
    people = townspeople("full", "kiosk")
    return np.array(
        [people.of(**{margin: level}) for margin, counts in MARGINS.counts.items() for level in counts], float
    ).T


def residual(measure: Measure, inside: Mask, weight: Rows, auxiliaries: Rows) -> Rows:
    """w (e − a'B), with B under the weights from before."""
    people = townspeople("full", "kiosk")
    e = people.pull(measure, inside, weight=weight) / weight
    root = np.sqrt(people.weight)
    slope, *_ = np.linalg.lstsq(auxiliaries * root[:, None], e * root, rcond=None)
    found: Rows = weight * (e - auxiliaries @ slope)
    return found


def test_a_lonely_stratum_anywhere_fails_a_calibrated_domain_as_it_fails_its_estimate() -> None:
    people = townspeople("full", "kiosk")
    weighting = calibrate(people.cells, MARGINS, people.weighting, distance="linear")
    lonely = people.cells.column("h").equals("Y") | people.cells.column("h").equals("Z")
    options, others = Options(lonely="fail"), people.sample.keep(~lonely)
    calibrated = WeightedCells(people.cells, weighting).keep(~lonely)
    for measured in (estimate, estimate_jointly):
        with pytest.raises(StatisticsError, match="strata with one response: 2, such as h=Y; choose"):
            measured(calibrated, POOLED, ("sex",), options)
        measured(others, POOLED, ("sex",), options)


@pytest.mark.parametrize("against", ["rest", "whole"])
def test_the_rest_is_calibrated_too(against: Any) -> None:
    people = townspeople("full", "kiosk")
    weighting = calibrate(people.cells, MARGINS, people.weighting, distance="linear")
    joint, pairs = against_all(WeightedCells(people.cells, weighting), UNEQUAL, ("unit",), against)
    for place, level in enumerate(joint.by["unit"].levels):
        inside = people.cells.column("unit").equals(level)
        outside = ~inside if against == "rest" else np.ones_like(inside)
        given = [Part("one", UNEQUAL, inside), Part("other", UNEQUAL, outside)]
        alone = estimate_parts(WeightedCells(people.cells, weighting), given).covariance
        np.testing.assert_allclose(pairs.second.variance[place], alone[1, 1], rtol=1e-8)
        np.testing.assert_allclose(pairs.covariance[place], alone[0, 1], rtol=1e-8, atol=1e-15)
