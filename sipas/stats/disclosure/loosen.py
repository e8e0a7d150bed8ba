"""Which shown cells to hide so that a hidden one cannot be worked out."""

from dataclasses import dataclass

import numpy as np
import scipy

from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.disclosure.attack import LINEAR_PROGRAM_TOLERANCE, Attack
from sipas.stats.disclosure.programs import Contradiction, least


@dataclass(frozen=True)
class Narrow:
    """A hidden cell of some release whose interval in one count is narrower than its margin."""

    attack: Attack
    release: int
    cell: int
    margin: float


def loosen(narrow: Narrow, cost: FloatArray) -> BoolArray:
    """bool[cells]: what to take out of the last release so that the cell's interval is as wide as its margin.

    The cheapest, by cost[cells] of each unit of change, among the variables that solutions used so far
    and the cell's own; among all where these do not do.

    Raises
    ------
    Contradiction
        Whatever the last release hides, the earlier ones give the cell away.
    """
    attack = narrow.attack
    own = attack.target(len(attack.published) - 1, narrow.cell) > 0
    try:
        return _moved(narrow, cost, attack.used | own)
    except Contradiction:
        return _moved(narrow, cost, np.ones_like(own))


def _moved(narrow: Narrow, cost: FloatArray, among: BoolArray) -> BoolArray:
    """bool[cells]: the cells that differ from what is shown in one of two solutions a margin apart.

    Each solution stands beside what it adds to the shown cells and what it takes from them.
    """
    attack, known = narrow.attack, narrow.attack.relations
    cells, variables = known.cell[known.last], np.count_nonzero(among)
    change = scipy.sparse.eye_array(len(known.totals), format="csr")[:, known.last]
    one = scipy.sparse.hstack([known.sums[:, among], change, -change])
    target = np.concatenate([attack.target(narrow.release, narrow.cell)[among], np.zeros(2 * len(cells))])
    price = np.concatenate([np.zeros(variables), cost[cells], cost[cells]])
    apart = np.concatenate([target, -target])[np.newaxis]
    both = least(
        np.tile(price, 2),
        scipy.sparse.csr_array(
            scipy.sparse.vstack([scipy.sparse.block_diag([one, one]), scipy.sparse.csr_array(apart)])
        ),
        np.concatenate([known.totals, known.totals, [narrow.margin]]),
        attack.limit,
    )
    found, changes = np.split(both.reshape(2, -1), [variables], axis=1)
    for solution in found:
        attack.learn(solution, among)
    differs = np.zeros(len(cost), dtype=np.bool_)
    differs[np.tile(cells, 2)[changes.max(axis=0) > LINEAR_PROGRAM_TOLERANCE]] = True
    return differs
