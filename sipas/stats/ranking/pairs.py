"""All pairs of domains: how far apart they are, in standard errors, and what ranks that leaves them."""

from dataclasses import dataclass

import numpy as np
import scipy

from sipas.stats.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class RankPairs:
    """The differences of domains that are in falling order of their estimates.

    Parameters
    ----------
    distance : float64[domains, domains]
        |difference| over its standard error, as the normal deviate that is as unlikely; 0 where the
        difference has no standard error, so that nothing is said about it.
    precision : float64[domains, domains]
        1 / standard error; 0 where there is none.
    root : float64[domains, domains]
        The symmetric square root of the covariance matrix.
    """

    distance: FloatArray
    precision: FloatArray
    root: FloatArray

    def __len__(self) -> int:
        return len(self.distance)


def compare_pairs(estimate: FloatArray, covariance: FloatArray, df: FloatArray) -> RankPairs:
    """Var(a − b) = V_a + V_b − 2 C_ab, with the degrees of freedom of Welch (1947) and Satterthwaite (1946).

    Student's t of a difference becomes the normal deviate of the same p-value, so that differences of
    few degrees of freedom stand beside those of many under one critical value.
    """
    variance = np.diag(covariance)
    square = variance[:, None] + variance - 2 * covariance
    # Two domains that move together have no difference to speak of; what is left of it is rounding.
    known = square > 1e-12 * (variance[:, None] + variance)
    precision = np.divide(1.0, np.sqrt(np.maximum(square, 0)), out=np.zeros_like(square), where=known)
    distance = np.abs(estimate[:, None] - estimate) * precision
    parts = variance**2 / df
    parts = parts[:, None] + parts
    freedom = np.divide(square**2, parts, out=np.ones_like(square), where=known & (parts > 0))
    limited = known & (parts > 0)
    distance[limited] = -scipy.special.ndtri(scipy.special.stdtr(freedom[limited], -distance[limited]))
    return RankPairs(distance, precision, square_root(covariance))


def square_root(covariance: FloatArray) -> FloatArray:
    """The symmetric square root, which relabelling the domains merely relabels."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T)


def ranks_left(beaten: BoolArray, beating: BoolArray) -> tuple[IntArray, IntArray]:
    """int64[domains]: the first and the last rank that a domain may have.

    Parameters
    ----------
    beaten, beating : bool[domains, domains]
        Whether the domain of the row is surely below, or above, that of the column.
    """
    count = len(beaten)
    return 1 + beaten.sum(axis=1), count - beating.sum(axis=1)


def overlap_ranks(low: FloatArray, high: FloatArray) -> tuple[IntArray, IntArray]:
    """The first and last ranks that joint intervals leave (Klein, Wright and Wieczorek 2020, theorem 1).

    A domain is surely below those whose interval begins where its own has ended.

    Parameters
    ----------
    low, high : float64[domains]
        Intervals that hold all values at once with the probability wanted of the ranks.
    """
    beaten = high[:, None] <= low
    np.fill_diagonal(beaten, False)
    return ranks_left(beaten, beaten.T)
