"""Sums by group."""

import numpy as np

from sipas.stats.arrays import IntArray


def added(group: IntArray, counts: IntArray, groups: int) -> IntArray:
    """int64[groups]: whole numbers added up by group, exactly; group -1 is the last."""
    total = np.zeros(groups, dtype=np.int64)
    np.add.at(total, group, counts)
    return total
