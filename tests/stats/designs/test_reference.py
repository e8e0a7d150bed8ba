"""Clusters, weights and replicate weights against R's `survey`; commands in tests/reference/designs."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from sipas.stats import Estimates, Options, SurveyDesign, find_differences, item_measure
from tests.stats.designs.expected import Place, read_expected
from tests.stats.designs.made import DESIGNS, FACTORS, FOLDER

R_METHODS = {"wald": "mean", "logit": "xlogit", "beta": "beta"}
# R counts rows of weight 0 in the sample size of `beta` once a design is calibrated.
WITHOUT_BETA = {"raked", "post_stratified"}


def of_estimates(estimates: Estimates, ci: str) -> Iterator[tuple[Place, float]]:
    prefix = "mean:" if estimates.statistic == "mean" else ""
    for domain in range(len(estimates)):
        name = ",".join(f"{column}={level}" for column, level in estimates.key(domain).items())
        for quantity in ("estimate", "se", "df", "deff"):
            yield (prefix + estimates.measure, name, quantity), float(getattr(estimates, quantity)[domain])
        for end in ("low", "high"):
            place = (prefix + estimates.measure, name, f"{R_METHODS[ci]}_{end}")
            yield place, float(getattr(estimates, end)[domain])


def ours(design: SurveyDesign) -> dict[Place, float]:
    """Everything that R estimated of this design, computed here."""
    found: dict[Place, float] = {}
    kinds = [Options(ci="wald", statistic="mean", effective_n="design")]
    kinds += [Options(ci=ci, effective_n="design") for ci in ("wald", "logit", "beta")]
    for options in kinds:
        for by in ((), ("sex",), ("district",)):
            for estimates in design.estimate("all", by, options=options).figures:
                found |= of_estimates(estimates, options.interval)
            weighted = replace(design, index=FACTORS).estimate("overall", by, options=options).figures
            found |= of_estimates(weighted[0], options.interval)
    return found | dict(of_difference(design))


def of_difference(design: SurveyDesign) -> Iterator[tuple[Place, float]]:
    """With finite-population factors, as R has them; `compare` leaves them off."""
    measure = item_measure(design.engine.scoring, "q1")
    joint = design.engine.joint(measure, ("sex",), Options())
    gap = find_differences(joint.pairs(np.array([0]), np.array([1])))
    yield ("item:q1", "sex=F less sex=M", "estimate"), float(gap.difference[0])
    yield ("item:q1", "sex=F less sex=M", "se"), float(gap.se[0])


def is_comparable(design: str, place: Place) -> bool:
    _, domain, quantity = place
    return domain != "chisq by sex" and not (design in WITHOUT_BETA and quantity.startswith("beta"))


@pytest.mark.parametrize("name", list(DESIGNS))
def test_every_number_is_that_of_r(name: str) -> None:
    expected = read_expected(FOLDER)[name]
    theirs = {place: value for place, value in expected.items() if is_comparable(name, place)}
    found = ours(DESIGNS[name]())
    assert len(theirs) > 100
    for place, value in theirs.items():
        # Intervals stay inside [0, 1] here; those of R's method "mean" do not.
        value = min(value, 1.0) if place[2] == "mean_high" else value
        np.testing.assert_allclose(found[place], value, rtol=1e-9, err_msg=str(place))
