"""The inputs of comparisons: both sides of each, and the covariance between them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.estimates.effective import between_respondents, effective_sizes, no_estimate
from sipas.stats.estimates.estimate import Found
from sipas.stats.estimates.intervals import (
    Interval,
    Uncertain,
    has_interval,
    share_interval,
    wald,
)
from sipas.stats.estimates.verdict import Figures, reliability
from sipas.stats.options import IntervalKind, Options, Statistic


@dataclass(frozen=True)
class EstimateSet:
    """Estimates, one a row, and what their uncertainty is judged by.

    Parameters
    ----------
    estimate, variance, n_effective : float64[rows]
        NaN where there is no estimate. Effective n is the robust one.
    df, n, answered : int64[rows]
    reliable : bool[rows]
    exact : bool[rows]
        Where everybody answered everything, and that is all there is to know.
    limits : float64[rows, 2]
        What estimates lie between.
    """

    estimate: FloatArray
    variance: FloatArray
    n_effective: FloatArray
    df: IntArray
    n: IntArray
    answered: IntArray
    reliable: BoolArray
    exact: BoolArray
    limits: FloatArray

    def at(self, rows: IntArray | BoolArray) -> "EstimateSet":
        """These rows, by position or mask."""
        return EstimateSet(
            self.estimate[rows], self.variance[rows], self.n_effective[rows], self.df[rows],
            self.n[rows], self.answered[rows], self.reliable[rows], self.exact[rows], self.limits[rows],
        )  # fmt: skip

    def at_or_missing(self, rows: IntArray) -> "EstimateSet":
        """Return these rows by position; -1 is an empty row, without an estimate."""
        return concatenated([self, missing_estimate()]).at(np.where(rows < 0, len(self.n), rows))

    def without(self, lost: BoolArray) -> "EstimateSet":
        """The same without some estimates; reliable they are not."""
        return replace(
            self,
            estimate=np.where(lost, np.nan, self.estimate),
            variance=np.where(lost, np.nan, self.variance),
            n_effective=np.where(lost, np.nan, self.n_effective),
            reliable=self.reliable & ~lost,
            exact=self.exact & ~lost,
        )

    def judged(self, statistic: Statistic) -> BoolArray:
        """bool[rows]: where there is an interval, if one without width."""
        return self.exact | has_interval(statistic, self.estimate, self.variance, self.df)

    def interval(self, statistic: Statistic, ci: IntervalKind, level: float | FloatArray) -> Interval:
        """float64[rows] twice: low and high of each estimate, as of those of `estimates.estimate`.

        NaN where there is no degree of freedom, and for means that do not vary; without width where
        the estimate is exact. `ci` is for shares; `level` may be float64[rows].
        """
        low, high = np.full((2, len(self.n)), np.nan)
        known = has_interval(statistic, self.estimate, self.variance, self.df) & ~self.exact
        level = level[known] if isinstance(level, np.ndarray) else level
        one = self.at(known)
        if statistic == "mean":
            ends = wald(one.estimate, one.variance, one.df, level)
            low[known], high[known] = (np.clip(end, *one.limits.T) for end in ends)
        else:
            u = Uncertain(one.estimate, one.variance, one.n_effective, one.n, one.answered, one.df, level)
            low[known], high[known], _ = share_interval(ci, u)
        low[self.exact] = high[self.exact] = self.estimate[self.exact]
        return low, high


@dataclass(frozen=True)
class Pairs:
    """Comparisons of two sides.

    Parameters
    ----------
    statistic : {"share", "mean"}
    first, second : EstimateSet
        Of each comparison.
    covariance : float64[pairs]
    df : int64[pairs]
        Of the union of the two domains.
    same : bool[pairs]
        Where both sides are the same measure of the same respondents.
    """

    statistic: Statistic
    first: EstimateSet
    second: EstimateSet
    covariance: FloatArray
    df: IntArray
    same: BoolArray


def gradient(total: FloatArray, shares: FloatArray) -> tuple[FloatArray, FloatArray]:
    """An index Σ_r c_r Y_r / X_r and its derivative by the totals (Y_1 … Y_m, X_1 … X_m).

    Parameters
    ----------
    total : float64[rows, 2 m]
    shares : float64[rows, m]
        c_r.

    Returns
    -------
    float64[rows], float64[rows, 2 m]
        The estimate is NaN, and the derivative 0, where a ratio that counts has no denominator.
    """
    y, x = np.split(total, 2, axis=1)
    counted = shares.sum(axis=1)
    known = np.all((x > 0) | (shares == 0), axis=1, keepdims=True) & (counted > 0)[:, None]
    usable = known & (x > 0)
    ratio = np.divide(y, x, out=np.zeros_like(y), where=usable)
    coefficient = np.divide(shares, x, out=np.zeros_like(x), where=usable)
    # Shares sum to 1, but for rounding: where every ratio is 1, so is the index.
    estimate = np.full(len(counted), np.nan)
    np.divide((shares * ratio).sum(axis=1), counted, out=estimate, where=known[:, 0])
    return estimate, np.hstack([coefficient, -coefficient * ratio])


def estimate_set(
    found: Found, statistic: Statistic, within: tuple[float, float], review: BoolArray
) -> EstimateSet:
    """One side, with its effective n and whether it is reliable.

    Parameters
    ----------
    within : (float, float)
        What estimates lie between.
    review : bool[rows]
        Where the population calls for it, see `weights.row_population`: such a row is not reliable.
    """
    variance, base = found.variance, found.base
    between = between_respondents(found.estimate, found.sum_of_squares, base, statistic)
    design, robust = effective_sizes(variance.value, between, base, found.variance_ratio)
    lost = no_estimate(variance.value, between, base)
    estimate = np.where(lost, np.nan, found.estimate)
    figures = Figures(estimate, variance, base, design, robust, robust, lost, within)
    return EstimateSet(
        estimate=estimate,
        variance=np.where(figures.known, variance.value, np.nan),
        n_effective=np.where(figures.known, robust, np.nan),
        df=variance.df,
        n=variance.n,
        answered=base.answered,
        reliable=reliability(figures, Options(statistic=statistic))[0] & ~review & (found.silent == 0),
        exact=figures.exact,
        limits=np.tile(np.array(within), (len(estimate), 1)),
    )


def concatenated(sides: Sequence[EstimateSet]) -> EstimateSet:
    """The rows of one after those of another."""
    return EstimateSet(
        *(np.concatenate([getattr(side, name.name) for side in sides]) for name in fields(EstimateSet))
    )


def missing_estimate() -> EstimateSet:
    """One row without an estimate."""
    nan, none, no = np.full(1, np.nan), np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.bool_)
    return EstimateSet(nan, nan, nan, none, none, none, no, no, np.full((1, 2), np.nan))
