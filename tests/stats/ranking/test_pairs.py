import numpy as np
import pytest
from scipy import stats

from sipas.stats.ranking.pairs import compare_pairs, overlap_ranks, square_root

WITHOUT_LIMIT = np.full(2, np.inf)


def test_a_difference_is_measured_in_its_own_standard_errors() -> None:
    covariance = np.array([[4.0, 1.5], [1.5, 9.0]])
    pairs = compare_pairs(np.array([10.0, 5.0]), covariance, WITHOUT_LIMIT)
    assert pairs.distance[0, 1] == pairs.distance[1, 0] == pytest.approx(5 / np.sqrt(4 + 9 - 3))
    np.testing.assert_array_equal(np.diag(pairs.distance), 0)


def test_few_degrees_of_freedom_make_a_difference_less_sure() -> None:
    """With Welch's degrees of freedom, as scipy's t-test of samples of unequal variances."""
    first, second = np.array([1.0, 2, 4, 8, 9]), np.array([4.0, 9, 10, 14])
    t = stats.ttest_ind(first, second, equal_var=False)
    variance = np.diag([first.var(ddof=1) / 5, second.var(ddof=1) / 4])
    pairs = compare_pairs(np.array([first.mean(), second.mean()]), variance, np.array([4.0, 3.0]))
    assert 2 * stats.norm.sf(pairs.distance[0, 1]) == pytest.approx(t.pvalue, rel=1e-9)


def test_what_moves_together_is_not_told_apart() -> None:
    pairs = compare_pairs(np.array([2.0, 1.0]), np.full((2, 2), 0.25), WITHOUT_LIMIT)
    assert pairs.distance[0, 1] == 0
    assert pairs.precision[0, 1] == 0


def test_the_square_root_is_one_of_matrices_without_an_inverse_too() -> None:
    matrix = np.array([[1.0, 1, 0], [1, 1, 0], [0, 0, 4]])
    root = square_root(matrix)
    np.testing.assert_allclose(root @ root, matrix, atol=1e-12)
    np.testing.assert_allclose(root, root.T)


def test_joint_intervals_leave_the_ranks_that_their_overlaps_allow() -> None:
    """By hand: the first is above the last two; the second overlaps all but the last."""
    low, high = np.array([0.80, 0.70, 0.65, 0.50]), np.array([0.90, 0.85, 0.78, 0.60])
    first, last = overlap_ranks(low, high)
    assert first.tolist() == [1, 1, 2, 4]
    assert last.tolist() == [2, 3, 3, 4]
