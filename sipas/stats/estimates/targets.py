"""Did we reach the target? One-sided inversion of the interval that the estimate has."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.estimates.estimate import Estimates
from sipas.stats.estimates.intervals import Uncertain, has_interval, share_interval, wald
from sipas.stats.estimates.reliability import RELIABLE_FROM_RESPONSES
from sipas.stats.options import IntervalKind

TargetVerdict = Literal["met", "not_met", "cannot_tell"]
_VERDICTS: dict[int, TargetVerdict] = {1: "met", -1: "not_met", 0: "cannot_tell"}
_TARGET_POWER = 0.8
_P_ITERATIONS = 100

# Nearer to 0 or to a half, quantiles of Student's t are infinite or lost in rounding.
_SMALLEST_TAIL, _GREATEST_TAIL = 1e-150, 0.5 - 1e-4


@dataclass(frozen=True)
class Targets:
    """Estimates held against a target.

    Parameters
    ----------
    target : float
    level : float
        That of the one-sided bounds.
    verdict : tuple of {"met", "not_met", "cannot_tell"}
        Met where even the lower bound reaches the target, not met where the upper one stays below.
        Estimates that are not reliable have no verdict: `cannot_tell`.
    low, high : float64[domains]
        One-sided bounds, each at `level`.
    p : float64[domains]
        How likely an estimate at least as far on its side of the target would be, were the share the
        target itself: at most 1 − level where there is a verdict.
    still_needed : float64[domains]
        Responses beyond those there are, to tell with power 0.8 if the estimate is right; 0 where
        the verdict is in; NaN where no number would tell, or none can be said.
    """

    target: float
    level: float
    verdict: tuple[TargetVerdict, ...]
    low: FloatArray
    high: FloatArray
    p: FloatArray
    still_needed: FloatArray


def judge_target(estimates: Estimates, target: float) -> Targets:
    """Met, not met, or cannot tell yet, at the level of the estimates, by their kind of interval.

    Parameters
    ----------
    estimates : Estimates
        Made without finite-population factor: a target speaks about the service, not about the
        transactions that happen to have been counted.
    target : float
        A share in (0, 1), or a mean on the scale.

    Returns
    -------
    Targets
        The p-value inverts the interval: for `wilson` it is that of the score statistic
        (p − t) / √(t (1 − t) / n_eff), for `wald` of (p − t) / SE, for `logit` of
        (logit p − logit t) p (1 − p) / SE, each by Student's t; for `beta` that of the beta
        distribution whose quantile is the bound (Clopper and Pearson 1934).

    Raises
    ------
    StatisticsError
        A target that no share or mean can fall short of or exceed, or a level of 0.5 or less, which
        has no one-sided bounds.
    """
    _check(estimates, target)
    where, level, is_share = _judged(estimates), estimates.level, estimates.statistic == "share"
    # A one-sided bound at 95 % is the end of a two-sided interval at 90 %.
    u = _uncertain(estimates, where, 2 * level - 1)
    low, high, p = (
        _judge_shares(estimates.ci, u, target) if is_share else _judge_means(u, target, estimates.limits)
    )
    met, missed = low >= target, high < target
    sign = np.where(estimates.reliable[where], np.where(met, 1, np.where(missed, -1, 0)), 0)
    needed = _still_needed(u, target, level, is_share)
    verdict = np.zeros(len(estimates), dtype=np.int64)
    verdict[where] = sign
    return Targets(
        target=target,
        level=level,
        verdict=tuple(_VERDICTS[code] for code in verdict.tolist()),
        low=_at_places(low, where),
        high=_at_places(high, where),
        p=_at_places(p, where),
        still_needed=_at_places(np.where(sign != 0, 0.0, needed), where),
    )


def _check(estimates: Estimates, target: float) -> None:
    if not np.isfinite(target) or (estimates.statistic == "share" and not 0 < target < 1):
        percent = f"; for {target:g} % give {target / 100:g}" if 2 <= target < 100 else ""
        raise StatisticsError(f"the target of a share lies between 0 and 1, not at {target:g}{percent}")
    lowest, highest = estimates.limits
    if not lowest < target < highest:
        raise StatisticsError(
            f"the target of a mean lies between {lowest:g} and {highest:g}, not at {target:g}"
        )
    if estimates.level <= 0.5:
        raise StatisticsError(
            f"the level of a verdict must lie between 0.5 and 1, not at {estimates.level:g}"
        )


def _judged(estimates: Estimates) -> BoolArray:
    """bool[domains]: where there is an estimate, and an interval around it with some width."""
    has_one = has_interval(estimates.statistic, estimates.estimate, estimates.se, estimates.df)
    return np.asarray(has_one & (estimates.high > estimates.low))


def _uncertain(estimates: Estimates, where: BoolArray, level: float) -> Uncertain:
    return Uncertain(
        share=estimates.estimate[where],
        variance=estimates.se[where] ** 2,
        n_effective=estimates.n_effective[where],
        n=estimates.n[where],
        answered=estimates.n_answered[where],
        df=estimates.df[where],
        level=level,
    )


def _judge_shares(
    kind: IntervalKind, u: Uncertain, target: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Low, high and p-value on the estimate's side; by Korn–Graubard on n where the interval is."""
    low, high, flat = share_interval(kind, u)
    if kind == "beta":
        return low, high, _p_of_beta(u, u.n_effective, target)
    if kind == "wilson":
        return low, high, _tail(u.df, (u.share - target) / np.sqrt(target * (1 - target) / u.n_effective))
    p = _p_of_beta(u, u.answered.astype(np.float64), target)
    share, se = u.share[~flat], np.sqrt(u.variance[~flat])
    distance = share - target
    if kind == "logit":
        distance = (scipy.special.logit(share) - scipy.special.logit(target)) * share * (1 - share)
    p[~flat] = _tail(u.df[~flat], distance / se)
    return low, high, p


def _judge_means(
    u: Uncertain, target: float, limits: tuple[float, float]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    low, high = np.clip(wald(u.share, u.variance, u.df, u.level), *limits)
    return low, high, _tail(u.df, (u.share - target) / np.sqrt(u.variance))


def _tail(df: IntArray, t: FloatArray) -> FloatArray:
    return np.asarray(scipy.special.stdtr(df, -np.abs(t)))


def _p_of_beta(u: Uncertain, size: FloatArray, target: float) -> FloatArray:
    """float64[domains]: the α at which the one-sided Korn–Graubard bound stops at the target.

    Its adjusted size n* = n_eff (t_{n−1} / t_df)² hangs on α, but little: putting in what comes out
    soon changes nothing.
    """
    above = u.share >= target
    alpha = np.full(len(size), 0.05)
    for _ in range(_P_ITERATIONS):
        before, alpha = alpha, np.clip(alpha, _SMALLEST_TAIL, _GREATEST_TAIL)
        adjusted = size * (scipy.special.stdtrit(u.n - 1, alpha) / scipy.special.stdtrit(u.df, alpha)) ** 2
        successes, failures = adjusted * u.share, adjusted * (1 - u.share)
        reached = scipy.special.betainc(successes, failures + 1, target)
        missed = scipy.special.betaincc(successes + 1, failures, target)
        alpha = np.asarray(np.where(above, reached, missed))
        if (np.abs(alpha - before) <= 1e-12 * alpha).all():
            break
    return alpha


def _still_needed(u: Uncertain, target: float, level: float, share: bool) -> FloatArray:
    """float64[domains]: how many more responses would tell, at the estimate and design effect there are.

    n_eff = ((z_level √(t (1 − t)) + z_power √(p (1 − p))) / (p − t))², the size of a one-sided test of
    a share (Fleiss, Levin and Paik 2003, equation 2.22, without continuity correction); for a mean
    both roots are its standard deviation. One more response adds n_eff / n. It takes an
    effective n of 30 in any case, below which the normal distribution that this rests on is none.
    Where there are as many already, what keeps the verdict open is how few degrees of freedom there
    are, and no number is said.
    """
    if share:
        under_target, under_estimate = np.sqrt(target * (1 - target)), np.sqrt(u.share * (1 - u.share))
    else:
        under_target = under_estimate = np.sqrt(u.variance * u.n_effective)
    reach = scipy.special.ndtri(level) * under_target + scipy.special.ndtri(_TARGET_POWER) * under_estimate
    distance = np.abs(u.share - target)
    size = np.divide(reach, distance, out=np.full(len(distance), np.nan), where=distance > 0) ** 2
    responses = np.maximum(
        np.maximum(size, RELIABLE_FROM_RESPONSES) * u.n / u.n_effective, RELIABLE_FROM_RESPONSES
    )
    return np.where(responses > u.n, np.ceil(responses - u.n), np.nan)


def _at_places(values: FloatArray, where: BoolArray) -> FloatArray:
    """float64[domains]: the values at those places, NaN elsewhere."""
    all_of_them = np.full(len(where), np.nan)
    all_of_them[where] = values
    return all_of_them
