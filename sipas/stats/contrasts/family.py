"""Comparisons as a family: which pairs, p-values adjusted for their number, and the verdicts."""

from typing import Literal

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.choices import refuse_unknown
from sipas.stats.contrasts.difference import Differences

Adjustment = Literal["holm", "bh"]
Finding = Literal["better", "worse", "cannot_tell"]


def with_reference(domains: int, reference: int) -> tuple[IntArray, IntArray]:
    """int64[domains − 1] twice: each other domain first, the reference second.

    Parameters
    ----------
    domains : int
        How many there are.
    reference : int
        The position of the one that all others are compared with.

    Raises
    ------
    StatisticsError
        The reference is not one of them.
    """
    if not 0 <= reference < domains:
        raise StatisticsError(f"the reference must be one of {domains} domains, not number {reference}")
    others = np.delete(np.arange(domains), reference)
    return others, np.full(len(others), reference)


def all_pairs(domains: int) -> tuple[IntArray, IntArray]:
    """int64[domains (domains − 1) / 2] twice: every two domains, once.

    Parameters
    ----------
    domains : int
        How many there are.
    """
    first, second = np.triu_indices(domains, 1)
    return first.astype(np.int64), second.astype(np.int64)


def adjust(p: FloatArray, adjustment: Adjustment = "holm") -> FloatArray:
    """P-values adjusted for all comparisons of a family; NaN is not counted.

    `holm` (Holm 1979): the chance of any false finding stays below the level, however the
    comparisons hang together. `bh` (Benjamini and Hochberg 1995): the expected part of false ones
    among the findings does, for independent or positively dependent comparisons.

    Parameters
    ----------
    p : float64[comparisons]
    adjustment : {"holm", "bh"}

    Returns
    -------
    float64[comparisons]
        As R's `p.adjust`.

    Raises
    ------
    StatisticsError
        A number that is no probability, or another adjustment.
    """
    refuse_unknown("adjustment", adjustment, Adjustment)
    tested = np.isfinite(p)
    if (tested & ((p < 0) | (p > 1))).any() or np.isinf(p).any():
        wrong = p[np.isinf(p) | (p < 0) | (p > 1)][0]
        raise StatisticsError(f"a p-value must lie between 0 and 1, not {wrong:g}")
    order = np.argsort(p[tested], kind="stable")
    rising, m = p[tested][order], int(np.count_nonzero(tested))
    rank = np.arange(1, m + 1)
    if adjustment == "holm":
        adjusted = np.maximum.accumulate((m - rank + 1) * rising)
    else:
        adjusted = np.minimum.accumulate((m / rank * rising)[::-1])[::-1]
    found = np.empty(m)
    found[order] = np.minimum(adjusted, 1.0)
    everywhere = np.full(len(p), np.nan)
    everywhere[tested] = found
    return everywhere


def findings(differences: Differences, adjusted: FloatArray) -> tuple[Finding, ...]:
    """Return the verdict of each comparison on its first side, at the level of the differences.

    `better` and `worse` where the adjusted p-value is below 1 − level and both sides are reliable;
    `cannot_tell` is no proof that there is no difference.

    Parameters
    ----------
    differences : Differences
    adjusted : float64[rows]
        Their p-values, adjusted or not; NaN gives `cannot_tell`.
    """
    shown = (adjusted < 1 - differences.level) & differences.reliable
    words: tuple[Finding, ...] = ("cannot_tell", "better", "worse")
    place = np.where(shown, np.where(differences.difference > 0, 1, 2), 0)
    return tuple(words[one] for one in place.tolist())
