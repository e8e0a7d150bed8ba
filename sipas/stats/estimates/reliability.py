"""Can it be shown? The NCHS Data Presentation Standards for Proportions (Parker et al. 2017)."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy

from sipas.stats import notes
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.estimates.intervals import Uncertain, adjusted_size, korn_graubard
from sipas.stats.notes import Note

RELIABLE_FROM_RESPONSES = 30
_NARROW, _WIDE, _WIDE_BESIDE_SHARE = 0.05, 0.30, 1.3
_RELIABLE_FROM_DF = 8
RELIABILITY_LEVEL = 0.95

# How far `nearly` may be from the width that it stands for, in relation to it, where sizes are 5 or
# more. Below, all intervals are wider than any limit.
RELATIVE_WIDTH_ERROR = 0.008


@dataclass(frozen=True)
class Reliability:
    """Notes by domain; an estimate with a note of severity `review` is not reliable.

    Parameters
    ----------
    reasons : tuple of (Note, bool[domains])
    """

    reasons: tuple[tuple[Note, BoolArray], ...]

    @property
    def reliable(self) -> BoolArray:
        """bool[domains]."""
        return ~in_review(self.reasons)


def in_review(remarks: Iterable[tuple[Note, BoolArray]]) -> BoolArray:
    """Return bool[..., domains]: where one of these notes has the severity `review`."""
    masks = [where for note, where in remarks if note.severity == "review"]
    return np.asarray(np.logical_or.reduce(masks))


def judge_shares(u: Uncertain, design_size: FloatArray, robust_size: FloatArray) -> Reliability:
    """Whether shares may be shown as reliable; for indices by analogy.

    Responses, effective size (n_V, at most n) and robust effective size must reach 30: by luck n_V
    alone can be large in a small sample. The Korn–Graubard interval, on the
    effective size adjusted for its degrees of freedom and at most n, at 95 %, always, must be
    narrower than 0.30 and, unless it is at most 0.05 wide, than 1.3 times the share. Few degrees of
    freedom, and shares of 0 or 1, call for a person's review.

    Parameters
    ----------
    u : Uncertain
        With at least one degree of freedom.
    design_size, robust_size : float64[domains]
        n_V, and min(n_V, n_K / d), see `sipas.stats.estimates.effective.effective_sizes`.
    """
    u = u.at(RELIABILITY_LEVEL)
    n = u.answered.astype(np.float64)
    size = np.minimum(n, design_size)
    few = _too_few(u.answered, size, robust_size)
    width = widths(u, np.minimum(n, adjusted_size(u, size)), few)
    wide = too_wide(width, u.share)
    extreme = (u.share == 0) | (u.share == 1)
    other = ~few & ~wide & too_wide(width, 1 - u.share)
    return Reliability(
        (
            (notes.FEW, few),
            (notes.WIDE, ~few & wide),
            (notes.REVIEW_FREEDOM, u.df < _RELIABLE_FROM_DF),
            (notes.REVIEW_EXTREME, extreme),
            (notes.DISSATISFIED_UNRELIABLE, other),
        ),
    )


def widths(u: Uncertain, size: FloatArray, never_mind: BoolArray) -> FloatArray:
    """float64[domains]: how wide Korn–Graubard intervals are, or a number that gives the same verdict.

    Inverting two beta distributions for each would be most of what a table costs. It is left out
    where it cannot change the verdict, being near a number that is no limit.
    """
    width = nearly(u.share, size)
    open_ = ~never_mind & (_near_a_limit(width, u.share) | _near_a_limit(width, 1 - u.share))
    low, high = korn_graubard(u.select(open_), size[open_])
    width[open_] = high - low
    return width


def _near_a_limit(width: FloatArray, share: FloatArray) -> BoolArray:
    """bool[domains]: where the verdict on some width within RELATIVE_WIDTH_ERROR of this one is another."""
    narrower, wider = (1 - RELATIVE_WIDTH_ERROR) * width, (1 + RELATIVE_WIDTH_ERROR) * width
    return np.asarray(too_wide(narrower, share) != too_wide(wider, share))


def nearly(share: FloatArray, size: FloatArray) -> FloatArray:
    """float64[domains]: the width of Korn–Graubard intervals at 95 %, within RELATIVE_WIDTH_ERROR."""
    successes, failures = size * share, size * (1 - share)
    return np.asarray(1 - _lower_limit(failures, successes + 1) - _lower_limit(successes, failures + 1))


def _lower_limit(a: FloatArray, b: FloatArray) -> FloatArray:
    """float64[domains]: nearly the Φ(−z) quantile of Beta(a, b), b >= 1.

    (b / a) X / (1 − X) has the F distribution, whose cube root is nearly a ratio of normal variables
    (Paulson 1942).
    """
    a, z = np.maximum(a, 1e-3), scipy.special.ndtri((1 + RELIABILITY_LEVEL) / 2)
    of_a, of_b = 1 / (9 * a), 1 / (9 * b)
    spread = of_a * (1 - of_b) ** 2 + of_b * (1 - of_a) ** 2 - of_a * of_b * z**2
    root = (1 - of_a) * (1 - of_b) - z * np.sqrt(np.maximum(spread, 0))
    root = np.maximum(root, 0) / ((1 - of_b) ** 2 - of_b * z**2)
    odds = a / b * (root * root * root)
    return np.asarray(odds / (1 + odds))


def _too_few(answered: IntArray, size: FloatArray, robust_size: FloatArray) -> BoolArray:
    """bool[domains]: where responses, effective or robust effective size are below 30."""
    return np.asarray(np.minimum(np.minimum(answered, size), robust_size) < RELIABLE_FROM_RESPONSES)


def judge_means(
    answered: IntArray, design_size: FloatArray, robust_size: FloatArray, df: IntArray
) -> Reliability:
    """Means have no such standard: here they need 30 responses and 30 effective ones, by either size."""
    few = _too_few(answered, design_size, robust_size)
    return Reliability(((notes.FEW, few), (notes.REVIEW_FREEDOM, df < _RELIABLE_FROM_DF)))


def too_wide(width: FloatArray, share: FloatArray) -> BoolArray:
    """bool[domains]: where an interval is too wide for the share that it is about."""
    return np.asarray((width >= _WIDE) | ((width > _NARROW) & (width > _WIDE_BESIDE_SHARE * share)))
