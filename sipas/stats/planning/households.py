"""Households of a drawn village, one person of each, and the weights that follow from the probabilities."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.planning import given
from sipas.stats.planning.clusters import NUMBER_SEPARATOR
from sipas.stats.planning.drawing import permanent_numbers

ADULTS_LISTED_MOST = 10  # adults of a household that a Kish grid has a column for


def kish_grid(identifiers: Sequence[str], seed: str, adults: int = ADULTS_LISTED_MOST) -> IntArray:
    """Return which adult of each household to interview, for each possible number of adults.

    Interviewers list the adults from the oldest to the youngest. The column for the number of adults
    gives the place of the one to interview (Kish 1949). With Kish's eight tables, five adults do not
    have equal probabilities. Here each household has its own row: the place among k adults is
    ⌊u k⌋ + 1, where u in [0, 1) is the household's permanent random number. So each adult has
    probability 1 / k. As in Kish's tables, the columns agree: a small u gives an older adult in each.

    Parameters
    ----------
    identifiers : sequence of str
        Identifiers of the households.
    seed : str
        u is the permanent random number of `adult`, the separator and the identifier: see
        `permanent_numbers`.
    adults : int
        The number of columns: the largest number of adults in a household.

    Returns
    -------
    int64[households, adults]
        Places from 1; column k − 1 is for k adults.
    """
    number = permanent_numbers([f"adult{NUMBER_SEPARATOR}{name}" for name in identifiers], seed)
    upper = [int(half) for half in number[:, 0].tolist()]
    grid = [[(half * k >> 64) + 1 for k in range(1, adults + 1)] for half in upper]
    return np.array(grid, dtype=np.int64).reshape(len(identifiers), adults)


def base_weights(*probabilities: ArrayLike) -> FloatArray:
    """Return 1 / Π p: the inverse of the product of every stage's probability.

    Parameters
    ----------
    probabilities : array of float, broadcast with the others
        Of being drawn at each stage, given the stage before; above 0 and at most 1.

    Raises
    ------
    StatisticsError
        No probability, or one outside (0, 1].
    """
    if not probabilities:
        raise StatisticsError("give the probability of at least one stage")
    product = np.ones(())
    for stage, one in enumerate(probabilities, 1):
        chance = np.asarray(one, dtype=np.float64)
        allowed = (chance > 0) & (chance <= 1)
        given.require(
            f"the probability of stage {stage}", chance, allowed, "must lie above 0 and at most at 1"
        )
        product = product * chance
    return np.asarray(1 / product)


def person_weights(weight: ArrayLike, adults: ArrayLike, most: float = np.inf) -> FloatArray:
    """Return the weight of one adult of each household: that of the household times its adults.

    Parameters
    ----------
    weight : array of float, households
        1 / P(household drawn).
    adults : array of int, households
        Adults of the household, among whom one was chosen with equal chances.
    most : float
        Adults that count at most. A limit lowers the variance and lets in a small bias.

    Raises
    ------
    StatisticsError
        A household without adults, or a weight below 0.
    """
    people = given.counts("the number of adults", adults)
    given.require("the number of adults", people, people > 0, "must be 1 or more where one was interviewed")
    return np.asarray(given.numbers("the weight", weight) * np.minimum(people, most))


def response_factors(drawn: ArrayLike, answered: ArrayLike) -> FloatArray:
    """Return by how much the answers of a village stand for its households without one: drawn / answered.

    Parameters
    ----------
    drawn, answered : array of int, villages
        Households.

    Returns
    -------
    float64[villages]
        NaN where no household answered.

    Raises
    ------
    StatisticsError
        More answers than households drawn.
    """
    all_, some = given.counts("the drawn households", drawn), given.counts("the answers", answered)
    given.require("the answers", some, some <= all_, "must not be more than the households drawn")
    return np.asarray(np.divide(all_, some, out=np.full(np.shape(all_), np.nan), where=some > 0))
