"""Check the inputs of a plan. An error names the first invalid value."""

import numpy as np
from numpy.typing import ArrayLike

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray


def counts(name: str, values: ArrayLike) -> IntArray:
    """int64: whole numbers, 0 or more."""
    given = np.asarray(values)
    if given.dtype.kind == "f":
        require(name, given, np.isfinite(given) & (given == np.floor(given)), "must be a whole number")
    require(name, given, np.asarray(given >= 0), "must be 0 or more")
    return given.astype(np.int64)


def numbers(name: str, values: ArrayLike) -> FloatArray:
    """float64: 0 or more, infinity included."""
    given = np.asarray(values, np.float64)
    require(name, given, np.asarray(given >= 0), "must be 0 or more")
    return given


def between(name: str, values: ArrayLike, low: float, high: float) -> FloatArray:
    """float64: above `low` and below `high`."""
    given = np.asarray(values, np.float64)
    require(name, given, (given > low) & (given < high), f"must lie between {low:g} and {high:g}")
    return given


def require(name: str, given: FloatArray | IntArray, allowed: BoolArray, rule: str) -> None:
    if np.all(allowed):
        return
    place = int(np.argmin(allowed))
    where = f", place {place + 1}," if given.ndim else ""
    raise StatisticsError(f"{name}{where} is {given.flat[place]:g}; it {rule}")
