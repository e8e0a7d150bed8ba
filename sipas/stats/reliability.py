"""Can it be shown? The NCHS Data Presentation Standards for Proportions (Parker et al. 2017)."""

from dataclasses import dataclass, replace

import numpy as np

from sipas.stats import notes
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.intervals import Uncertain, adjusted_size, korn_graubard

ENOUGH = 30
NARROW, WIDE, RELATIVELY_WIDE = 0.05, 0.30, 1.3
FREEDOM = 8


@dataclass(frozen=True)
class Reliability:
    """Verdicts by domain, with the note that each gives.

    Parameters
    ----------
    reliable : bool[domains]
    reasons : tuple of (str, bool[domains])
    """

    reliable: BoolArray
    reasons: tuple[tuple[str, BoolArray], ...]


def judge_shares(u: Uncertain, design_size: FloatArray) -> Reliability:
    """Whether shares may be shown as reliable; for indices by analogy.

    Responses and effective size (n_V, at most n) must reach 30. The Korn–Graubard interval, on the
    effective size adjusted for its degrees of freedom and at most n, at 95 %, always, must be
    narrower than 0.30 and, unless it is at most 0.05 wide, than 1.3 times the share. Few degrees of
    freedom, and nobody or everybody satisfied, call for a person's review.

    Parameters
    ----------
    u : Uncertain
        With at least one degree of freedom.
    design_size : float64[domains]
        n_V.
    """
    u = u.at(0.95)
    n = u.answered.astype(np.float64)
    size = np.minimum(n, design_size)
    few = (u.answered < ENOUGH) | (size < ENOUGH)
    width = widths(u, np.minimum(n, adjusted_size(u, size)), few)
    wide = too_wide(width, u.share)
    extreme = (u.share == 0) | (u.share == 1)
    other = ~few & ~wide & too_wide(width, 1 - u.share)
    return Reliability(
        ~few & ~wide,
        (
            (notes.FEW, few),
            (notes.WIDE, ~few & wide),
            (notes.REVIEW_FREEDOM, u.df < FREEDOM),
            (notes.REVIEW_EXTREME, extreme),
            (notes.DISSATISFIED_UNRELIABLE, other),
        ),
    )


def widths(u: Uncertain, size: FloatArray, never_mind: BoolArray) -> FloatArray:
    """float64[domains]: how wide Korn–Graubard intervals are, or a number that gives the same verdict.

    Inverting two beta distributions is most of what a table costs. Where a bound of the width is
    already narrow enough the width itself cannot change the verdict, nor where there is none.
    """
    width = widest(u, size)
    open_ = ~never_mind & (too_wide(width, u.share) | too_wide(width, 1 - u.share))
    low, high = korn_graubard(replace(u, share=u.share[open_]), size[open_])
    width[open_] = high - low
    return width


def widest(u: Uncertain, size: FloatArray) -> FloatArray:
    """float64[domains]: what no Korn–Graubard interval on these sizes is wider than.

    Its ends are quantiles of Beta(n* p, n* (1 − p) + 1) and Beta(n* p + 1, n* (1 − p)), no farther
    from their means than Bernstein's inequality for beta distributions allows (Skorski 2023).
    """
    successes, failures, tail = size * u.share, size * (1 - u.share), np.log(2 / (1 - u.level))
    below = deviation(failures + 1, successes, tail)
    above = deviation(successes + 1, failures, tail)
    return 1 / (size + 1) + below + above


def deviation(a: FloatArray, b: FloatArray, tail: float) -> FloatArray:
    """ε with P(X > E X + ε) <= exp(−tail) for X of Beta(a, b)."""
    total = a + b
    variance = a * b / (total**2 * (total + 1))
    skew = np.maximum(b - a, 0) * 2 * tail / (3 * total * (total + 2))
    return skew + np.sqrt(skew**2 + 2 * tail * variance)


def judge_means(answered: IntArray, size: FloatArray, df: IntArray) -> Reliability:
    """Means have no such standard: here they need 30 responses that are worth 30."""
    few = (answered < ENOUGH) | (np.minimum(answered, size) < ENOUGH)
    return Reliability(~few, ((notes.FEW, few), (notes.REVIEW_FREEDOM, df < FREEDOM)))


def too_wide(width: FloatArray, share: FloatArray) -> BoolArray:
    """bool[domains]: where an interval is too wide for the share that it is about."""
    return np.asarray((width >= WIDE) | ((width > NARROW) & (width > RELATIVELY_WIDE * share)))
