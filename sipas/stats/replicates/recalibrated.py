"""Replicates of calibrated weights: each is brought to the margins anew."""

from dataclasses import dataclass, replace

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.calibration.distances import Distance, find_distance
from sipas.stats.calibration.patterns import Patterns
from sipas.stats.calibration.solve import solve
from sipas.stats.grouping import summed
from sipas.stats.weights.weights import Weighting

# Weights that are calibrated under another name; post-stratified from base weights, which is linear.
_DISTANCES = {"rake": "raking", "post-stratify": "linear"}


@dataclass(frozen=True)
class Recalibration:
    """Respondents' weights before calibration, and the calibration itself.

    Parameters
    ----------
    patterns : Patterns
    distance : Distance
    pattern : int64[kinds]
        The pattern of margins' levels that each kind of respondent has.
    before : float64[kinds]
        The weight of each respondent before calibration.
    """

    patterns: Patterns
    distance: Distance
    pattern: IntArray
    before: FloatArray

    @classmethod
    def of(cls, weighting: Weighting, cell: IntArray) -> "Recalibration | None":
        """For kinds of respondents in these cells; None if not calibrated, or trimmed after."""
        calibration = weighting.regression
        if calibration is None:
            return None
        distance = find_distance(_DISTANCES.get(weighting.method, weighting.method), calibration.bounds)
        patterns = calibration.patterns
        return cls(patterns, distance, patterns.code[cell], calibration.weight[cell])

    def ratio(self, times: FloatArray) -> FloatArray:
        """float64[kinds]: after over before, each kind so many times; NaN where margins cannot be met."""
        design = summed(self.pattern, times * self.before, len(self.patterns.design))
        problem = replace(self.patterns.problem(), design=design)
        if not (problem.auxiliaries.T @ design > 0).all():
            return np.full(len(self.pattern), np.nan)  # a level without anybody
        try:
            return solve(problem, self.distance).ratio[self.pattern]
        except StatisticsError:
            return np.full(len(self.pattern), np.nan)
