"""How much of a row's own population is covered, pooled, or stands on counts that were raised."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.grouping import summed

# More than this share of a row's population calls for review: taken in, joined, or left out.
UNSURE_SHARE_MOST = 0.10

# Likewise of transactions whose count was raised to the responses.
_RAISED_SHARE_MOST = 0.01

_ROUNDING_OF_PARTS = 1e-9


@dataclass(frozen=True)
class RowPopulation:
    """Transactions, and of how many of them something holds: of frame rows, pools, or domains.

    Of disjoint domains they add up, as their union's do.

    Parameters
    ----------
    count : float64[rows]
        N.
    covered : float64[rows]
        In strata or pools that have responses.
    pooled : float64[rows]
        In pools of two strata or more.
    joined, taken : float64[rows]
        In thin strata that took in others in the third step of pooling, and in those others.
    raised : float64[rows]
        In strata whose count was raised to the responses.
    """

    count: FloatArray
    covered: FloatArray
    pooled: FloatArray
    joined: FloatArray
    taken: FloatArray
    raised: FloatArray

    @classmethod
    def of(cls, count: FloatArray, *parts: BoolArray) -> "RowPopulation":
        """From the mask of each part, in the order of the fields."""
        none = np.zeros(len(count))
        return cls(
            count,
            *(count if part.all() else np.where(part, count, 0.0) if part.any() else none for part in parts),
        )

    @classmethod
    def unknown(cls, rows: int) -> "RowPopulation":
        """Without a frame."""
        return cls(*np.full((len(fields(cls)), rows), np.nan))

    def each(self, change: Callable[[FloatArray], FloatArray]) -> "RowPopulation":
        """The same change made to all numbers, such as a sum by domain; once where they are the same."""
        parts = [getattr(self, field.name) for field in fields(self)]
        changed = {id(part): change(part) for part in {id(part): part for part in parts}.values()}
        return RowPopulation(*(changed[id(part)] for part in parts))

    def by(self, group: IntArray, groups: int) -> "RowPopulation":
        """Sums by group."""
        return self.each(lambda values: summed(group, values, groups))

    def share(self, part: FloatArray) -> FloatArray:
        """float64[rows]: a part's share; NaN where there is no population, or it is not known."""
        found = np.full(len(self.count), np.nan)
        np.divide(part, self.count, out=found, where=self.count > 0)
        return np.asarray(np.clip(found, 0, 1))

    @property
    def coverage(self) -> FloatArray:
        """float64[rows]: the share that the weights stand for."""
        return self.share(self.covered)

    @property
    def pooled_share(self) -> FloatArray:
        """float64[rows]."""
        return self.share(self.pooled)

    @property
    def much_taken_in(self) -> BoolArray:
        """bool[rows]: where the third step of pooling moved weights by more than a row can bear."""
        return self._above(self.taken, UNSURE_SHARE_MOST) | self._above(self.joined, UNSURE_SHARE_MOST)

    @property
    def much_left_out(self) -> BoolArray:
        """bool[rows]: where more of the population has no response than a row can bear."""
        return self._above(self.count - self.covered, UNSURE_SHARE_MOST)

    @property
    def much_raised(self) -> BoolArray:
        """bool[rows]."""
        return self._above(self.raised, _RAISED_SHARE_MOST)

    @property
    def little_raised(self) -> BoolArray:
        """bool[rows]."""
        return (self.raised > 0) & ~self.much_raised

    @property
    def review(self) -> BoolArray:
        """bool[rows]: where a figure has no rank and no verdict."""
        return self.much_taken_in | self.much_left_out | self.much_raised

    def _above(self, part: FloatArray, share: float) -> BoolArray:
        return np.asarray(part > share * self.count + _ROUNDING_OF_PARTS * self.count)
