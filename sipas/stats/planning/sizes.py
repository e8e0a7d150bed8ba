"""How many responses a margin of error takes in a finite population, and what margin a number gives."""

import numpy as np
import scipy
from numpy.typing import ArrayLike

from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.planning import given

# A number this far above a whole one, relatively, is that whole one and rounding.
RELATIVE_ROUNDING_OF_SIZES = 1e-9


def sample_sizes(
    population: ArrayLike,
    margin: ArrayLike,
    share: ArrayLike = 0.5,
    *,
    level: float = 0.95,
    deff: ArrayLike = 1.0,
) -> IntArray:
    """Responses that give a share this margin of error.

    n = D / (1 + (D − 1) / N), rounded up, with D = deff z² p (1 − p) / e² (Cochran 1977, 4.4; with a
    design effect in the sense of R's `deff=TRUE`, over a simple random sample without replacement).

    Parameters
    ----------
    population : array of float, broadcast with the others
        N, completed transactions; may be infinite.
    margin : array of float
        e, half the width of the interval, as a fraction.
    share : array of float
        p, what is expected; 0.5 asks for the most.
    level : float
        Of confidence.
    deff : array of float
        Design effect.

    Returns
    -------
    int64
        At most N; 0 where N is 0.

    Raises
    ------
    StatisticsError
        A population below 0, a margin or share outside (0, 1), a level outside (0, 1), deff not above 0.
    """
    people, wanted = given.numbers("the population", population), given.between("the margin", margin, 0, 1)
    unlimited = _unit_variance(share, deff) * (normal_quantile(level) / wanted) ** 2
    people, unlimited = np.broadcast_arrays(people, unlimited)
    some = people > 0
    size = np.zeros(people.shape)
    np.divide(unlimited, 1 + (unlimited - 1) / np.where(some, people, 1), out=size, where=some)
    return rounded_up(size)


def margins(
    population: ArrayLike,
    responses: ArrayLike,
    share: ArrayLike = 0.5,
    *,
    level: float = 0.95,
    deff: ArrayLike = 1.0,
) -> FloatArray:
    """The margin of error that a number of responses gives: the inverse of `sample_sizes`.

    e = z √(deff p (1 − p) / n · (N − n) / (N − 1)) (Cochran 1977, 3.2).

    Parameters
    ----------
    population, share, level, deff
        As for `sample_sizes`.
    responses : array of float
        n; an expected number need not be whole.

    Returns
    -------
    float64
        NaN where no response is expected; 0 for a complete count.

    Raises
    ------
    StatisticsError
        As `sample_sizes`, and more responses than transactions.
    """
    people, answered = given.numbers("the population", population), given.numbers("the responses", responses)
    one = _unit_variance(share, deff)
    people, answered, one = np.broadcast_arrays(people, answered, one)
    given.require("the responses", answered, answered <= people, "must not be more than the transactions")
    left = np.ones(people.shape)
    finite = np.isfinite(people) & (people > 1)
    np.divide(people - answered, people - 1, out=left, where=finite)
    left[people <= 1] = 0.0
    variance = np.full(people.shape, np.nan)
    np.divide(one * left, answered, out=variance, where=answered > 0)
    return np.asarray(normal_quantile(level) * np.sqrt(variance))


def slovin(population: ArrayLike, margin: ArrayLike) -> IntArray:
    """Slovin's n = N / (1 + N e²), rounded up, for comparison (also printed as Yamane 1967).

    It is the size for p = 0.5 and z = 2, at a level of 0.954, whatever else is known: no expected
    share, design effect or stratum enters.

    Parameters
    ----------
    population, margin
        As for `sample_sizes`.

    Returns
    -------
    int64

    Raises
    ------
    StatisticsError
        A population below 0, or a margin outside (0, 1).
    """
    people, wanted = given.numbers("the population", population), given.between("the margin", margin, 0, 1)
    people, wanted = np.broadcast_arrays(people, wanted)
    some = people > 0
    inverse = np.zeros(people.shape)
    np.divide(1, people, out=inverse, where=some)
    return rounded_up(np.where(some, 1 / (inverse + wanted**2), 0.0))


def invitations(responses: ArrayLike, population: ArrayLike, response_rate: ArrayLike = 1.0) -> IntArray:
    """Return the invitations for an expected number of responses: n / rate rounded up, at most all.

    Parameters
    ----------
    responses : array of int
        Wanted.
    population : array of int
        Who there is.
    response_rate : array of float
        The share of the invited who are expected to answer, above 0 and at most 1.

    Returns
    -------
    int64

    Raises
    ------
    StatisticsError
        Counts that are none, or a rate outside (0, 1].
    """
    rate = np.asarray(response_rate, np.float64)
    given.require("the response rate", rate, (rate > 0) & (rate <= 1), "must lie above 0 and at most at 1")
    wanted, people = given.counts("the responses", responses), given.counts("the population", population)
    return np.minimum(rounded_up(wanted / rate), people)


def _unit_variance(share: ArrayLike, deff: ArrayLike) -> FloatArray:
    """deff p (1 − p), what one response leaves uncertain."""
    expected = given.between("the share", share, 0, 1)
    effect = np.asarray(deff, np.float64)
    given.require("the design effect", effect, (effect > 0) & np.isfinite(effect), "must be above 0")
    return np.asarray(effect * expected * (1 - expected))


def normal_quantile(level: float) -> float:
    """z: the normal distribution holds this much between −z and z."""
    given.between("the level", level, 0, 1)
    return float(-scipy.special.ndtri((1 - level) / 2))


def rounded_up(values: FloatArray) -> IntArray:
    return np.asarray(np.ceil(np.asarray(values) * (1 - RELATIVE_ROUNDING_OF_SIZES)), np.int64)
