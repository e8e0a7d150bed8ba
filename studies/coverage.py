"""Coverage of the true value by each interval, and its width."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from sipas.stats import Estimates, Options, WeightedCells, estimate
from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.options import EffectiveN, IntervalKind
from studies.settings import Setting
from studies.surveys import Surveys, draw_surveys

# From this n_K / d on the limits hold.
ENOUGH = 20.0


@dataclass(frozen=True)
class Interval:
    name: str
    kind: IntervalKind
    effective_n: EffectiveN = "design"

    def of(self, surveys: Surveys) -> Estimates:
        sample = WeightedCells(surveys.cells, surveys.weighting)
        options = Options(ci=self.kind, effective_n=self.effective_n)
        return estimate(sample, surveys.measure, ("unit",), options)


# The first is the default.
INTERVALS = (
    Interval("Wilson, robust n", "wilson", "robust"),
    Interval("Wilson, design n", "wilson"),
    Interval("Korn–Graubard, robust n", "beta", "robust"),
    Interval("Korn–Graubard, design n", "beta"),
    Interval("logit", "logit"),
    Interval("Wald", "wald"),
)


@dataclass(frozen=True)
class Coverage:
    """The results of one setting at several true shares.

    Parameters
    ----------
    setting : Setting
    surveys : int
        For each share.
    shares : float64[shares]
    size : float
        n_K / d, known here, not estimated.
    covered, width : float64[shares, intervals]
        The part of the surveys whose interval holds the share, and the mean width.
    ideal : float64[shares]
        The mean width of Wilson's interval for as many independent answers as tell as much.
    """

    setting: Setting
    surveys: int
    shares: FloatArray
    size: float
    covered: FloatArray
    width: FloatArray
    ideal: FloatArray

    @property
    def judged(self) -> bool:
        return self.size >= ENOUGH - 1e-9

    @property
    def dissatisfied(self) -> FloatArray:
        """float64[shares]: n_K / d (1 − p), the dissatisfied among so many independent answers."""
        return self.size * (1 - self.shares)

    @property
    def some_expected(self) -> BoolArray:
        """bool[shares]: where these are 1.5 or more."""
        return self.dissatisfied >= 1.5 - 1e-9

    @property
    def mean(self) -> FloatArray:
        """float64[intervals]: the mean coverage over the shares."""
        return np.asarray(self.covered.mean(axis=0))

    @property
    def excess(self) -> FloatArray:
        """float64[intervals]: the mean over the shares of the width in relation to the ideal one."""
        return np.asarray((self.width / self.ideal[:, None]).mean(axis=0))


def find_coverage(
    setting: Setting,
    shares: tuple[float, ...],
    surveys: int,
    seed: tuple[int, ...],
    intervals: tuple[Interval, ...] = INTERVALS,
) -> Coverage:
    """Draws so many surveys of a setting at each share, and judges them as the units of one round."""
    random = np.random.default_rng(seed)
    covered, width = np.zeros((2, len(shares), len(intervals)))
    ideal, size = np.zeros(len(shares)), 0.0
    for place, share in enumerate(shares):
        drawn = draw_surveys(
            setting.answers, setting.sample, np.full(surveys, setting.n), np.full(surveys, share), random
        )
        for column, interval in enumerate(intervals):
            found = interval.of(drawn)
            covered[place, column] = holds(found, share).mean()
            width[place, column] = (found.high - found.low).mean()
        size, telling = telling_sizes(drawn, setting, share)
        ideal[place] = wilson_width(telling, share)
    return Coverage(setting, surveys, np.array(shares), size, covered, width, ideal)


def holds(found: Estimates, share: float) -> BoolArray:
    return np.asarray((found.low <= share) & (share <= found.high))


def telling_sizes(drawn: Surveys, setting: Setting, share: float) -> tuple[float, float]:
    """n_K / d, and how many independent answers have the variance of a survey's estimate.

    They differ where strata do: n_K knows nothing of what stratification gains or loses.
    """
    first = drawn.cells.columns["unit"].codes == 0
    weight, n = drawn.weighting.weight[first], drawn.cells.n[first]
    part, truth = weight * n / (weight @ n), drawn.truth[first]
    worth = setting.answers.worth
    variance = (part**2 / n) @ (truth * (1 - truth)) * worth
    return float(1 / (part**2 / n).sum() / worth), float(share * (1 - share) / variance)


def wilson_width(size: float, share: float) -> float:
    """The mean width of Wilson's 95 % interval over all outcomes of so many independent answers."""
    n = round(size)
    estimate, z = np.arange(n + 1) / n, stats.norm.ppf(0.975)
    half = z * np.sqrt(estimate * (1 - estimate) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return float(2 * half @ stats.binom.pmf(np.arange(n + 1), n, share))
