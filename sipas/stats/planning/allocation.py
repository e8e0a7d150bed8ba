"""A number of responses spread over strata."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.choices import refuse_unknown
from sipas.stats.planning import given

AllocationMethod = Literal["equal", "proportional", "neyman"]

# A number this close to the next whole number counts as that number.
_ROUNDING_OF_COUNTS = 1e-9

# A stratum's share of the largest one's below which it counts as none.
_NEGLIGIBLE_RELATIVE_SIZE = 1e-12


def allocate(
    total: int,
    population: ArrayLike,
    method: AllocationMethod = "proportional",
    *,
    deviation: ArrayLike | None = None,
    minimum: int = 0,
    most: ArrayLike | None = None,
) -> IntArray:
    """Whole responses by stratum that sum to `total`.

    n_h = c x_h, kept between the minimum and what there is, with the c that makes the sum right. x_h
    is 1 with `equal`, N_h with `proportional` and N_h S_h with `neyman` (Neyman 1934; Cochran 1977,
    5.5). What a bound takes or leaves is so spread over the others in proportion, which for `neyman`
    is the smallest variance that the bounds allow (Wesołowski, Wieczorkowski and Wójciak 2022). Then
    largest remainders are rounded up, of equal ones the first.

    Parameters
    ----------
    total : int
    population : array of int, strata
        N_h.
    method : {"equal", "proportional", "neyman"}
    deviation : array of float, strata
        S_h, for `neyman`. A stratum in which it is 0, or next to nothing (N_h S_h below 1e-12 of
        the largest), gets its minimum until all others are full.
    minimum : int
        Least responses of a stratum; of a smaller one, all there are.
    most : array of int, strata, optional
        Most responses of each stratum, where that is less than N_h.

    Returns
    -------
    int64[strata]

    Raises
    ------
    StatisticsError
        A total below the sum of the minima or above that of what there is; counts that are none; an
        unknown method; `neyman` without deviations, or with one below 0 or infinite.
    """
    people = given.counts("the population", population)
    upper = people if most is None else np.minimum(people, given.counts("the most responses", most))
    lower = np.minimum(given.counts("the minimum", minimum), upper)
    if not lower.sum() <= total <= upper.sum():
        raise StatisticsError(
            f"{total} responses cannot be spread over {len(people)} strata"
            f" that take {lower.sum()} at least and {upper.sum()} at most; change the total or the minimum"
        )
    size = _sizes_of(people, method, deviation)
    return _rounded(filled(total, size, lower, upper), total, upper)


def _sizes_of(population: IntArray, method: AllocationMethod, deviation: ArrayLike | None) -> FloatArray:
    """float64[strata]: what each stratum's share of the responses goes by."""
    if method == "equal":
        return np.ones(len(population))
    if method == "proportional":
        return population.astype(np.float64)
    refuse_unknown("allocation", method, AllocationMethod)
    if deviation is None:
        raise StatisticsError("Neyman's allocation needs the deviation of each stratum")
    spread = given.numbers("the deviation", deviation)
    given.require("the deviation", spread, np.isfinite(spread), "must be finite")
    if spread.shape != population.shape:
        raise StatisticsError(f"{len(population)} strata have {len(spread)} deviations")
    return population * spread


def filled(total: int, size: FloatArray, lower: IntArray, upper: IntArray) -> FloatArray:
    """float64[strata]: c x_h within the bounds, with that c for which they sum to the total."""
    sized = size > _NEGLIGIBLE_RELATIVE_SIZE * size.max(initial=0.0)
    if total > upper[sized].sum() + lower[~sized].sum():
        # Strata that nothing is to go to have to take what the others cannot.
        full = upper.astype(np.float64)
        left = total - int(upper[sized].sum())
        full[~sized] = filled(left, full[~sized], lower[~sized], upper[~sized])
        return full
    spread = lower.astype(np.float64)
    spread[sized] = _in_proportion(total - int(lower[~sized].sum()), size[sized], lower[sized], upper[sized])
    return spread


def _in_proportion(total: int, size: FloatArray, lower: IntArray, upper: IntArray) -> FloatArray:
    """float64[strata]: min(max(c x_h, lower), upper) where all x_h are above 0.

    The sum rises with c in straight pieces, which end where a stratum leaves its lower bound or meets
    its upper.
    """
    size = size / size.max(initial=np.finfo(np.float64).tiny)
    ends = np.concatenate([lower / size, upper / size])
    order = np.argsort(ends, kind="stable")
    ends, slope = ends[order], np.cumsum(np.concatenate([size, -size])[order])
    sums = lower.sum() + np.concatenate([[0.0], np.cumsum(slope[:-1] * np.diff(ends))])
    piece = int(np.searchsorted(sums, total))
    if piece == 0:
        return lower.astype(np.float64)
    if piece == len(sums):
        return upper.astype(np.float64)
    factor = ends[piece - 1] + (total - sums[piece - 1]) / slope[piece - 1]
    return np.asarray(np.clip(factor * size, lower, upper), np.float64)


def _rounded(real: FloatArray, total: int, upper: IntArray) -> IntArray:
    """int64[strata]: whole numbers with the same sum, by largest remainders (Hamilton's method)."""
    whole = np.floor(real + _ROUNDING_OF_COUNTS).astype(np.int64)
    remainder = np.where(whole < upper, real - whole, -1.0)
    largest = np.argsort(-remainder, kind="stable")[: total - int(whole.sum())]
    whole[largest] += 1
    return whole
