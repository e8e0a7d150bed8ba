import numpy as np
import pytest
from numpy.typing import NDArray

from sipas.errors import StatisticsError
from sipas.stats.areas.area_shares import benchmark, model_shares

Rows = NDArray[np.float64]


def areas(n: Rows, truth: Rows, seed: int) -> Rows:
    satisfied: Rows = np.random.default_rng(seed).binomial(n.astype(int), truth).astype(np.float64)
    return satisfied / n


def test_model_based_shares_keep_the_direct_total_and_stay_between_0_and_1() -> None:
    n = np.array([10.0, 20, 30, 400, 500, 15, 12, 80])
    share, size = areas(n, np.linspace(0.9, 0.99, 8), 2), np.linspace(100, 900, 8)
    found = model_shares(share, n, size)
    assert (size * found.estimate).sum() == pytest.approx((size * share).sum(), rel=1e-12)
    for values in (found.estimate, found.low, found.high):
        assert ((values >= 0) & (values <= 1)).all()
    assert (found.low < found.estimate).all()
    assert (found.estimate <= found.high).all()
    mean = (n * share).sum() / n.sum()
    np.testing.assert_allclose(found.smoothed, mean * (1 - mean) / n, rtol=1e-12)


def test_benchmarking_leaves_no_share_above_1_and_still_keeps_the_total() -> None:
    share, size = np.array([0.5, 0.9, 0.99, 1.0]), np.array([1.0, 2, 3, 4])
    for total in (3.0, 8.5, 9.4, 9.9):
        factor = benchmark(share, size, total)
        assert (size * np.minimum(share * factor, 1)).sum() == pytest.approx(total, rel=1e-12)


def test_unanimous_areas_have_a_sampling_variance_all_the_same() -> None:
    n = np.array([5.0, 8, 40])
    found = model_shares(np.ones(3), n, np.ones(3))
    assert (found.smoothed > 0).all()
    np.testing.assert_allclose(found.estimate, 1)
    assert (found.low < 1).all()


def test_an_area_that_nobody_answered_for_takes_no_part_in_the_total() -> None:
    n = np.array([50.0, np.nan, 60, 70])
    share = np.array([0.8, np.nan, 0.9, 0.7])
    found = model_shares(share, n, np.array([10.0, np.nan, 20, 30]))
    assert np.isnan(found.smoothed[1])
    assert np.isfinite(found.estimate).all()
    known = [0, 2, 3]
    size = np.array([10.0, 20, 30])
    assert (size * found.estimate[known]).sum() == pytest.approx((size * share[known]).sum())


def test_nothing_is_modelled_without_a_sample_or_a_level() -> None:
    nobody = np.full(3, np.nan)
    with pytest.raises(StatisticsError, match="no area has a sample"):
        model_shares(nobody, nobody, nobody)
    with pytest.raises(StatisticsError, match="the level must lie between 0 and 1, not 1"):
        model_shares(np.full(3, 0.5), np.full(3, 40.0), np.ones(3), level=1)
