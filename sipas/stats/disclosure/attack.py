"""The range that an attacker can derive for one count from published tables."""

from __future__ import annotations

import numpy as np
import scipy

from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.disclosure.programs import least
from sipas.stats.disclosure.relations import gained, relate

LINEAR_PROGRAM_TOLERANCE = 1e-6  # of the linear programs, and a little
_RANDOM_STARTS = 3


class Attack:
    """Intervals of all cells of all releases, widened from within by the solutions that are found.

    Parameters
    ----------
    membership : csr float64[cells, atoms]
        Which atoms a cell is the sum of.
    published : float64[releases, cells]
        NaN where hidden.

    Attributes
    ----------
    low, high : float64[releases, cells]
        The least and the most found so far: an attacker cannot do better than the interval between.
    used : bool[variables]
        Variables that a solution made use of. A tenth of all, and mostly enough to find the next one.
    """

    def __init__(self, membership: scipy.sparse.csr_array, published: FloatArray) -> None:
        self.membership, self.published = membership, published.copy()
        self.relations = relate(membership, self.published)
        self.low, self.high = np.full(published.shape, np.inf), np.full(published.shape, -np.inf)
        self.used = np.zeros(self.relations.sums.shape[1], dtype=np.bool_)
        # Keeps programs bounded; no sum that the tables limit comes near it.
        self.limit = 1000.0 + 4.0 * float(np.nansum(published))

    @property
    def hidden(self) -> BoolArray:
        """bool[releases, cells]"""
        return np.isnan(self.published)

    def hide(self, cells: BoolArray) -> None:
        """Takes these out of the last release. Earlier findings stay possible."""
        self.published[-1, cells] = np.nan
        self.relations = relate(self.membership, self.published)

    def is_narrow(self, release: int, cell: int, margin: float) -> bool:
        return bool(self.high[release, cell] - self.low[release, cell] < margin - LINEAR_PROGRAM_TOLERANCE)

    def look_around(self) -> None:
        """Solutions far out in a few seeded directions settle most cells without programs of their own."""
        generator = np.random.default_rng(0)
        for _ in range(_RANDOM_STARTS):
            direction = generator.choice([-1.0, 1.0], self.published.shape) * self.hidden
            to_come = np.cumsum(direction[::-1], axis=0)[::-1]
            self.minimise((to_come @ self.membership).ravel(), np.ones_like(self.used))

    def exhaust(self, release: int, cell: int, enough: float = np.inf) -> None:
        """Finds the ends of a cell's interval, or of a part of it that is wide enough."""
        if enough < np.inf:
            self.explore(release, cell, enough, self.used)
        self.explore(release, cell, enough, np.ones_like(self.used))

    def explore(self, release: int, cell: int, margin: float, among: BoolArray) -> None:
        for sign in (-1.0, 1.0):
            if self.is_narrow(release, cell, margin):
                self.minimise(sign * self.target(release, cell), among)

    def minimise(self, objective: FloatArray, among: BoolArray) -> None:
        known = self.relations
        self.learn(least(objective[among], known.sums[:, among], known.totals, self.limit), among)

    def target(self, release: int, cell: int) -> FloatArray:
        """float64[variables]: 1 where a variable is a part of the cell at that release."""
        first = np.zeros(1, dtype=np.int64)
        return gained(self.membership[[cell]], first, release, len(self.published)).toarray().ravel()

    def learn(self, solution: FloatArray, among: BoolArray) -> None:
        """solution: float64[variables among], the others being 0."""
        variables = np.zeros(len(among))
        variables[among] = solution
        self.used |= variables > 0
        atoms = np.cumsum(variables.reshape(len(self.published), -1), axis=0)
        cells = atoms @ self.membership.T
        self.low, self.high = np.minimum(self.low, cells), np.maximum(self.high, cells)
