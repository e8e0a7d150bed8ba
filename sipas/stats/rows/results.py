"""What estimates from rows are, and their intervals."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells.columns import Column
from sipas.stats.choices import refuse_unknown
from sipas.stats.estimates.intervals import Interval, Uncertain, share_interval

RowInterval = Literal["wilson", "beta", "logit", "wald", "asin"]


@dataclass(frozen=True)
class RowEstimates:
    """Some variables in every domain. NaN stands for what cannot be estimated.

    Parameters
    ----------
    by : Column or None
        The domains; None for the whole.
    estimate : float64[domains, variables]
    covariance : float64[domains, variables, variables]
        Between the variables inside each domain.
    n : int64[domains]
        Rows with a value for every variable.
    df : int64[domains]
        First-stage clusters of these rows less the strata they are in, as R's `degf`.
    deff, deff_replace : float64[domains, variables]
        V over that of a simple random sample of n rows, without and with replacement.
    """

    by: Column | None
    estimate: FloatArray
    covariance: FloatArray
    n: IntArray
    df: IntArray
    deff: FloatArray
    deff_replace: FloatArray

    @property
    def variance(self) -> FloatArray:
        """float64[domains, variables]"""
        return np.asarray(np.diagonal(self.covariance, axis1=1, axis2=2))

    @property
    def se(self) -> FloatArray:
        """float64[domains, variables]"""
        return np.asarray(np.sqrt(self.variance))

    def normal_interval(self, level: float = 0.95) -> Interval:
        """float64[domains, variables] twice: estimate ± z SE, as R's `confint` unless told otherwise."""
        check_level(level)
        half = special.ndtri((1 + level) / 2) * self.se
        return self.estimate - half, self.estimate + half

    def share_interval(self, kind: RowInterval = "wilson", level: float = 0.95) -> Interval:
        """Intervals for means of indicators, on the design's effective n; NaN without a degree of freedom.

        Parameters
        ----------
        kind : {"wilson", "beta", "logit", "wald", "asin"}
            R's `svyciprop` with `wilson`, `beta`, `xlogit`, `mean` and `asin`; held inside [0, 1].
        level : float

        Returns
        -------
        low, high : float64[domains, variables]

        Raises
        ------
        StatisticsError
            Estimates that are no shares, a level outside (0, 1), or another interval.
        """
        check_level(level)
        refuse_unknown("interval", kind, RowInterval)
        if (np.isfinite(self.estimate) & ((self.estimate < 0) | (self.estimate > 1))).any():
            raise StatisticsError(f"no shares, but {self.estimate.min():g} to {self.estimate.max():g}")
        low, high = np.full_like(self.estimate, np.nan), np.full_like(self.estimate, np.nan)
        for variable in range(self.estimate.shape[1]):
            known = np.isfinite(self.estimate[:, variable]) & (self.df > 0)
            u = self.uncertain(variable, known, level)
            low[known, variable], high[known, variable] = (
                arcsine(u) if kind == "asin" else share_interval(kind, u)[:2]
            )
        return low, high

    def uncertain(self, variable: int, known: BoolArray, level: float) -> Uncertain:
        """What is known of one variable's shares, as `sipas.stats.estimates.intervals` wants it."""
        share, variance = self.estimate[known, variable], self.variance[known, variable]
        n = self.n[known]
        size = np.divide(share * (1 - share), variance, out=n.astype(np.float64), where=variance > 0)
        return Uncertain(share, variance, size, n, n, self.df[known], level)


def arcsine(u: Uncertain) -> Interval:
    """On the angle asin √p, whose SE is SE / (2 √(p (1 − p))), as R's `method = "asin"`.

    Where the variance is 0 there is none, and Korn–Graubard on n takes over.
    """
    flat, spread = u.variance == 0, u.share * (1 - u.share)
    half = u.t * np.sqrt(np.divide(u.variance, 4 * spread, out=np.zeros_like(spread), where=spread > 0))
    angle = np.arcsin(np.sqrt(u.share))
    low = np.sin(np.clip(angle - half, 0, np.pi / 2)) ** 2
    high = np.sin(np.clip(angle + half, 0, np.pi / 2)) ** 2
    instead = share_interval("logit", u)
    return np.where(flat, instead[0], low), np.where(flat, instead[1], high)


def check_level(level: float) -> None:
    if not 0 < level < 1:
        raise StatisticsError(f"the level must lie between 0 and 1, not {level:g}")
