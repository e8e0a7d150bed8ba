"""Sums by group."""

import numpy as np

from sipas.stats.arrays import FloatArray, IntArray


def added(group: IntArray, counts: IntArray, groups: int) -> IntArray:
    """int64[groups]: whole numbers added up by group, exactly; group -1 is the last."""
    total = np.zeros(groups, dtype=np.int64)
    np.add.at(total, group, counts)
    return total


def summed(group: IntArray, values: FloatArray, groups: int) -> FloatArray:
    """float64[groups]: numbers added up by group, of which none is -1."""
    return np.bincount(group, values, groups).astype(np.float64, copy=False)


def weighted_sum(weight: FloatArray, values: FloatArray) -> float:
    """Σ w v without an array of products; not by BLAS, whose threads cost more than they give here."""
    return float(np.einsum("i,i->", weight, values))
