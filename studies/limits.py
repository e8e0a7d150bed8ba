"""Limits of coverage, and the points beyond them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from studies.coverage import Coverage
from studies.settings import Setting

LOW, HIGH = 0.945, 0.985  # of the mean over all shares
LEAST, LEAST_RARE = (
    0.92,
    0.85,
)  # at any share; the second where dissatisfied answers are hardly to be expected


@dataclass(frozen=True)
class Point:
    """The coverage of an interval at one share of one setting."""

    setting: Setting
    share: float
    dissatisfied: float
    covered: float

    def __str__(self) -> str:
        return f"{self.covered:.3f} at p = {self.share:g} ({self.setting}; {self.dissatisfied:.2g} expected)"


def judged(found: Sequence[Coverage]) -> list[Coverage]:
    return [one for one in found if one.judged]


def points(found: Sequence[Coverage], interval: int, *, rare: bool) -> list[Point]:
    """All points judged, the lowest first; `rare`: where dissatisfied answers are hardly to be expected."""
    return sorted(
        (
            Point(
                one.setting, float(one.shares[p]), float(one.dissatisfied[p]), float(one.covered[p, interval])
            )
            for one in judged(found)
            for p in np.flatnonzero(one.some_expected != rare).tolist()
        ),
        key=lambda point: point.covered,
    )


def failures(found: Sequence[Coverage], interval: int = 0, errors: float = 0.0) -> Iterator[str]:
    """Yield a sentence for each point beyond the limits by more than so many Monte-Carlo standard errors."""
    for one in judged(found):
        mean, slack = float(one.mean[interval]), errors * error(LOW, one.surveys * len(one.shares))
        if not LOW - slack <= mean <= HIGH + slack:
            yield f"{one.setting}: mean coverage {mean:.4f}, not {LOW}–{HIGH}"
    for rare, least in ((False, LEAST), (True, LEAST_RARE)):
        for point in points(found, interval, rare=rare):
            if point.covered < least - errors * error(least, found[0].surveys):
                yield f"{point}, not {least} or more"


def error(coverage: float, surveys: int) -> float:
    """The Monte-Carlo standard error of a coverage."""
    return float(np.sqrt(coverage * (1 - coverage) / surveys))
