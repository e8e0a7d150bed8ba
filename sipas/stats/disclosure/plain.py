"""Shares that tell nothing beside the counts they are made of."""

from dataclasses import dataclass

import numpy as np

from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.disclosure.counts import Counts
from sipas.stats.estimates.intervals import Uncertain, wilson
from sipas.stats.estimates.reliability import RELIABILITY_LEVEL, judge_shares


@dataclass(frozen=True)
class PlainShares:
    """Unweighted shares of satisfied answers; NaN where fewer than two answered or a cell is hidden.

    Parameters
    ----------
    estimate, low, high : float64[cells]
    reliable : bool[cells]
    """

    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    reliable: BoolArray


def plain_shares(counts: Counts, level: float) -> PlainShares:
    """Satisfied answers over answers, with the interval of Wilson (1927) on n respondents.

    Respondents are taken as a simple random sample. One who gives several answers counts as one, as if
    these always agreed: what they really have in common is no count that an audit knows.

    Parameters
    ----------
    counts : Counts
    level : float
        Of the interval, such as 0.95.
    """
    where = counts.n >= 2
    n = counts.n[where]
    share = counts.satisfied[where] / counts.answers[where]
    respondents = n.astype(np.int64)
    u = Uncertain(
        share, share * (1 - share) / n, n, respondents, respondents, respondents - 1, RELIABILITY_LEVEL
    )
    estimate, low, high = np.full((3, len(counts)), np.nan)
    estimate[where] = share
    low[where], high[where] = wilson(u.at(level))
    reliable = np.zeros(len(counts), dtype=np.bool_)
    reliable[where] = judge_shares(u, n, n).reliable
    return PlainShares(estimate, low, high, reliable)
