from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from sipas.stats.estimates.intervals import (
    Uncertain,
    adjusted_size,
    korn_graubard,
    logit,
    share_interval,
    student,
    wald,
    wilson,
)

# So many degrees of freedom that t is the normal quantile.
MANY = 10**9


def simple(k: int, n: int, df: int = MANY, level: float = 0.95) -> Uncertain:
    """k of n in a simple random sample, with the variance of a binomial share."""
    p = k / n
    return Uncertain(
        share=np.array([p]),
        variance=np.array([p * (1 - p) / n]),
        n_effective=np.array([float(n)]),
        n=np.array([df + 1]),
        answered=np.array([n]),
        df=np.array([df]),
        level=level,
    )


@pytest.mark.parametrize("k", [0, 1, 13, 29, 30])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_wilson_is_wilson_s_for_a_simple_random_sample(k: int, level: float) -> None:
    theirs = stats.binomtest(k, 30).proportion_ci(level, "wilson")
    low, high = wilson(simple(k, 30, level=level))
    np.testing.assert_allclose([low[0], high[0]], [theirs.low, theirs.high], rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("k", [0, 1, 13, 29, 30])
def test_korn_graubard_is_clopper_and_pearson_s_for_a_simple_random_sample(k: int) -> None:
    theirs = stats.binomtest(k, 30).proportion_ci(0.95, "exact")
    low, high = korn_graubard(simple(k, 30), np.array([30.0]))
    np.testing.assert_allclose([low[0], high[0]], [theirs.low, theirs.high], rtol=1e-9, atol=1e-12)


def test_strata_cost_korn_graubard_degrees_of_freedom() -> None:
    u = replace(simple(10, 30, df=25), n=np.array([30]))
    ratio = stats.t.ppf(0.975, 29) / stats.t.ppf(0.975, 25)
    np.testing.assert_allclose(adjusted_size(u, np.array([30.0])), 30 * ratio**2, rtol=1e-12)


def test_student_s_quantiles_are_found_for_repeated_degrees_of_freedom() -> None:
    df = np.array([3, 1, 3, 500])
    np.testing.assert_allclose(student(df, 0.95), stats.t.ppf(0.975, df), rtol=1e-12)


def test_logit_by_hand() -> None:
    low, high = logit(simple(15, 20))
    half = stats.norm.ppf(0.975) / np.sqrt(20 * 0.75 * 0.25)
    odds = np.exp(np.log(3) + np.array([-half, half]))
    np.testing.assert_allclose([low[0], high[0]], odds / (1 + odds), rtol=1e-7)


def test_wald_by_hand() -> None:
    low, high = wald(np.array([3.5]), np.array([0.04]), np.array([10]), 0.9)
    np.testing.assert_allclose([low[0], high[0]], 3.5 + 0.2 * stats.t.ppf([0.05, 0.95], 10), rtol=1e-12)


@pytest.mark.parametrize("kind", ["logit", "wald"])
@pytest.mark.parametrize("k", [0, 20])
def test_korn_graubard_on_n_takes_over_where_nobody_or_everybody_is_satisfied(kind: str, k: int) -> None:
    theirs = stats.binomtest(k, 20).proportion_ci(0.95, "exact")
    low, high, instead = share_interval(kind, simple(k, 20))  # type: ignore[arg-type]  # mypy does not follow parametrize
    assert instead.tolist() == [True]
    np.testing.assert_allclose([low[0], high[0]], [theirs.low, theirs.high], rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("kind", ["wilson", "beta", "logit", "wald"])
def test_intervals_have_a_width_and_stay_between_0_and_1(kind: str) -> None:
    for n in (1, 2, 7, 400):
        for k in range(0, n + 1, max(1, n // 7)):
            for df in (1, 2, 30):
                u = simple(k, n, df)
                low, high, _ = share_interval(kind, u)  # type: ignore[arg-type]  # mypy does not follow parametrize
                assert 0 <= low[0] < high[0] <= 1
                assert low[0] <= k / n <= high[0]
