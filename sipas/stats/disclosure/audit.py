"""The audit: between which bounds published tables leave the counts that they hide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.disclosure.attack import LINEAR_PROGRAM_TOLERANCE, Attack
from sipas.stats.disclosure.counts import Counts, require_like


@dataclass(frozen=True)
class Audit:
    """Intervals of what is hidden.

    Parameters
    ----------
    low, high : float64[parts, releases, cells]
        Of satisfied answers and of other answers (and of respondents, where one may give several
        answers); inf where nothing limits a count, NaN where a cell is shown.
    margins : float64[parts]
        How wide the intervals are to be.
    """

    low: FloatArray
    high: FloatArray
    margins: FloatArray

    @property
    def narrow(self) -> BoolArray:
        """bool[releases, cells]: the cells that are given away, in one part or another."""
        width = self.high - np.where(np.isnan(self.low), -np.inf, self.low)
        return np.asarray(
            (width < self.margins[:, np.newaxis, np.newaxis] - LINEAR_PROGRAM_TOLERANCE).any(axis=0)
        )


def audit(membership: scipy.sparse.csr_array, releases: Sequence[Counts], *, ends: bool = False) -> Audit:
    """Between which bounds an attacker can place each hidden count, by linear programs.

    An attacker is taken to know every shown n and share, thus the satisfied answers, of all
    releases, which combinations of columns there can be, and that answers are only ever added. The
    satisfied and the other answers are then two sets of counts, each 0 or more and adding up by
    themselves, so that each has programs of its own, and the interval of n is the sum of both.
    Where one respondent gives several answers, respondents are a third set, and what their number
    tells of the answers' is left out of account.

    Parameters
    ----------
    membership : csr float64[cells, atoms]
        1 where an atom, a combination of the tables' columns that there can be, belongs to a cell.
    releases : sequence of Counts
        What each showed of the same cells, the first one first; NaN where hidden.
    ends : bool
        Whether to find the very ends of all intervals: two programs a cell. Without, those that are
        wide enough may be wider than they say, and few need a program.

    Raises
    ------
    StatisticsError
        Releases of other tables, or that contradict each other.
    """
    attacks, margins = attacks_on(membership, releases), releases[-1].margins
    for attack, margin in zip(attacks, margins.tolist(), strict=True):
        attack.look_around()
        for release, cell in np.argwhere(attack.hidden).tolist():
            attack.exhaust(release, cell, np.inf if ends else margin)
    return audited(attacks, margins)


def attacks_on(membership: scipy.sparse.csr_array, releases: Sequence[Counts]) -> list[Attack]:
    """One for each part of the counts."""
    for release in releases[:-1]:
        require_like(release, releases[-1])
    parts = np.stack([release.parts for release in releases], axis=1)
    return [Attack(membership, published) for published in parts]


def audited(attacks: Sequence[Attack], margins: FloatArray) -> Audit:
    """Findings of the attacks so far."""
    ends = [(np.where(one.hidden, one.low, np.nan), _hidden_high(one)) for one in attacks]
    low, high = (np.stack(end) for end in zip(*ends, strict=True))
    return Audit(low, high, margins)


def _hidden_high(attack: Attack) -> FloatArray:
    limited = np.where(attack.high < attack.limit / 2, attack.high, np.inf)
    return np.where(attack.hidden, limited, np.nan)
