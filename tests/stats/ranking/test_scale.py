import numpy as np

from sipas.stats.ranking import soften_shares


def test_softened_shares_have_two_answers_more_and_the_correlation_they_had() -> None:
    share, n = np.array([0.9, 1.0, 0.5]), np.array([38.0, 98, 18])
    covariance = np.diag([0.09 / 38, 0, 0.25 / 18])
    covariance[0, 2] = covariance[2, 0] = 0.3 * np.sqrt(covariance[0, 0] * covariance[2, 2])
    softened, spread = soften_shares(share, covariance, n)
    np.testing.assert_allclose(softened, [(0.9 * 38 + 1) / 40, 99 / 100, 0.5])
    np.testing.assert_allclose(np.diag(spread), softened * (1 - softened) / (n + 2))
    np.testing.assert_allclose(spread[0, 2] / np.sqrt(spread[0, 0] * spread[2, 2]), 0.3)
    assert (spread[1, [0, 2]] == 0).all()
    assert spread[1, 1] > 0


def test_what_has_no_estimate_stays_without() -> None:
    softened, spread = soften_shares(
        np.array([np.nan, 0.5]), np.array([[np.nan, np.nan], [np.nan, 0.01]]), np.array([np.nan, 40.0])
    )
    assert np.isnan(softened[0])
    assert np.isnan(spread[0, 0])
    assert np.isfinite(spread[1, 1])
