"""Coverage of true ranks by ranges of ranks: of all units at once, and of each alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from sipas.stats import WeightedCells
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.contrasts import estimate_jointly
from sipas.stats.ranking import Ranks, rank_joint
from studies.limits import error
from studies.settings import EQUAL, ITEM, MANY, VERY, Answers, Sample
from studies.surveys import draw_surveys

LEVEL = 0.95
UNITS = (5, 20, 60)


@dataclass(frozen=True)
class City:
    """Units that are ranked: their sizes by turns, their true shares in mixed order.

    Parameters
    ----------
    answers : Answers
    sample : Sample
    sizes : tuple of int
        Responses of a unit.
    truth : str
        A name in `TRUTHS`.
    units : int
    """

    answers: Answers
    sample: Sample
    sizes: tuple[int, ...]
    truth: str
    units: int

    @property
    def span(self) -> str:
        return "–".join(map(str, sorted({min(self.sizes), max(self.sizes)})))

    @property
    def n(self) -> IntArray:
        """int64[units]."""
        return np.resize(np.array(self.sizes, dtype=np.int64), self.units)

    @property
    def shares(self) -> FloatArray:
        """float64[units]: the true shares, not in the order of the sizes."""
        return np.random.default_rng(self.units).permutation(TRUTHS[self.truth](self.units))


# Ties are what ranges of ranks find hardest: there every unit's true rank is all the ranks of its tie.
TRUTHS: dict[str, Callable[[int], FloatArray]] = {
    "all alike, 0.85": lambda units: np.full(units, 0.85),
    "all alike, 0.97": lambda units: np.full(units, 0.97),
    "five ties, 0.75–0.95": lambda units: np.repeat(np.linspace(0.75, 0.95, 5), units // 5),
    "all different, 0.75–0.95": lambda units: np.linspace(0.75, 0.95, units),
}
SURVEYED: tuple[tuple[Answers, Sample, tuple[int, ...]], ...] = (
    (ITEM, EQUAL, (60,)),
    (ITEM, VERY, (100, 200, 800)),
    (MANY, VERY, (60, 120, 480)),
)


def every_city() -> Iterator[City]:
    for answers, sample, sizes in SURVEYED:
        for truth in TRUTHS:
            for units in UNITS:
                yield City(answers, sample, sizes, truth, units)


@dataclass(frozen=True)
class RankCoverage:
    """The results of the ranges of a city's ranks.

    Parameters
    ----------
    city : City
    rounds : int
    together : float
        The part of the rounds in which every simultaneous range holds its unit's true ranks.
    joint : float
        Likewise for ranges from the overlap of joint intervals.
    alone : float
        The part of the units whose marginal range does.
    width : float
        The mean number of ranks in a simultaneous range, as a part of all ranks.
    ranked : float
        The part of the units that are ranked at all.
    """

    city: City
    rounds: int
    together: float
    joint: float
    alone: float
    width: float
    ranked: float


def least_together(rounds: int) -> float:
    """The level less two Monte-Carlo errors."""
    return LEVEL - 2 * error(LEVEL, rounds)


def find_rank_coverage(city: City, rounds: int, seed: tuple[int, ...]) -> RankCoverage:
    random, shares = np.random.default_rng(seed), city.shares
    outcomes = np.array([judge(draw_ranks(city, number, random), shares) for number in range(rounds)])
    return RankCoverage(city, rounds, *outcomes.mean(axis=0).tolist())


def draw_ranks(city: City, number: int, random: np.random.Generator) -> Ranks:
    drawn = draw_surveys(city.answers, city.sample, city.n, city.shares, random)
    return rank_joint(
        estimate_jointly(WeightedCells(drawn.cells, drawn.weighting), drawn.measure, ("unit",)),
        LEVEL,
        seed=number,
    )


def judge(ranks: Ranks, shares: FloatArray) -> tuple[float, float, float, float, float]:
    """together, joint, alone, width and ranked of one round; the true ranks are those among the ranked."""
    ranked = ranks.ranked
    true, count = shares[ranked], max(1, int(ranked.sum()))
    best = 1 + (true[:, None] < true).sum(axis=1)
    worst = count - (true[:, None] > true).sum(axis=1)

    def held(low: FloatArray, high: FloatArray) -> BoolArray:
        return np.asarray((low[ranked] <= best) & (worst <= high[ranked]))

    alone = held(ranks.low, ranks.high)
    return (
        float(held(ranks.low_simultaneous, ranks.high_simultaneous).all()),
        float(held(ranks.low_joint, ranks.high_joint).all()),
        float(alone.sum() / count) if len(alone) else 1.0,
        float((1 + ranks.high_simultaneous - ranks.low_simultaneous)[ranked].sum() / count**2),
        float(ranked.mean()),
    )
