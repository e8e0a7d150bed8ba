"""Thin strata that differ by 30 points from those that are heard well: what the rule of pooling does."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sipas.stats import WeightedCells, estimate
from sipas.stats.arrays import FloatArray
from studies.coverage import holds
from studies.settings import ITEM, MANY, Sample, Setting
from studies.surveys import draw_surveys

GAP = 0.30
HELD = (0.05, 0.20, 0.60)
WELL_HEARD = (0.5, 0.3, 0.2)  # of what the thin strata do not hold
WELL_HEARD_RESPONSES = 32

# The number of thin strata, and of responses in each.
THIN = ((1, 4), (8, 2))

# With the default rule coverage is this or more, and the mean error at most so much.
LEAST_COVERED, MOST_BIASED = 0.87, 0.01

# The satisfied share of the strata that are heard well, where the thin ones are worse, and better.
OTHERS = {GAP: (0.80, 0.90, 0.95), -GAP: (0.50, 0.60, 0.65)}


@dataclass(frozen=True)
class ThinStrata:
    """The results of one setting at several shares.

    Parameters
    ----------
    setting : Setting
    held : float
        The share of the transactions that is in thin strata.
    gap : float
        By how much more dissatisfied they are.
    others : tuple of float
        The satisfied share of the strata that are heard well.
    covered, bias, width, reliable, sure_and_wrong : float64[others]
        The part of the surveys whose interval holds the truth, the mean error, the mean width, the
        part called reliable, and the part called reliable whose interval misses the truth.
    """

    setting: Setting
    held: float
    gap: float
    others: tuple[float, ...]
    covered: FloatArray
    bias: FloatArray
    width: FloatArray
    reliable: FloatArray
    sure_and_wrong: FloatArray

    @property
    def is_pooled_by_rule(self) -> bool:
        return self.setting.sample.collapse == "auto"


def thin_sample(held: float, strata: int, each: int, gap: float) -> tuple[Sample, int]:
    """The sample, and how many responses it has."""
    responses = (*(WELL_HEARD_RESPONSES,) * len(WELL_HEARD), *(each,) * strata)
    n = sum(responses)
    sample = Sample(
        f"{strata} thin",
        transactions=(*((1 - held) * part for part in WELL_HEARD), *(held / strata,) * strata),
        responses=tuple(count / n for count in responses),
        apart=(*(0.0,) * len(WELL_HEARD), *(gap,) * strata),
    )
    return sample, n


def every_thin() -> Iterator[tuple[Setting, float, float]]:
    """The settings, with what the thin strata hold and by how much more dissatisfied they are."""
    for answers in (ITEM, MANY):
        for held in HELD:
            for strata, each in THIN:
                for gap in OTHERS:
                    sample, n = thin_sample(held, strata, each, gap)
                    for collapsed in (sample, replace(sample, collapse="none")):
                        yield Setting(answers, collapsed, n), held, gap


def find_thin(given: tuple[Setting, float, float], surveys: int, seed: tuple[int, ...]) -> ThinStrata:
    setting, held, gap = given
    random, others = np.random.default_rng(seed), OTHERS[gap]
    found = np.zeros((5, len(others)))
    for place, share in enumerate(others):
        found[:, place] = _judge(setting, share - held * gap, surveys, random)
    return ThinStrata(setting, held, gap, others, *found)


def _judge(setting: Setting, truth: float, surveys: int, random: np.random.Generator) -> list[float]:
    drawn = draw_surveys(
        setting.answers, setting.sample, np.full(surveys, setting.n), np.full(surveys, truth), random
    )
    made = estimate(WeightedCells(drawn.cells, drawn.weighting), drawn.measure, ("unit",))
    covered = holds(made, truth)
    return [
        float(covered.mean()),
        float(made.estimate.mean() - truth),
        float((made.high - made.low).mean()),
        float(made.reliable.mean()),
        float((made.reliable & ~covered).mean()),
    ]
