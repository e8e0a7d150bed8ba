"""A made-up survey with everything that complicates a comparison, and its covariances row by row."""

from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from sipas.stats import Cells, Column, Frame, Measure, WeightedCells, Weighting, build_cells, post_stratify
from tests.stats.rowwise import parts, residuals
from tests.stats.surveys import SMALL, random_answers

Rows = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Townspeople:
    """Strata of unequal weights, some shared by the sexes, two of a single response; drawn forms."""

    seed: int = 5
    rows: int = 200
    forms: tuple[str, ...] = ("full",)

    @cached_property
    def generator(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)

    @cached_property
    def columns(self) -> dict[str, Column]:
        g, n = self.generator, self.rows
        strata = [*g.choice(list("ABCD"), n - 2, p=[0.5, 0.3, 0.15, 0.05]).tolist(), "Y", "Z"]
        chosen = {
            "form": g.choice(self.forms, n),
            "sex": g.choice(["F", "M"], n),
            "unit": g.choice(["U1", "U2", "U3"], n, p=[0.6, 0.3, 0.1]),
            "channel": g.choice(["kiosk", "sms", "web"], n),
        }
        return {"h": Column.of(strata), **{name: Column.of(v.tolist()) for name, v in chosen.items()}}

    @property
    def sample(self) -> WeightedCells:
        return WeightedCells(self.cells, self.weighting)

    @cached_property
    def answers(self) -> NDArray[np.int16]:
        return random_answers(np.random.default_rng(self.seed + 1), self.rows)

    @cached_property
    def cells(self) -> Cells:
        return build_cells(SMALL, self.answers, self.columns)

    @cached_property
    def frame(self) -> Frame:
        size = Counter(self.labels("h"))
        g = np.random.default_rng(self.seed + 2)
        counts = np.array([n * int(g.integers(2, 40)) for _, n in sorted(size.items())])
        return Frame({"h": Column.of(sorted(size))}, counts)

    @cached_property
    def weighting(self) -> Weighting:
        return post_stratify(self.cells, self.frame, ("h",), collapse="none")

    def labels(self, name: str) -> list[str]:
        return [str(label) for label in self.columns[name].labels()]

    def of(self, **levels: str) -> Mask:
        """The respondents with these levels."""
        found = np.ones(self.rows, dtype=np.bool_)
        for name, level in levels.items():
            found &= np.array(self.labels(name)) == level
        return found

    @cached_property
    def weight(self) -> Rows:
        size = Counter(self.labels("h"))
        count = dict(zip(self.frame.columns["h"].labels(), self.frame.counts.tolist(), strict=True))
        return np.array([count[h] / size[h] for h in self.labels("h")])

    def pull(self, measure: Measure, inside: Mask, mean: bool = False, weight: Rows | None = None) -> Rows:
        """w e of every respondent; `weight` other than the survey's."""
        ratios = parts(SMALL, measure, self.answers, self.labels("form"), mean)
        used = self.weight if weight is None else weight
        return used * residuals(ratios, used, inside)[0]

    def estimate(self, measure: Measure, inside: Mask, mean: bool = False) -> float:
        ratios = parts(SMALL, measure, self.answers, self.labels("form"), mean)
        return residuals(ratios, self.weight, inside)[1]

    def covariance(self, one: Rows, other: Rows, lonely: str = "adjust") -> float:
        """Of two sums over respondents, from what each respondent adds."""
        return covariance_by_hand(one, other, self.labels("h"), lonely)


def covariance_by_hand(one: Rows, other: Rows, strata: list[str], lonely: str = "adjust") -> float:
    total = 0.0
    for h, n in Counter(strata).items():
        a, b = (values[np.array(strata) == h] for values in (one, other))
        if n > 1:
            total += n / (n - 1) * float(((a - a.mean()) * (b - b.mean())).sum())
        elif lonely == "adjust":
            total += float(a[0] * b[0])
    return total


@cache
def townspeople(*forms: str) -> Townspeople:
    return Townspeople(forms=forms or ("full",))
