"""Differences with their intervals, p-values, and the smallest that the responses could have shown."""

from dataclasses import dataclass

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats import notes
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.contrasts.estimate_sets import Pairs
from sipas.stats.contrasts.mover import mover, mover_p
from sipas.stats.estimates.intervals import student, wald
from sipas.stats.estimates.variance import is_rounding
from sipas.stats.notes import Note
from sipas.stats.options import OPTIONS_WITHOUT_FPC, Options

# Below this effective n on either side a normal difference is not to be trusted.
_NORMAL_FROM_N_EFFECTIVE = 30


@dataclass(frozen=True)
class Differences:
    """First less second, one comparison a row. NaN stands for what cannot be estimated.

    Parameters
    ----------
    level : float
    difference, se, low, high, p : float64[rows]
        Of shares as fractions, of means on the scale; p is two-sided.
    detectable : float64[rows]
        The smallest difference that so many responses show with the power asked for, at this level
        and without regard to how many comparisons there are.
    df : int64[rows]
        Of the union of both domains.
    reliable : bool[rows]
        Whether both sides are.
    notes : tuple of tuple of Note
    """

    level: float
    difference: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray
    detectable: FloatArray
    df: IntArray
    reliable: BoolArray
    notes: tuple[tuple[Note, ...], ...]

    def __len__(self) -> int:
        return len(self.difference)


def find_differences(pairs: Pairs, options: Options = OPTIONS_WITHOUT_FPC, power: float = 0.8) -> Differences:
    """The difference of each pair, V = V_A + V_B − 2 Cov, and what can be said of it.

    Interval and p-value are Wald's, by Student's t with the df of the union. Where either side has
    an effective n under 30, or is a share without variance, they come from the intervals of the two
    shares (MOVER, Zou and Donner 2008): a difference between small groups has a skewed distribution,
    and none of two unanimous groups would look certain. The smallest difference that can be shown is
    (1 + t_power / t_level) times half the interval's width, which for Wald's is (t_level + t_power)
    SE (Bloom 1995). A mean that has no interval of its own gives none of a difference: one respondent,
    or several who agree, are not known exactly, but where they are all there are.

    Parameters
    ----------
    pairs : Pairs
    options : Options
        Its level, and the interval of shares that MOVER starts from; the others are those of the pairs.
    power : float
        At least 0.5.

    Raises
    ------
    StatisticsError
        A power outside [0.5, 1).
    """
    level, ci = options.level, options.interval
    if not 0.5 <= power < 1:
        raise StatisticsError(f"the power must be 0.5 or more and less than 1, not {power:g}")
    difference = np.where(pairs.same, 0.0, pairs.first.estimate - pairs.second.estimate)
    variance = _variances(pairs)
    cases = _Cases.of(pairs, variance)
    low, high, p = np.full((3, len(difference)), np.nan)
    t = cases.normal
    length = np.diff(pairs.first.limits[t])[:, 0]
    ends = wald(difference[t], variance[t], pairs.df[t], level)
    low[t], high[t] = (np.clip(end, -length, length) for end in ends)
    p[t] = 2 * scipy.special.stdtr(pairs.df[t], -np.abs(difference[t]) / np.sqrt(variance[t]))
    small = _at(pairs, cases.small)
    low[cases.small], high[cases.small] = mover(small, ci, np.full(len(small.df), level))
    p[cases.small] = mover_p(small, ci)
    return Differences(
        level=level,
        difference=difference,
        se=np.sqrt(variance),
        low=low,
        high=high,
        p=p,
        detectable=_detectable(high - low, pairs.df, level, power),
        df=pairs.df,
        reliable=pairs.first.reliable & pairs.second.reliable,
        notes=_remarks(pairs, cases),
    )


@dataclass(frozen=True)
class _Cases:
    """How each pair is judged; at most one of these.

    Parameters
    ----------
    unknown, same, stuck, flat, small, normal : bool[pairs]
        Without an estimate; of the same respondents; without a degree of freedom, together or, for
        means and by MOVER, on a side that is not exact; of means of which one does not vary, as
        `sipas.stats.estimates.intervals.has_interval` has it; by MOVER; by Wald.
    """

    unknown: BoolArray
    same: BoolArray
    stuck: BoolArray
    flat: BoolArray
    small: BoolArray
    normal: BoolArray

    @classmethod
    def of(cls, pairs: Pairs, variance: FloatArray) -> "_Cases":
        first, second = pairs.first, pairs.second
        unknown = ~(np.isfinite(first.estimate) & np.isfinite(second.estimate))
        open_ = ~unknown & ~pairs.same
        few = np.fmin(first.n_effective, second.n_effective) < _NORMAL_FROM_N_EFFECTIVE
        still = (first.variance == 0) | (second.variance == 0) | (variance == 0)
        share, sides = np.full(len(open_), pairs.statistic == "share"), (first, second)
        skewed = share & (few | still)
        # A large share needs the degrees of freedom of both sides together only.
        each_free = np.all([side.exact | (side.df > 0) for side in sides], axis=0)
        free = np.isfinite(variance) & (each_free | ~skewed & share) & (skewed | (pairs.df > 0))
        judged = np.all([side.judged(pairs.statistic) for side in sides], axis=0) & (share | (variance > 0))
        flat = open_ & free & ~share & ~judged
        return cls(
            unknown=unknown,
            same=pairs.same & ~unknown,
            stuck=open_ & ~free,
            flat=flat,
            small=open_ & free & skewed,
            normal=open_ & free & ~skewed & ~flat,
        )


def _variances(pairs: Pairs) -> FloatArray:
    """float64[pairs]: of the differences; what rounding alone leaves is 0."""
    both = pairs.first.variance + pairs.second.variance
    value = both - 2 * pairs.covariance
    flat = pairs.same | is_rounding(value, 10 * both)
    return np.where(flat & np.isfinite(value), 0.0, value)


def _at(pairs: Pairs, rows: BoolArray) -> Pairs:
    return Pairs(
        pairs.statistic, pairs.first.at(rows), pairs.second.at(rows),
        pairs.covariance[rows], pairs.df[rows], pairs.same[rows],
    )  # fmt: skip


def _detectable(width: FloatArray, df: IntArray, level: float, power: float) -> FloatArray:
    """float64[pairs]: NaN where there is no interval."""
    free = np.maximum(df, 1)
    return width / 2 * (1 + scipy.special.stdtrit(free, power) / student(free, level))


def _remarks(pairs: Pairs, cases: _Cases) -> tuple[tuple[Note, ...], ...]:
    unreliable = ~cases.unknown & ~(pairs.first.reliable & pairs.second.reliable)
    said = (
        (notes.NOTHING_TO_COMPARE, cases.unknown),
        (notes.SAME_RESPONSES, cases.same),
        (notes.NO_FREEDOM, cases.stuck),
        (notes.NO_VARIANCE, cases.flat),
        (notes.FROM_BOTH_INTERVALS, cases.small),
        (notes.UNRELIABLE_SIDE, unreliable),
    )
    return tuple(
        tuple(note for (note, _), is_so in zip(said, row, strict=True) if is_so)
        for row in np.stack([where for _, where in said], axis=1).tolist()
    )
