"""Pooling of thin strata: those with too few responses to speak for their transactions."""

from dataclasses import dataclass

import numpy as np

from sipas.stats.arrays import BoolArray, IntArray
from sipas.stats.cells.columns import renumber
from sipas.stats.grouping import added

# A stratum or pool with fewer responses than this, and transactions to stand for, is thin.
ENOUGH_RESPONSES = 5

# A thin pool takes in well-sampled strata only up to one in so many of its unit's transactions.
SAMPLED_STRATA_JOIN_ONE_IN = 10


@dataclass(frozen=True)
class Pooling:
    """The pool of each stratum, and what the last step did.

    Parameters
    ----------
    pool : int64[strata]
        Numbered from 0; a stratum that stays alone is a pool of its own.
    joined, taken : bool[strata]
        The thin strata that took in others in the third step, and those that they took in.
    """

    pool: IntArray
    joined: BoolArray
    taken: BoolArray

    @classmethod
    def none(cls, strata: int) -> "Pooling":
        """Every stratum stays as it is."""
        no = np.zeros(strata, dtype=np.bool_)
        return cls(np.arange(strata), no, no)


def pool_thin(group: IntArray, channel: IntArray, n: IntArray, population: IntArray) -> Pooling:
    """Pool thin strata to save variance, never at the price of bias.

    1. Thin strata of one unit, period and service channel are pooled with each other.
    2. Pools that are still thin are pooled with each other across the service channels.
    3. A pool that is thin even then, and holds at most a tenth of its unit's transactions, takes in
       the stratum or pool of the unit with the lowest sampling fraction, of equals the smallest.
       All that it can take in has enough responses, so it takes once. Above a tenth it stays as it
       is, with its large weight; without any response it is left out of the coverage.

    Parameters
    ----------
    group : int64[strata]
        The unit and period of each stratum, numbered from 0. Nothing is pooled across groups.
    channel : int64[strata]
        The service channel, numbered from 0.
    n, population : int64[strata]
        Responses, and completed transactions.

    Returns
    -------
    Pooling
    """
    strata, channels = len(n), int(channel.max(initial=0)) + 1
    pool = np.arange(strata)
    parent, parents = renumber(group * channels + channel, (int(group.max(initial=0)) + 1) * channels)
    pool = _merged(pool, _thin(pool, n, population), parent, parents)
    groups = int(group.max(initial=-1)) + 1
    pool = _merged(pool, _thin(pool, n, population), group, groups)
    joined, taken = _third_step(pool, group, n, population)
    pool = _merged(pool, joined | taken, group, groups)
    return Pooling(renumber(pool, strata)[0], joined, taken)


def _third_step(
    pool: IntArray, group: IntArray, n: IntArray, population: IntArray
) -> tuple[BoolArray, BoolArray]:
    """bool[strata] twice: the thin strata that need others, and the others that they take in."""
    strata, thin = len(n), _thin(pool, n, population)
    groups = int(group.max(initial=-1)) + 1
    thin_count = added(group, np.where(thin, population, 0), groups)
    small = (thin_count > 0) & (SAMPLED_STRATA_JOIN_ONE_IN * thin_count <= added(group, population, groups))
    size, count = added(pool, n, strata), added(pool, population, strata)
    head = (pool == np.arange(strata)) & ~thin & (count > 0) & small[group]
    place = np.flatnonzero(head)
    fraction = size[place] / count[place]
    ordered = place[np.lexsort((place, count[place], fraction, group[place]))]
    first = np.flatnonzero(np.diff(group[ordered], prepend=-1))
    chosen = np.full(groups, -1)
    chosen[group[ordered[first]]] = ordered[first]
    taken = pool == chosen[group]
    return thin & (chosen[group] >= 0), taken


def _thin(pool: IntArray, n: IntArray, population: IntArray) -> BoolArray:
    """bool[strata]: whose pool has too few responses for the transactions it has."""
    pools = len(pool)
    return ((added(pool, n, pools) < ENOUGH_RESPONSES) & (added(pool, population, pools) > 0))[pool]


def _merged(pool: IntArray, which: BoolArray, parent: IntArray, parents: int) -> IntArray:
    """Return the pools after the marked strata of each parent are merged into one."""
    first = np.full(parents, len(pool))
    np.minimum.at(first, parent[which], pool[which])
    return np.where(which, first[parent], pool)
