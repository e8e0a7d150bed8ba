"""The core on arrays: continuous auxiliaries against R, redundant ones, and what it refuses."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from sipas.errors import StatisticsError
from sipas.stats.calibration.distances import DistanceName, find_distance
from sipas.stats.calibration.solve import calibrate_weights
from tests.stats.surveys import read_rows

Rows = NDArray[np.float64]

# pv <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018); p9 <- c(pv, api99 = 3914069)
TOTALS = np.array([6194.0, 755.0, 1018.0, 3914069.0])
# calibrate(c1, ~stype + api99, p9, calfun = …, bounds = …)
CALLS: list[tuple[str, DistanceName, tuple[float, float] | None]] = [
    ("calibrate_stype_api99_linear", "linear", None),
    ("calibrate_stype_api99_raking", "raking", None),
    ("calibrate_stype_api99_logit_bounds", "logit", (0.5, 1.6)),
    ("calibrate_stype_api99_linear_bounds", "linear", (0.5, 1.6)),
]


def schools() -> tuple[Rows, Rows]:
    """Weights and auxiliaries of the cluster sample `apiclus1` of R's survey."""
    rows = read_rows("api/apiclus1.csv")
    types = [row["stype"] for row in rows]
    columns = [
        [1.0] * len(rows),
        [float(t == "H") for t in types],
        [float(t == "M") for t in types],
        [float(row["api99"]) for row in rows],
    ]
    return np.array([float(row["pw"]) for row in rows]), np.transpose(columns)


@pytest.mark.parametrize(("column", "distance", "bounds"), CALLS)
def test_weights_by_a_continuous_auxiliary_are_those_of_r(
    column: str, distance: DistanceName, bounds: tuple[float, float] | None
) -> None:
    weight, auxiliaries = schools()
    theirs = [float(row[column]) for row in read_rows("api/apiclus1_expected_weights.csv")]
    for given in (auxiliaries, sparse.csr_array(auxiliaries)):
        g = calibrate_weights(weight, np.ones(len(weight)), given, TOTALS, distance, bounds)
        np.testing.assert_allclose(weight * g, theirs, rtol=1e-6 if distance != "linear" else 1e-9)


def test_redundant_auxiliaries_change_nothing() -> None:
    weight, x = schools()
    more = np.column_stack([x, x[:, 0] - x[:, 1] - x[:, 2], 2 * x[:, 3], np.zeros(len(x))])
    totals = np.array([*TOTALS, 6194 - 755 - 1018, 2 * 3914069, 0.0])
    one, other = (calibrate_weights(weight, np.ones(len(x)), a, t) for a, t in ((x, TOTALS), (more, totals)))
    np.testing.assert_allclose(other, one, rtol=1e-9)


def test_a_row_may_stand_for_several_respondents() -> None:
    weight, x = schools()
    twice = np.concatenate([x, x])
    totals = 2 * TOTALS
    one = calibrate_weights(weight, np.full(len(x), 2.0), x, totals)
    other = calibrate_weights(np.tile(weight, 2), np.ones(2 * len(x)), twice, totals)
    np.testing.assert_allclose(np.tile(one, 2), other, rtol=1e-9)


def test_a_total_out_of_reach_is_named_with_the_amount() -> None:
    weight, x = schools()
    names = ["schools", "high schools", "middle schools", "api99"]
    with pytest.raises(
        StatisticsError, match=r"high schools: the total is 755, .* from 426.472 to 521.244 only, 233.756 off"
    ):
        calibrate_weights(weight, np.ones(len(x)), x, TOTALS, "raking", (0.9, 1.1), names)
    contradicting = np.column_stack([x, x[:, 1]])
    with pytest.raises(StatisticsError, match=r"auxiliary [25] would get .* than its"):
        calibrate_weights(weight, np.ones(len(x)), contradicting, np.array([*TOTALS, 700.0]), "raking")


@pytest.mark.parametrize(
    ("weight", "count", "total", "message"),
    [
        ([1.0, -2.0], [1.0, 1.0], 5.0, "row 2: the weight is -2.0"),
        ([1.0, np.inf], [1.0, 1.0], 5.0, "row 2: the weight is inf"),
        ([1.0, 2.0], [np.nan, 1.0], 5.0, "row 1: the count is nan"),
        ([1.0, 2.0], [1.0, 1.0], np.nan, "auxiliaries and totals must be numbers"),
        ([1.0, 2.0], [1.0], 5.0, "2 weights, 1 counts"),
    ],
)
def test_what_cannot_be_weighted_is_refused(
    weight: list[float], count: list[float], total: float, message: str
) -> None:
    with pytest.raises(StatisticsError, match=message):
        calibrate_weights(np.array(weight), np.array(count), np.ones((2, 1)), np.array([total]))


def test_there_are_three_distances() -> None:
    with pytest.raises(StatisticsError, match="there is no distance 'sinh'"):
        find_distance("sinh", None)


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("linear", None),
        ("linear", (0.4, 2.0)),
        ("raking", None),
        ("raking", (0.4, 2.0)),
        ("logit", (0.4, 2.0)),
    ],
)
def test_ratio_slope_and_integral_belong_together(name: str, bounds: tuple[float, float] | None) -> None:
    distance, step = find_distance(name, bounds), 1e-6
    u = np.linspace(-2.03, 2.03, 30)
    rise = (distance.integral(u + step) - distance.integral(u - step)) / (2 * step)
    np.testing.assert_allclose(rise, distance.ratio(u), rtol=1e-6, atol=1e-9)
    steepness = (distance.ratio(u + step) - distance.ratio(u - step)) / (2 * step)
    np.testing.assert_allclose(steepness, distance.slope(u), rtol=1e-6, atol=1e-8)
    nowhere = np.zeros(1)
    assert distance.ratio(nowhere) == pytest.approx(1)
    assert distance.slope(nowhere) == pytest.approx(1)
    assert distance.integral(nowhere) == pytest.approx(0)
