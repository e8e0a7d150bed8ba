import csv

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import optimize

from sipas.errors import StatisticsError
from sipas.stats.areas.small_areas import AreaMethod, fay_herriot
from tests.stats.goldens import REFERENCE
from tests.stats.surveys import read_json

Rows = NDArray[np.float64]


def reference_areas() -> tuple[Rows, Rows, Rows]:
    with (REFERENCE / "sipas/fay_herriot_areas.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [[float(row[key]) for row in rows] for key in ("direct", "vardir", "share_online", "log_N")]
    direct, variance, online, log_n = np.array(columns)
    return direct, variance, np.column_stack([online, log_n])


@pytest.mark.parametrize("method", ["REML", "ML", "FH"])
def test_the_model_of_the_reference_areas_is_that_of_r(method: AreaMethod) -> None:
    """sae::mseFH(direct ~ share_online + log_N, vardir, method, PRECISION = 1e-12)."""
    found = fay_herriot(*reference_areas(), method=method)
    r = read_json("sipas/expected.json")["fay_herriot"][method]
    np.testing.assert_allclose(found.between, r["refvar"], rtol=1e-6)
    np.testing.assert_allclose(found.beta, r["beta"], rtol=1e-6)
    np.testing.assert_allclose(found.beta_se, r["beta_se"], rtol=1e-6)
    np.testing.assert_allclose(found.estimate, r["eblup"], rtol=1e-6)
    np.testing.assert_allclose(found.mse, r["mse"], rtol=1e-6)


def restricted_log_likelihood(between: float, y: Rows, v: Rows, x: Rows) -> float:
    """As it is written down, with whole matrices."""
    inverse = np.diag(1 / (between + v))
    information = x.T @ inverse @ x
    p = inverse - inverse @ x @ np.linalg.inv(information) @ x.T @ inverse
    return -0.5 * float(np.log(between + v).sum() + np.linalg.slogdet(information)[1] + y @ p @ y)


def test_the_variance_between_areas_is_where_the_restricted_likelihood_is_highest() -> None:
    random = np.random.default_rng(3)
    for _ in range(5):
        v = random.uniform(0.5, 2, 30) ** 2
        x = np.column_stack([np.ones(30), random.normal(size=30)])
        y = x @ [2, 1] + random.normal(size=30) * np.sqrt(1.5 + v)
        highest = optimize.minimize_scalar(
            lambda s, y=y, v=v, x=x: -restricted_log_likelihood(s, y, v, x), (0, 20), bounds=(0, 20),
            options={"xatol": 1e-10},
        ).x  # fmt: skip
        found = fay_herriot(y, v, x[:, 1:]).between
        assert found == pytest.approx(highest, abs=1e-5)


def test_where_areas_do_not_differ_the_model_is_all_there_is() -> None:
    direct = np.array([0.8, 0.81, 0.79, 0.8, 0.8])
    found = fay_herriot(direct, np.full(5, 0.01))
    assert found.between == 0
    np.testing.assert_array_equal(found.trust, 0)
    np.testing.assert_allclose(found.estimate, direct.mean())
    assert (found.mse > 0).all()


def test_an_area_without_a_sample_is_predicted_with_more_uncertainty() -> None:
    direct, variance, covariates = reference_areas()
    left_out = direct.copy()
    left_out[7] = np.nan
    variance[7] = np.nan
    found = fay_herriot(left_out, variance, covariates)
    x = np.array([1, *covariates[7]])
    assert found.trust[7] == 0
    assert found.estimate[7] == pytest.approx(x @ found.beta)
    assert found.mse[7] > found.between
    assert found.mse[7] > np.delete(found.mse, 7).max()
    rest = np.delete(np.arange(50), 7)
    without = fay_herriot(direct[rest], variance[rest], covariates[rest])
    np.testing.assert_allclose(np.delete(found.estimate, 7), without.estimate, rtol=1e-9)


def test_the_model_scales_and_shifts_with_what_it_models() -> None:
    direct, variance, covariates = reference_areas()
    plain = fay_herriot(direct, variance, covariates)
    moved = fay_herriot(3 * direct + 1, 9 * variance, covariates)
    np.testing.assert_allclose(moved.estimate, 3 * plain.estimate + 1, rtol=1e-8)
    np.testing.assert_allclose(moved.mse, 9 * plain.mse, rtol=1e-8)


@pytest.mark.parametrize(
    ("direct", "variance", "covariates", "message"),
    [
        ([0.1, 0.2, 0.3], [1, 0, 1], None, "area 1 has the sampling variance 0"),
        ([0.1, 0.2, 0.3], [1, 1], None, "3 areas need as many variances, not 2"),
        ([0.1, np.nan], [1, 1], None, "areas with a sample: 1, fewer than the 2 that a model with 0 cov"),
        ([0.1, 0.2, 0.3], [1, 1, 1], [[1], [2]], "covariates must be a table of 3 areas"),
        ([0.1, 0.2, 0.3], [1, 1, 1], [[1], [np.nan], [3]], "online is missing for area 1"),
        ([0.1, 0.2, 0.3], [1, 1, 1], [[2], [2], [2]], "online is determined by the constant"),
        ([1, 2, 3, 4, 5], [1] * 5, [[1, 2], [2, 4], [3, 6], [4, 8], [5, 10]],
         "sms is determined by the constant, online"),
    ],
)  # fmt: skip
def test_what_cannot_be_modelled_is_refused_by_name(
    direct: list[float], variance: list[float], covariates: list[list[float]] | None, message: str
) -> None:
    table = None if covariates is None else np.array(covariates, dtype=np.float64)
    names = ("online", "sms")[: 0 if table is None else table.shape[1]]
    with pytest.raises(StatisticsError, match=message):
        fay_herriot(np.array(direct, float), np.array(variance, float), table, names or None)
