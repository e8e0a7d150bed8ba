"""Synthetic answers of a city, as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sipas.stats import (
    Cells,
    Column,
    Frame,
    IndexDefinition,
    Measure,
    Scoring,
    build_cells,
    factor_measure,
    overall_measure,
)

ITEMS_OF = {"access": 4, "procedures": 5, "officials": 6, "results": 3, "feedback": 4}
PROCEDURES, CHANNELS = 20, 4
STRATA = ("unit", "channel", "procedure")
SAMPLED = 7  # transactions to a response
BLOCK = 1 << 18


@dataclass(frozen=True)
class Survey:
    """Responses of a round: answers int8[responses, items], and their strata."""

    scoring: Scoring
    answers: NDArray[np.int8]
    columns: Mapping[str, Column]

    @classmethod
    def drawn(cls, responses: int, units: int, seed: int = 1) -> "Survey":
        rng = np.random.default_rng(seed)
        scoring = score()
        answers = draw_answers(rng, responses, len(scoring.items))
        columns = {
            name: Column(
                rng.integers(0, levels, responses, dtype=np.int32), tuple(f"{n:03}" for n in range(levels))
            )
            for name, levels in zip(STRATA, (units, CHANNELS, PROCEDURES), strict=True)
        }
        return cls(scoring, answers, columns)

    def cells(self) -> Cells:
        return build_cells(self.scoring, self.answers, self.columns)

    def six_indices(self) -> tuple[Measure, ...]:
        """The overall index of all items, and the five factors."""
        pooled = overall_measure(self.scoring, IndexDefinition("pooled", "pooled"))
        return pooled, *(factor_measure(self.scoring, factor) for factor in ITEMS_OF)


def draw_answers(rng: np.random.Generator, responses: int, items: int) -> NDArray[np.int8]:
    """Points 1 to 5, and -1 for no answer; block by block, as eight bytes are drawn for every one kept."""
    answers = np.empty((responses, items), dtype=np.int8)
    for start in range(0, responses, BLOCK):
        block = answers[start : start + BLOCK]
        block[:] = rng.choice(6, block.shape, p=(0.03, 0.03, 0.05, 0.14, 0.4, 0.35))
        block[block == 0] = -1
    return answers


def score() -> Scoring:
    items = ["overall", *(f"{factor}{n}" for factor, count in ITEMS_OF.items() for n in range(1, count + 1))]
    factors = {
        factor: tuple(place for place, item in enumerate(items) if item.startswith(factor))
        for factor in ITEMS_OF
    }
    every_item = {"full": (Fraction(1),) * len(items)}
    return Scoring(tuple(items), factors, (1, 2, 3, 4, 5), 4, every_item)


def frame_of(cells: Cells) -> Frame:
    counted = cells.regroup(STRATA)
    return Frame({name: counted.columns[name] for name in STRATA}, counted.n * SAMPLED)
