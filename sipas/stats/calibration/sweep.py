"""Iterative proportional fitting (Deming and Stephan 1940)."""

import numpy as np

from sipas.stats.arrays import FloatArray
from sipas.stats.calibration.patterns import Patterns
from sipas.stats.calibration.solve import CALIBRATION_ITERATIONS_MOST, Solution
from sipas.stats.grouping import summed

# The largest relative error of a margin at which raking is done.
RAKED_RELATIVE_ERROR = 1e-8


def sweep(patterns: Patterns) -> Solution:
    """Brings one margin after another to its counts, round by round, until all of them hold.

    It stops after 100 rounds even where the error has not come below 1e-8.
    """
    weight = patterns.design.copy()
    rounds, error = 0, np.inf
    while rounds < CALIBRATION_ITERATIONS_MOST and not error < RAKED_RELATIVE_ERROR:
        for margin in patterns.margins:
            found = summed(margin.code, weight, len(margin.totals))
            weight *= (margin.totals / found)[margin.code]
        rounds, error = rounds + 1, float(np.abs(relative_errors(patterns, weight)).max())
    return Solution(_ratio_to(weight, patterns.design), rounds, error)


def relative_errors(patterns: Patterns, weight: FloatArray) -> FloatArray:
    """Return the relative shortfall of each level of each margin from its count: float64[p]."""
    found = [summed(margin.code, weight, len(margin.totals)) for margin in patterns.margins]
    return np.concatenate(
        [1 - one / margin.totals for one, margin in zip(found, patterns.margins, strict=True)]
    )


def _ratio_to(weight: FloatArray, design: FloatArray) -> FloatArray:
    """Return weight / design; 1 where design is 0. float64[patterns]."""
    return np.divide(weight, design, out=np.ones_like(design), where=design > 0)
