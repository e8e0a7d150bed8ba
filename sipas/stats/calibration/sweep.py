"""Iterative proportional fitting (Deming and Stephan 1940)."""

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray
from sipas.stats.calibration.infeasible import explain
from sipas.stats.calibration.patterns import Patterns
from sipas.stats.calibration.solve import MOST_ROUNDS, Solution
from sipas.stats.grouping import summed

# The largest relative error of a margin at which raking is done.
FITTED = 1e-8


def sweep(patterns: Patterns) -> Solution:
    """Brings one margin after another to its counts, round by round, until all of them hold.

    Raises
    ------
    StatisticsError
        After 100 rounds without reaching an error of 1e-8.
    """
    weight = patterns.design.copy()
    for rounds in range(1, MOST_ROUNDS + 1):
        for margin in patterns.margins:
            found = summed(margin.code, weight, len(margin.totals))
            weight *= (margin.totals / found)[margin.code]
        errors = relative_errors(patterns, weight)
        error = float(np.abs(errors).max())
        if error < FITTED:
            return Solution(ratio_to(weight, patterns.design), rounds, error)
    raise StatisticsError(explain(patterns.problem(), 0.0, np.inf, errors, rounds))


def relative_errors(patterns: Patterns, weight: FloatArray) -> FloatArray:
    """float64[p]: by what part of its count each level of each margin falls short."""
    found = [summed(margin.code, weight, len(margin.totals)) for margin in patterns.margins]
    return np.concatenate(
        [1 - one / margin.totals for one, margin in zip(found, patterns.margins, strict=True)]
    )


def ratio_to(weight: FloatArray, design: FloatArray) -> FloatArray:
    """float64[patterns]: how many times what they were; 1 where they were 0."""
    return np.divide(weight, design, out=np.ones_like(design), where=design > 0)
