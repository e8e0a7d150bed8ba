"""Clusters drawn with probability proportional to size."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.choices import refuse_unknown
from sipas.stats.listing import listing
from sipas.stats.planning import given
from sipas.stats.planning.drawing import permanent_numbers

ClusterOrder = Literal["listed", "random"]

# Between the parts of a text that a number is drawn for; no code holds it.
NUMBER_SEPARATOR = "\x1f"
_NUMBER_BITS = 128


@dataclass(frozen=True)
class DrawnClusters:
    """The clusters of one stage.

    Parameters
    ----------
    rows : int64[drawn]
        By group, and in each in the order in which they were passed.
    probability : float64[drawn]
        Of being drawn, once their group is: n size / Σ size over the clusters that are not certain.
    certain : bool[drawn]
        Those drawn with probability 1, because their size is as large as the interval or larger.
    """

    rows: IntArray
    probability: FloatArray
    certain: BoolArray


def draw_clusters(
    identifiers: Sequence[str],
    size: ArrayLike,
    group: IntArray,
    count: ArrayLike,
    seed: str,
    *,
    order: ClusterOrder = "listed",
    label: Callable[[int], str] = str,
) -> DrawnClusters:
    """Draw clusters with probability proportional to size, systematically in each group.

    Sizes are laid end to end. The cluster is drawn in which one of the points (k + u) T / n falls, for
    k = 0 … n − 1, with T the sum of the sizes and u one random number in [0, 1) for the group (Madow 1949;
    Cochran 1977, 9A.10). Clusters of a size of T / n or more are certain, and leave n and T first, until
    none is left. All is computed in whole numbers, so that every machine draws the same.

    Parameters
    ----------
    identifiers : sequence of str
        Of the clusters, all different.
    size : array of int, clusters
        Above 0, such as households.
    group : int64[clusters]
        The stratum, or the cluster of the stage before; -1 for clusters that are not to be drawn from.
    count : array of int, groups
        n, how many to draw in each.
    seed : str
        Any text. u is the number of `start`, the separator and the group's label, see `permanent_numbers`.
    order : {"listed", "random"}
        The order in which clusters are passed. That of the list spreads the sample over it, by place if
        it is sorted by place; `random` sorts by permanent numbers, so the order of the list plays no part.
    label : callable
        The name of a group.

    Raises
    ------
    StatisticsError
        A size that is 0, identifiers that occur twice, more clusters to draw than there are, an empty seed.
    """
    refuse_unknown("order", order, ClusterOrder)
    sizes, counts = given.counts("the size", size), given.counts("the number of clusters", count)
    given.require("the size", sizes, sizes > 0, "must be above 0")
    if len(set(identifiers)) < len(identifiers):
        raise StatisticsError("two clusters have the same identifier; each must have its own")
    if not seed:
        raise StatisticsError("the seed is empty; choose any text, and write it down")
    _refuse_shortage(group, counts, label)
    parts = [
        _draw_group(
            _ordered(np.flatnonzero(group == place), identifiers, seed, order), sizes, n, seed, label(place)
        )
        for place, n in enumerate(counts.tolist())
    ]
    return DrawnClusters(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in DrawnClusters.__dataclass_fields__
        )
    )


def random_number(seed: str, *parts: str) -> int:
    """Return the permanent random number of a text of several parts, from 0 to 2^128 − 1."""
    ((upper, lower),) = permanent_numbers([NUMBER_SEPARATOR.join(parts)], seed).tolist()
    return (int(upper) << 64) | int(lower)


def _refuse_shortage(group: IntArray, count: IntArray, label: Callable[[int], str]) -> None:
    there = np.bincount(group[group >= 0], minlength=len(count))
    short = np.flatnonzero(count > there).tolist()
    if short:
        groups = listing([f"{label(place)} ({count[place]} of {there[place]})" for place in short])
        raise StatisticsError(f"more clusters are to be drawn than there are: {groups}")


def _ordered(rows: IntArray, identifiers: Sequence[str], seed: str, order: ClusterOrder) -> IntArray:
    if order == "listed":
        return rows
    number = permanent_numbers([f"order{NUMBER_SEPARATOR}{identifiers[row]}" for row in rows.tolist()], seed)
    return rows[np.lexsort((number[:, 1], number[:, 0]))]


def _draw_group(rows: IntArray, sizes: IntArray, count: int, seed: str, label: str) -> DrawnClusters:
    certain = certain_clusters(sizes[rows], count)
    others = np.flatnonzero(~certain)
    left = count - int(certain.sum())
    size = [int(one) for one in sizes[rows[others]].tolist()]
    passed = others[_systematic(size, left, random_number(seed, "start", label))]
    drawn = np.sort(np.concatenate([np.flatnonzero(certain), passed]))
    total = sum(size) or 1
    probability = np.where(certain, 1.0, left * sizes[rows] / total)
    return DrawnClusters(rows[drawn], probability[drawn], certain[drawn])


def certain_clusters(sizes: IntArray, count: int) -> BoolArray:
    """Return bool[clusters]: those that a draw of so many must take; see `draw_clusters`."""
    certain = np.zeros(len(sizes), dtype=np.bool_)
    while True:
        left = count - int(certain.sum())
        total = int(sizes[~certain].sum())
        found = ~certain & (left * sizes >= total) & (left > 0)
        if not found.any():
            return certain
        certain |= found


def _systematic(sizes: Sequence[int], count: int, start: int) -> IntArray:
    """Return the places at which the points (k + start / 2^128) T / count fall."""
    ends = list(accumulate(sizes))
    if not count:
        return np.zeros(0, dtype=np.int64)
    points = [((k << _NUMBER_BITS) + start) * ends[-1] // (count << _NUMBER_BITS) for k in range(count)]
    return np.array([bisect_right(ends, point) for point in points], dtype=np.int64)
