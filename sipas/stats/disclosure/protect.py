"""Complementary suppression: which cells to hide beside those that must be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.disclosure.attack import Attack
from sipas.stats.disclosure.audit import Audit, attacks_on, audited
from sipas.stats.disclosure.counts import UNANIMOUS_BELOW, Counts, refreshable, sensitive
from sipas.stats.disclosure.loosen import Narrow, loosen
from sipas.stats.disclosure.programs import Contradiction


@dataclass(frozen=True)
class Protection:
    """The suppressed cells of a release.

    Parameters
    ----------
    primary : bool[cells]
        Hidden for their own sake: sensitive, or not to be renewed yet.
    secondary : bool[cells]
        Hidden so that these cannot be worked out.
    audit : Audit
        Of all releases, this one the last. Its intervals are wide enough; an attacker's may be
        wider still, which `sipas.stats.disclosure.audit` finds out.
    """

    primary: BoolArray
    secondary: BoolArray
    audit: Audit

    @property
    def hidden(self) -> BoolArray:
        return self.primary | self.secondary


def protect(
    membership: scipy.sparse.csr_array,
    counts: Counts,
    earlier: Sequence[Counts] = (),
    unanimous_below: int = UNANIMOUS_BELOW,
) -> Protection:
    """Hides sensitive cells, those not to be renewed yet, and enough others that none can be worked out.

    For one hidden cell after another whose interval is too narrow, a linear program finds two sets of
    counts that lie far enough apart in this cell and change the least of what is shown; what they change
    is hidden too. This is the secondary suppression of Fischetti and Salazar-González (2001, Management
    Science 47(7)) a cell at a time, its fixed costs relaxed to √n a unit of change, so that narrow
    cells go before broad ones. It may hide a few more than the fewest.

    Parameters
    ----------
    membership : csr float64[cells, atoms]
        1 where an atom, a combination of the tables' columns that there can be, belongs to a cell.
    counts : Counts
        Of every cell.
    earlier : sequence of Counts
        What earlier releases of the same round showed of the same cells, the first one first.
    unanimous_below : int
        See `sensitive`.

    Raises
    ------
    StatisticsError
        Releases of other tables; releases that contradict each other, or give a hidden cell away
        whatever this one hides.
    """
    hidden = primary = sensitive(counts, unanimous_below) | ~refreshable(earlier, counts)
    attacks = attacks_on(membership, [*earlier, counts.hide(primary)])
    for attack in attacks:
        attack.look_around()
    while narrow := next(_narrow_cells(attacks, counts.margins), None):
        hidden = hidden | _complements(narrow, np.sqrt(counts.n))
        for attack in attacks:
            attack.hide(hidden)
    return Protection(primary, hidden & ~primary, audited(attacks, counts.margins))


def _narrow_cells(attacks: Sequence[Attack], margins: FloatArray) -> Iterator[Narrow]:
    """Hidden cells for which no interval of their margin has been found so far."""
    for attack, margin in zip(attacks, margins.tolist(), strict=True):
        for release, cell in np.argwhere(attack.hidden).tolist():
            if attack.is_narrow(release, cell, margin):
                yield Narrow(attack, release, cell, margin)


def _complements(narrow: Narrow, cost: FloatArray) -> BoolArray:
    """bool[cells]: what to hide beside a cell; nothing, where its interval turns out to be wide enough."""
    try:
        return loosen(narrow, cost)
    except Contradiction:
        raise StatisticsError(
            f"release {narrow.release + 1} gives away cell {narrow.cell}, which it hides, and nothing that "
            "is hidden now can mend that; start a new series of releases"
        ) from None
