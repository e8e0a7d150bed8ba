from collections.abc import Collection

import numpy as np
import pytest
from numpy.typing import NDArray

from sipas.stats.ranking.pairs import RankPairs, compare_pairs
from sipas.stats.ranking.stepdown import draw_errors, step_down

Rows = NDArray[np.float64]


def literally(
    estimate: Rows, errors: Rows, se: Rows, family: Collection[tuple[int, int]]
) -> set[tuple[int, int]]:
    """R's `csdiffmeans`: hypotheses θ_i ≤ θ_j one by one, the quantile of the maximum of those left."""
    left = set(family)
    while left:
        widest = np.max([(errors[i] - errors[j]) / se[i, j] for i, j in left], axis=0)
        critical = np.quantile(widest, 0.95)
        rejected = {(i, j) for i, j in left if estimate[i] - estimate[j] - critical * se[i, j] > 0}
        if not rejected:
            break
        left -= rejected
    return set(family) - left


@pytest.fixture
def estimate() -> Rows:
    return np.array([0.95, 0.93, 0.93, 0.88, 0.80, 0.79, 0.60])


@pytest.fixture
def pairs(estimate: Rows) -> RankPairs:
    random = np.random.default_rng(2)
    pull = random.normal(size=(7, 12)) * 0.008
    return compare_pairs(estimate, pull @ pull.T, np.full(7, np.inf))


def test_step_down_rejects_what_it_does_hypothesis_by_hypothesis(pairs: RankPairs, estimate: Rows) -> None:
    errors = draw_errors(pairs, 500, seed=4)
    with np.errstate(divide="ignore"):
        se = 1 / pairs.precision
    alone, together = step_down(pairs, errors, 0.95)
    every = [(i, j) for i in range(7) for j in range(7) if i != j]
    found = {(int(i), int(j)) for i, j in np.argwhere(together) if i < j}
    assert found == literally(estimate, errors.astype(np.float64), se, every)
    for domain in range(7):
        about = [(i, j) for i, j in every if domain in (i, j)]
        theirs = literally(estimate, errors.astype(np.float64), se, about)
        assert {(min(domain, j), max(domain, j)) for j in np.flatnonzero(alone[domain]).tolist()} == theirs
    assert 0 < len(found) < alone.sum() / 2 < 21


def test_further_steps_reject_more_than_the_first() -> None:
    """Domains far above the others leave fewer differences to be the largest by chance."""
    estimate = np.array([20.0, 20, 10, 3.7, 0])
    pairs = compare_pairs(estimate, np.eye(5), np.full(5, np.inf))
    errors = draw_errors(pairs, 5000, seed=4)
    widest = np.max(np.abs(errors[:, None] - errors) * pairs.precision[:, :, None], axis=(0, 1))
    single = pairs.distance > np.quantile(widest, 0.95)
    _, together = step_down(pairs, errors, 0.95)
    assert (together | ~single).all()
    assert together.sum() > single.sum()


def test_draws_have_the_covariance_of_the_estimates(pairs: RankPairs) -> None:
    drawn = np.cov(draw_errors(pairs, 40_000, seed=1).astype(np.float64))
    np.testing.assert_allclose(drawn, pairs.root @ pairs.root, atol=0.03 * (pairs.root @ pairs.root).max())
