"""Settings of the simulation: correlation of answers, weights of samples, response rates."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np
from scipy import stats

from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.weights.collapse import pool_thin


@dataclass(frozen=True)
class Answers:
    """A measure, and how the answers behind it hang together.

    Each respondent is satisfied with any item with a chance of their own, Beta-distributed over
    respondents, so that any two of their answers have the same correlation whatever the share.

    Parameters
    ----------
    name : str
    items : int
        One: an item's share; more: a pooled index.
    correlation : float
        The correlation of two answers of a respondent.
    """

    name: str
    items: int
    correlation: float = 0.0

    @property
    def worth(self) -> float:
        """d: the variance of a respondent's share of satisfied answers over that of a single answer."""
        return self.correlation + (1 - self.correlation) / self.items


@cache
def chances(answers: Answers, dissatisfied: float) -> FloatArray:
    """float64[items + 1]: the chance of 0, 1 … dissatisfied answers, of which this share is expected."""
    if answers.items == 1:
        return np.array([1 - dissatisfied, dissatisfied])
    strength = 1 / answers.correlation - 1
    odds = stats.betabinom(answers.items, dissatisfied * strength, (1 - dissatisfied) * strength)
    found: FloatArray = odds.pmf(np.arange(answers.items + 1))
    found /= found.sum()
    return found


@dataclass(frozen=True)
class Sample:
    """Respondents from several strata.

    Parameters
    ----------
    name : str
    transactions, responses : tuple of float
        Each stratum's share.
    walk_up : float
        The walk-up share of each stratum's responses, weighted separately if above 0.
    relative : tuple of float
        How dissatisfied each stratum is, in relation to the others.
    apart : tuple of float, optional
        By how much the share of dissatisfied answers of each stratum differs from one common share.
    collapse : {"auto", "none"}
        Whether thin strata are pooled.
    """

    name: str
    transactions: tuple[float, ...]
    responses: tuple[float, ...]
    walk_up: float = 0.0
    relative: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)
    apart: tuple[float, ...] | None = None
    collapse: Literal["auto", "none"] = "auto"

    @property
    def thin_strata(self) -> int:
        """Return how many of the strata are thin, if thin ones differ from the rest."""
        return sum(apart != 0 for apart in self.apart or ())

    @property
    def groups(self) -> tuple[float, ...]:
        """The share of each group among the responses of a stratum."""
        return (1 - self.walk_up, self.walk_up) if self.walk_up else (1.0,)


@cache
def sizes(sample: Sample, n: int) -> IntArray:
    """int64[strata * groups]: n responses in the sample's shares, each rounded up or down."""
    wanted = n * np.outer(sample.responses, sample.groups).ravel()
    whole = np.floor(wanted + 1e-9).astype(np.int64)
    whole[np.argsort(whole - wanted, kind="stable")[: n - whole.sum()]] += 1
    return whole


@cache
def dissatisfied(sample: Sample, share: float) -> FloatArray:
    """float64[strata * groups]: each one's share of dissatisfied answers, where `share` of all satisfy."""
    if sample.apart is not None:
        apart = np.array(sample.apart)
        return np.repeat(1 - share + apart - apart @ sample.transactions, len(sample.groups))
    relative = np.array(sample.relative)
    return np.repeat((1 - share) * relative / (relative @ sample.transactions), len(sample.groups))


@dataclass(frozen=True)
class Setting:
    answers: Answers
    sample: Sample
    n: int

    def __str__(self) -> str:
        return f"{self.answers.name}, {self.sample.name}, n = {self.n}"

    def is_of(self, answers: Answers, sample: Sample) -> bool:
        return (self.answers, self.sample) == (answers, sample)

    @property
    def is_pooled(self) -> bool:
        """Whether some strata have too few responses to stay alone, and are few enough to be pooled."""
        n = sizes(self.sample, self.n).reshape(len(self.sample.responses), -1).sum(axis=1)
        counts = np.rint(1_000_000 * np.array(self.sample.transactions)).astype(np.int64)
        one = np.zeros(len(n), dtype=np.int64)
        pools = int(pool_thin(one, one, n, counts).pool.max()) + 1
        return self.sample.collapse == "auto" and pools < len(n)


ITEM = Answers("item", 1)
FEW = Answers("index of 5", 5, 0.5)
MANY = Answers("index of 22", 22, 0.3)
MEASURES = (ITEM, FEW, MANY)

EQUAL = Sample("equal", (0.4, 0.3, 0.2, 0.1), (0.4, 0.3, 0.2, 0.1))
UNEQUAL = Sample("unequal", (0.4, 0.3, 0.2, 0.1), (0.25, 0.25, 0.25, 0.25))
VERY = Sample("very unequal", (0.55, 0.25, 0.15, 0.05), (0.15, 0.2, 0.25, 0.4))
TWO_GROUPS = Sample("walk-up", (0.4, 0.3, 0.2, 0.1), (0.4, 0.3, 0.2, 0.1), walk_up=0.8)
SAMPLES = (EQUAL, UNEQUAL, VERY, TWO_GROUPS)

SIZES = (10, 20, 30, 50, 100, 300, 1000)
SHARES = tuple(round(0.8 + 0.005 * step, 3) for step in range(40))


def every_setting() -> Iterator[Setting]:
    for answers in MEASURES:
        for sample in SAMPLES:
            for n in SIZES:
                yield Setting(answers, sample, n)


# Strata that differ: the one with the largest weights three times as dissatisfied as the others, or a third.
WORSE = replace(VERY, name="largest weights worse", relative=(3.0, 1.0, 1.0, 1.0))
BETTER = replace(VERY, name="largest weights better", relative=(1.0, 3.0, 3.0, 3.0))


def every_differing() -> Iterator[Setting]:
    for answers in (ITEM, MANY):
        for sample in (WORSE, BETTER):
            yield Setting(answers, sample, 20)
            yield Setting(answers, replace(sample, collapse="none"), 20)
            for n in (50, 200, 1000):
                yield Setting(answers, sample, n)


# One in ten of the responses for seven in ten of the transactions: four of 40 are thin, and too much to pool.
HARDLY_HEARD = Sample("hardly heard", (0.7, 0.15, 0.1, 0.05), (0.1, 0.2, 0.3, 0.4))


def every_pooled() -> Iterator[Setting]:
    for answers in (ITEM, MANY):
        for relative in (WORSE.relative, BETTER.relative):
            sample = replace(HARDLY_HEARD, relative=relative)
            yield Setting(answers, sample, 40)
            yield Setting(answers, replace(sample, collapse="none"), 40)
