"""Pooling of thin strata: those with too few responses to speak for their transactions."""

import numpy as np

from sipas.stats.arrays import BoolArray, CodeArray, IntArray
from sipas.stats.columns import renumber
from sipas.stats.grouping import added

# A stratum or pool with fewer responses than this, and transactions to stand for, is thin.
ENOUGH = 5


def pool_thin(keys: CodeArray, n: IntArray, population: IntArray) -> IntArray:
    """The pool of each stratum, numbered from 0; a stratum that stays alone is a pool of its own.

    Level by level, from the last column up: in each parent (the strata that agree in all columns but
    the last, then in all but the last two, and so on) what is thin joins what else is thin, and
    only where the result is thin still, the parent becomes one pool, with all that was not thin.
    So thin procedures of a field go together; a field that is thin as a whole joins the other thin
    fields of its unit and service channel, and leaves those that can speak for themselves as they
    are; likewise service channels. Nothing is pooled across levels of the first column. A pool may
    stay thin, when all of its unit has few responses.

    Taking the whole parent at once would let one thin field undo the weighting by procedure of its
    unit and service channel: where answers are few, a pool or two would be left of a unit.

    Parameters
    ----------
    keys : int32[strata, columns]
        Codes of the strata columns, coarse to fine; -1 where a column is not used. Rows are distinct.
    n, population : int64[strata]
        Responses, and completed transactions.

    Returns
    -------
    int64[strata]
    """
    strata, columns = keys.shape
    pool = np.arange(strata)
    for kept in range(columns - 1, 0, -1):
        parent, parents = prefixes(keys, kept)
        pool = joined(pool, in_thin_pool(pool, n, population), parent, parents)
        needy = np.zeros(parents, dtype=np.bool_)
        needy[parent[in_thin_pool(pool, n, population)]] = True
        pool = joined(pool, needy[parent], parent, parents)
    return renumber(pool, strata)[0]


def in_thin_pool(pool: IntArray, n: IntArray, population: IntArray) -> BoolArray:
    """bool[strata]: whose pool has too few responses for the transactions it has."""
    pools = len(pool)
    return ((added(pool, n, pools) < ENOUGH) & (added(pool, population, pools) > 0))[pool]


def prefixes(keys: CodeArray, kept: int) -> tuple[IntArray, int]:
    """The parent of each stratum, which agree in the first `kept` columns, and how many there are."""
    parent, parents = np.zeros(len(keys), dtype=np.int64), 1
    for codes in keys.T[:kept]:
        radix = int(codes.max(initial=-1)) + 2
        parent, parents = renumber(parent * radix + codes + 1, parents * radix)
    return parent, parents


def joined(pool: IntArray, which: BoolArray, parent: IntArray, parents: int) -> IntArray:
    """The pools, after in each parent those strata that are told have become one."""
    first = np.full(parents, len(pool))
    np.minimum.at(first, parent[which], pool[which])
    return np.where(which, first[parent], pool)
