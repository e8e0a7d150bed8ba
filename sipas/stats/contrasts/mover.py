"""Differences of shares by the method of variance estimates recovery, from an interval of each share."""

import numpy as np

from sipas.stats.arrays import FloatArray
from sipas.stats.contrasts.estimate_sets import Pairs
from sipas.stats.estimates.intervals import Interval
from sipas.stats.options import IntervalKind

# A p-value below this is given as this: quantiles so far out are no more than rounding.
_SMALLEST_P = 1e-10
_P_HALVINGS = 44


def mover(pairs: Pairs, ci: IntervalKind, level: FloatArray) -> Interval:
    """Zou and Donner (2008), with the correlation of the two estimates.

    low = d − √((a − l_a)² + (u_b − b)² − 2 r (a − l_a)(u_b − b)), and high likewise with the other
    ends. Both sides have an interval.

    Parameters
    ----------
    level : float64[pairs]
    """
    a, b = pairs.first.estimate, pairs.second.estimate
    r = _correlation(pairs)
    low_a, high_a = pairs.first.interval("share", ci, level)
    low_b, high_b = pairs.second.interval("share", ci, level)
    below = _joined(a - low_a, high_b - b, r)
    above = _joined(high_a - a, b - low_b, r)
    return np.maximum(a - b - below, -1.0), np.minimum(a - b + above, 1.0)


def mover_p(pairs: Pairs, ci: IntervalKind) -> FloatArray:
    """float64[pairs]: one less the level at which the interval first reaches 0, by halving.

    So the p-value and the interval of any level agree on whether there is a difference.
    """
    least, most = np.full(len(pairs.df), np.log(_SMALLEST_P)), np.zeros(len(pairs.df))
    for _ in range(_P_HALVINGS):
        middle = (least + most) / 2
        low, high = mover(pairs, ci, -np.expm1(middle))
        apart = (low > 0) | (high < 0)
        least, most = np.where(apart, least, middle), np.where(apart, middle, most)
    equal = pairs.first.estimate == pairs.second.estimate
    return np.where(equal, 1.0, np.exp(most))


def _joined(one: FloatArray, other: FloatArray, r: FloatArray) -> FloatArray:
    return np.sqrt(np.maximum(one**2 + other**2 - 2 * r * one * other, 0.0))


def _correlation(pairs: Pairs) -> FloatArray:
    """float64[pairs]: 0 where a side has no variance."""
    scale = np.sqrt(pairs.first.variance * pairs.second.variance)
    found = np.divide(pairs.covariance, scale, out=np.zeros_like(scale), where=scale > 0)
    return np.clip(found, -1.0, 1.0)
