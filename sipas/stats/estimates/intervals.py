"""Confidence intervals for shares and means of stratified samples.

All functions take arrays over domains and give `low` and `high` as float64[domains].
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy

from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells.columns import renumber
from sipas.stats.options import IntervalKind, Statistic

Interval = tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class Uncertain:
    """Estimates of shares, and what is known of their uncertainty.

    Parameters
    ----------
    share : float64[domains]
        In [0, 1].
    variance : float64[domains]
    n_effective : float64[domains]
        Above 0.
    n, answered : int64[domains]
        The respondents that df counts, and those who answered.
    df : int64[domains]
        At least 1.
    level : float or float64[domains]
        Such as 0.95.
    """

    share: FloatArray
    variance: FloatArray
    n_effective: FloatArray
    n: IntArray
    answered: IntArray
    df: IntArray
    level: float | FloatArray

    @cached_property
    def t(self) -> FloatArray:
        """float64[domains]: the quantile of Student's t that the level asks for."""
        return student(self.df, self.level)

    def at(self, level: float) -> "Uncertain":
        """The same at another level."""
        return self if level == self.level else replace(self, level=level)

    def select(self, domains: BoolArray) -> "Uncertain":
        """Some of them."""
        return Uncertain(
            self.share[domains],
            self.variance[domains],
            self.n_effective[domains],
            self.n[domains],
            self.answered[domains],
            self.df[domains],
            self.level[domains] if isinstance(self.level, np.ndarray) else self.level,
        )


def is_free(estimate: FloatArray, variance: FloatArray, df: IntArray) -> BoolArray:
    """Return whether each estimate has a variance and at least one degree of freedom: bool[...]."""
    return np.asarray(np.isfinite(estimate) & np.isfinite(variance) & (df > 0))


def has_interval(statistic: Statistic, estimate: FloatArray, variance: FloatArray, df: IntArray) -> BoolArray:
    """Return whether each estimate has an interval, unless it is known exactly: bool[...].

    A share has one if `is_free`, computed from n alone if its variance is 0. A mean with variance 0
    has none.
    """
    free = is_free(estimate, variance, df)
    return free & (variance > 0) if statistic == "mean" else free


def student(df: IntArray, level: float | FloatArray) -> FloatArray:
    """float64[...]: the (1 + level) / 2 quantile of Student's t."""
    if isinstance(level, np.ndarray):
        return np.asarray(scipy.special.stdtrit(df, (1 + level) / 2), dtype=np.float64)
    place, count = renumber(df, int(df.max(initial=0)) + 1)
    distinct = np.empty(count)
    distinct[place] = df
    return np.asarray(scipy.special.stdtrit(distinct, (1 + level) / 2), dtype=np.float64)[place]


def wilson(u: Uncertain) -> Interval:
    """Wilson (1927), with the effective n for n and t for z, as R's `svyciprop(method = "wilson")`."""
    tt = u.t**2 / u.n_effective
    middle = (u.share + tt / 2) / (1 + tt)
    half = np.sqrt(tt * u.share * (1 - u.share) + tt**2 / 4) / (1 + tt)
    return np.where(u.share == 0, 0.0, middle - half), np.where(u.share == 1, 1.0, middle + half)


def korn_graubard(u: Uncertain, size: FloatArray) -> Interval:
    """Clopper–Pearson on an adjusted size n* (Korn and Graubard 1998), as R's `method = "beta"`.

    Low and high are the α/2 quantile of Beta(n* p, n* (1 − p) + 1) and the 1 − α/2 quantile of
    Beta(n* p + 1, n* (1 − p)).
    """
    successes, failures, tail = size * u.share, size * (1 - u.share), (1 - u.level) / 2
    with np.errstate(invalid="ignore"):
        low = scipy.special.betaincinv(successes, failures + 1, tail)
        high = scipy.special.betainccinv(successes + 1, failures, tail)
    return np.where(u.share == 0, 0.0, low), np.where(u.share == 1, 1.0, high)


def adjusted_size(u: Uncertain, size: FloatArray) -> FloatArray:
    """n* = n_eff (t_{n−1} / t_df)²: a size that pays for the degrees of freedom that strata took."""
    return size * (student(u.n - 1, u.level) / u.t) ** 2


def logit(u: Uncertain) -> Interval:
    """On the log odds: logit(p) ± t SE / (p (1 − p)), as R's `method = "xlogit"`; 0 < p < 1."""
    half = u.t * np.sqrt(u.variance) / (u.share * (1 - u.share))
    middle = scipy.special.logit(u.share)
    return scipy.special.expit(middle - half), scipy.special.expit(middle + half)


def wald(estimate: FloatArray, variance: FloatArray, df: IntArray, level: float | FloatArray) -> Interval:
    """estimate ± t SE, as R's `method = "mean"`."""
    half = student(df, level) * np.sqrt(variance)
    return estimate - half, estimate + half


def share_interval(kind: IntervalKind, u: Uncertain) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Low, high, and where Korn–Graubard on n had to take over.

    It does for `logit` and `wald` where the variance is 0: there the one does not exist and the
    other has no width.
    """
    if kind == "wilson":
        return *wilson(u), np.zeros(len(u.share), dtype=np.bool_)
    if kind == "beta":
        return *korn_graubard(u, adjusted_size(u, u.n_effective)), np.zeros(len(u.share), dtype=np.bool_)
    flat = (u.variance == 0) | (u.share == 0) | (u.share == 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = logit(u) if kind == "logit" else wald(u.share, u.variance, u.df, u.level)
    others = u.select(flat)
    low[flat], high[flat] = korn_graubard(others, adjusted_size(others, others.answered.astype(np.float64)))
    return np.clip(low, 0, 1), np.clip(high, 0, 1), flat
