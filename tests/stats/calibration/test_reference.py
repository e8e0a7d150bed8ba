"""Raked, calibrated and trimmed weights of the reference survey and their standard errors, against R."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import (
    Cells,
    Column,
    Estimates,
    Margins,
    Options,
    WeightedCells,
    Weighting,
    calibrate,
    estimate,
    factor_measure,
    post_stratify,
    rake,
    trim,
)
from sipas.stats.options import Statistic
from tests.stats.surveys import Survey, read_json, read_rows, read_survey, sipas_frame

STRATA = ("unit", "procedure_group", "channel")


def read_margins(*names: str) -> Margins:
    counts: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for row in read_rows("sipas/margins.csv"):
        counts[row["margin"]][row["level"]] = float(row["Freq"])
    return Margins({name: counts[name] for name in names})


AGE_SEX, THREE = ("age_sex",), ("unit", "channel", "age_sex")
UPPER = 60.148  # trim_upper: the 97th percentile of the design weights

# The call of `scripts/sipas_expected.R` that made each column of expected_weights.csv.
MADE: dict[str, Callable[[Cells, Weighting], Weighting]] = {
    # postStratify(des, ~age_sex, pop("age_sex"))
    "poststratify_age_sex": lambda cells, design: rake(cells, read_margins(*AGE_SEX), design),
    # rake(des, list(~unit, ~channel, ~age_sex), …, control = list(maxit = 500, epsilon = 1e-9))
    "rake_unit_channel_age_sex": lambda cells, design: rake(cells, read_margins(*THREE), design),
    # calibrate(des, ~unit + channel + age_sex, pv, calfun = …, epsilon = 1e-10)
    "calibrate_linear": lambda cells, design: calibrate(cells, read_margins(*THREE), design),
    "calibrate_raking": lambda cells, design: calibrate(
        cells, read_margins(*THREE), design, distance="raking"
    ),
    "calibrate_logit_bounds_0.4_2.5": lambda cells, design: calibrate(
        cells, read_margins(*THREE), design, distance="logit", bounds=(0.4, 2.5)
    ),
    # trimWeights(des, upper = up), and with strict = TRUE
    "trim_design_not_strict": lambda cells, design: trim(cells, design, upper=UPPER, strict=False),
    "trim_design_strict": lambda cells, design: trim(cells, design, upper=UPPER),
    # trimWeights(rk, upper = up, lower = 1, strict = TRUE)
    "trim_raked_strict": lambda cells, design: trim(
        cells, rake(cells, read_margins(*THREE), design), lower=1, upper=UPPER
    ),
}
# R's standard errors after rake() hang on its fixed number of sweeps, and those after trimming raked
# weights on the same: their place is taken by calibrate_raking, which has the same weights as rake().
NO_STANDARD_ERRORS = {"rake_unit_channel_age_sex", "trim_raked_strict"}


@pytest.fixture(scope="module")
def survey() -> Survey:
    return read_survey("sipas")


@pytest.fixture(scope="module")
def design(survey: Survey) -> Weighting:
    return post_stratify(survey.cells, sipas_frame(), STRATA, collapse="none")


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    calibration: dict[str, Any] = read_json("sipas/expected.json")["calibration"]
    return calibration


def tolerance(name: str) -> float:
    """Iterative fits agree as far as their ends do."""
    return 1e-6 if "rak" in name or "logit" in name else 1e-9


@pytest.mark.parametrize("name", MADE)
def test_weights_are_those_of_r(survey: Survey, design: Weighting, name: str) -> None:
    weighting = MADE[name](survey.cells, design)
    keys = list(survey.cells.columns)
    ours = dict(zip(keys_of(survey.cells.columns, keys), weighting.weight, strict=True))
    people = zip(read_rows("sipas/expected_weights.csv"), keys_of(survey.columns, keys), strict=True)
    pairs = np.array([(ours[key], float(row[name])) for row, key in people])
    assert len(pairs) == 3835
    np.testing.assert_allclose(pairs[:, 0], pairs[:, 1], rtol=tolerance(name))
    np.testing.assert_allclose(UPPER, read_json("sipas/expected.json")["trim_upper"], rtol=0)


def keys_of(columns: Any, names: list[str]) -> list[tuple[str | None, ...]]:
    found: list[Column] = [columns[name] for name in names]
    return list(zip(*(column.labels() for column in found), strict=True))


@pytest.mark.parametrize("name", MADE)
def test_the_sum_of_weights_and_their_extremes_are_those_of_r(
    survey: Survey, design: Weighting, expected: dict[str, Any], name: str
) -> None:
    weighting, theirs = MADE[name](survey.cells, design), expected[name]["weight_summary"]
    weight, n = weighting.weight, survey.cells.n
    ours = (weight.min(), weight.max(), n @ weight, n @ weight**2)
    wanted = [theirs[key] for key in ("min", "max", "sum", "sum_sq")]
    np.testing.assert_allclose(ours, wanted, rtol=tolerance(name))


@pytest.mark.parametrize("name", MADE)
def test_indices_and_standard_errors_by_domain_are_those_of_r(
    survey: Survey, design: Weighting, expected: dict[str, Any], name: str
) -> None:
    weighting = MADE[name](survey.cells, design)
    theirs = expected[name]
    for factor in (*survey.scoring.factors, "overall"):
        whole = index(survey, weighting, factor)
        compare(whole, [theirs["overall"][factor]["index"]], [theirs["overall"][factor]["se"]], name)
    for by in ("unit", "sex"):
        for factor in ("factor1", "overall"):
            found, wanted = index(survey, weighting, factor, by), theirs[f"by_{by}"]
            assert [found.key(d)[by] for d in range(len(found))] == wanted["domain"]
            compare(found, wanted[factor]["index"], wanted[factor]["se"], name)


@pytest.mark.parametrize("name", MADE)
def test_mean_scores_by_domain_are_those_of_r(
    survey: Survey, design: Weighting, expected: dict[str, Any], name: str
) -> None:
    weighting = MADE[name](survey.cells, design)
    for by in ("unit", "sex"):
        for factor in ("factor1", "overall"):
            found = index(survey, weighting, factor, by, statistic="mean")
            wanted = expected[name][f"by_{by}"][factor]
            compare(found, wanted["score"], wanted["score_se"], name)


def index(
    survey: Survey, weighting: Weighting, name: str, *by: str, statistic: Statistic = "share"
) -> Estimates:
    pooled = survey.overall("pooled")
    measure = pooled if name == "overall" else factor_measure(survey.scoring, name)
    return estimate(WeightedCells(survey.cells, weighting), measure, by, options=Options(statistic=statistic))


def compare(ours: Estimates, estimates: list[float], errors: list[float], name: str) -> None:
    np.testing.assert_allclose(ours.estimate, estimates, rtol=tolerance(name))
    if name not in NO_STANDARD_ERRORS:
        np.testing.assert_allclose(ours.se, errors, rtol=tolerance(name))


def test_raked_standard_errors_are_those_of_the_converged_calibration(
    survey: Survey, design: Weighting, expected: dict[str, Any]
) -> None:
    raked = rake(survey.cells, read_margins(*THREE), design)
    for factor in (*survey.scoring.factors, "overall"):
        theirs = expected["calibrate_raking"]["overall"][factor]
        compare(index(survey, raked, factor), [theirs["index"]], [theirs["se"]], "rake")


def test_bounds_that_r_gave_up_on_cannot_be_met(
    survey: Survey, design: Weighting, expected: dict[str, Any]
) -> None:
    assert expected["calibrate_linear_bounds_0.5_1.6"]["error"] == "Calibration failed"
    with pytest.raises(
        StatisticsError, match=r"margin age_sex, level 60\+\|M: the total is 4271, .* 4219.83"
    ):
        calibrate(survey.cells, read_margins(*THREE), design, bounds=(0.5, 1.6))
