"""Stratified samples: the margin to expect of one, and the smallest that reaches a margin."""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.planning import given
from sipas.stats.planning.allocation import AllocationMethod, allocate
from sipas.stats.planning.sizes import RELATIVE_ROUNDING_OF_SIZES, invitations, normal_quantile, rounded_up


@dataclass(frozen=True)
class Conditions:
    """The responses that a round expects, and their allocation to strata.

    Parameters
    ----------
    level : float
        Of confidence.
    deff : float
        Design effect beyond what the strata and their allocation do.
    response_rate : float
        The share of the invited who are expected to answer, above 0 and at most 1.
    method : {"equal", "proportional", "neyman"}
    minimum : int
        Least responses of a stratum; of a smaller one, all there are.
    """

    level: float = 0.95
    deff: float = 1.0
    response_rate: float = 1.0
    method: AllocationMethod = "proportional"
    minimum: int = 0

    def most(self, population: IntArray) -> IntArray:
        """int64[strata]: the expected responses if all transactions are invited, rounded up."""
        return rounded_up(np.multiply(population, self.response_rate, dtype=np.float64))

    def expected(self, responses: IntArray, population: IntArray) -> FloatArray:
        """float64[strata]: the responses that the invitations for so many are expected to bring."""
        invited = invitations(responses, population, self.response_rate)
        return np.multiply(invited, self.response_rate, dtype=np.float64)


def stratified_margins(
    population: ArrayLike,
    responses: ArrayLike,
    deviation: ArrayLike,
    group: IntArray | None = None,
    *,
    level: float = 0.95,
    deff: float = 1.0,
) -> FloatArray:
    """The margin of error to expect of a share in groups of strata.

    e = z √(deff Σ_h (N_h / N)² (1 − n_h / N_h) S_h² / n_h) (Cochran 1977, 5.3). Strata without a
    response are stood for by the others of their group in proportion.

    Parameters
    ----------
    population : array of int, strata
        N_h.
    responses : array of float, strata
        n_h; expected numbers need not be whole.
    deviation : array of float, strata
        S_h; for a share p_h about √(p_h (1 − p_h)).
    group : int64[strata], optional
        The group of each stratum, from 0 up; without it all are one.
    level, deff
        As for `sipas.stats.planning.sample_sizes`.

    Returns
    -------
    float64[groups]
        NaN where no response is expected; 0 for a complete count.

    Raises
    ------
    StatisticsError
        Counts or deviations below 0, more responses than transactions, or a level outside (0, 1).
    """
    people, answered = given.counts("the population", population), given.numbers("the responses", responses)
    spread, group = given.numbers("the deviation", deviation), _group_of_all(people, group)
    given.require("the responses", answered, answered <= people, "must not be more than the transactions")
    heard = answered > 0
    groups = int(group.max(initial=0)) + 1
    total = np.bincount(group, people, groups)
    covered = np.bincount(group, np.where(heard, people, 0), groups)
    stretch = np.divide(total, covered, out=np.ones(groups), where=covered > 0)
    stands_for = people * stretch[group]
    part = np.zeros(len(people))
    np.divide(stands_for * (stands_for - answered) * spread**2, answered, out=part, where=heard)
    variance = np.full(groups, np.nan)
    np.divide(deff * np.bincount(group, part, groups), total**2, out=variance, where=covered > 0)
    return np.asarray(normal_quantile(level) * np.sqrt(variance))


def _group_of_all(population: IntArray, group: IntArray | None) -> IntArray:
    return np.zeros(len(population), np.int64) if group is None else group


def reach_margin(
    population: ArrayLike, deviation: ArrayLike, margin: float, conditions: Conditions | None = None
) -> IntArray:
    """The smallest allocation of responses whose expected margin is no more than this.

    Found by bisection over the total, each total allocated anew, so that minima, bounds and rounding
    are in it. If inviting everyone isn't enough, it is the number of responses expected from all of them.

    Parameters
    ----------
    population : array of int, strata
        N_h of one domain.
    deviation : array of float, strata
        S_h.
    margin : float
        e, as a fraction.
    conditions : Conditions

    Returns
    -------
    int64[strata]

    Raises
    ------
    StatisticsError
        What `allocate` and `stratified_margins` refuse, or a margin outside (0, 1).
    """
    given.between("the margin", margin, 0, 1)
    conditions = conditions or Conditions()
    people, spread = given.counts("the population", population), given.numbers("the deviation", deviation)
    most = conditions.most(people)

    def spread_over(total: int) -> IntArray:
        return allocate(
            total, people, conditions.method, deviation=spread, minimum=conditions.minimum, most=most
        )

    def is_enough(total: int) -> bool:
        expected = conditions.expected(spread_over(total), people)
        (reached,) = stratified_margins(
            people, expected, spread, level=conditions.level, deff=conditions.deff
        )
        return bool(reached <= margin * (1 + RELATIVE_ROUNDING_OF_SIZES))

    totals = range(int(np.minimum(conditions.minimum, most).sum()), int(most.sum()))
    return spread_over(totals.start + bisect_left(totals, True, key=is_enough))
