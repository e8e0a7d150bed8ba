"""Pooling of thin strata: those with too few responses to speak for their transactions."""

import numpy as np

from sipas.stats.arrays import BoolArray, CodeArray, IntArray
from sipas.stats.columns import renumber
from sipas.stats.grouping import added

# A stratum or pool with fewer responses than this, and transactions to stand for, is thin.
ENOUGH = 5


def pool_thin(keys: CodeArray, n: IntArray, population: IntArray) -> IntArray:
    """The pool of each stratum, numbered from 0; a stratum that stays alone is a pool of its own.

    A thin stratum joins its thin siblings, the other thin strata that differ from it in the last
    column alone. A pool that is still thin takes its whole parent: every stratum that agrees with
    it in all columns but the last, then in all but the last two, and so on. Nothing is pooled
    across levels of the first column. A pool may stay thin, when all of its unit has few responses.

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
    thin = (n < ENOUGH) & (population > 0)
    for kept in range(columns - 1, 0, -1):
        parent, parents = prefixes(keys, kept)
        if kept == columns - 1:
            pool = joined(pool, thin, parent, parents)
        thin_pool = (added(pool, n, strata) < ENOUGH) & (added(pool, population, strata) > 0)
        needy = np.zeros(parents, dtype=np.bool_)
        needy[parent[thin_pool[pool]]] = True
        pool = joined(pool, needy[parent], parent, parents)
    return renumber(pool, strata)[0]


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
