"""Indices of rounds of a few units, where the worth of answers must be learnt from the same few."""

from dataclasses import dataclass

import numpy as np

from studies.coverage import INTERVALS, holds
from studies.settings import EQUAL, FEW, MANY, VERY, Setting
from studies.surveys import draw_surveys

UNITS = (1, 4, 16)
SHARES = (0.8, 0.9, 0.95, 0.98, 0.99)
ROUNDS = (
    Setting(FEW, EQUAL, 50),
    Setting(MANY, EQUAL, 50),
    Setting(MANY, VERY, 50),
    Setting(MANY, EQUAL, 150),
)


@dataclass(frozen=True)
class SmallRound:
    """covered: by the default, for each number of units in `UNITS`, and each share in `SHARES`."""

    setting: Setting
    surveys: int
    covered: tuple[tuple[float, ...], ...]


def find_small_rounds(setting: Setting, surveys: int, seed: tuple[int, ...]) -> SmallRound:
    random = np.random.default_rng(seed)
    covered = tuple(
        tuple(cover(setting, units, share, surveys, random) for share in SHARES) for units in UNITS
    )
    return SmallRound(setting, surveys, covered)


def cover(setting: Setting, units: int, share: float, surveys: int, random: np.random.Generator) -> float:
    """The part of the units of so many rounds that the default interval covers."""
    n, shares = np.full(units, setting.n), np.full(units, share)
    rounds = -(-surveys // units)
    hits = 0
    for _ in range(rounds):
        drawn = draw_surveys(setting.answers, setting.sample, n, shares, random)
        hits += int(holds(INTERVALS[0].of(drawn), share).sum())
    return hits / (rounds * units)
