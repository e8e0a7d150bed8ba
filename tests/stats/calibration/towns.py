"""A small survey with skips, forms that draw items, unequal weights and a lonely stratum."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sipas.stats import Cells, Column, Frame, Margins, Weighting, build_cells, post_stratify
from tests.stats.surveys import SMALL, random_answers

STRATA = ("unit", "channel")
MARGINS = Margins(
    {
        "unit": {"A": 300.0, "B": 250.0, "C": 50.0},
        "sex": {"F": 330.0, "M": 270.0},
        "age": {"old": 120.0, "mid": 300.0, "young": 180.0},
    }
)


@dataclass(frozen=True)
class TownSurvey:
    answers: NDArray[np.int16]
    columns: Mapping[str, Column]
    cells: Cells

    def labels(self, name: str) -> list[str]:
        return [str(label) for label in self.columns[name].labels()]

    def by_respondent(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Numbers of cells as numbers of respondents."""
        of_cell = dict(zip(self.keys(self.cells.columns), values.tolist(), strict=True))
        return np.array([of_cell[key] for key in self.keys(self.columns)])

    def keys(self, columns: Mapping[str, Column]) -> list[tuple[str | None, ...]]:
        return list(zip(*(columns[name].labels() for name in self.columns), strict=True))

    def strata(self) -> list[str]:
        return [f"{u} {c}" for u, c in zip(self.labels("unit"), self.labels("channel"), strict=True)]

    def design(self) -> Weighting:
        return post_stratify(self.cells, self.frame(), STRATA, collapse="none")

    def frame(self) -> Frame:
        counts = {("A", "x"): 210, ("A", "y"): 90, ("B", "x"): 60, ("B", "y"): 195, ("C", "x"): 45}
        columns = {name: Column.of([key[place] for key in counts]) for place, name in enumerate(STRATA)}
        return Frame(columns, np.array(list(counts.values())))


def town_survey(seed: int = 1, rows: int = 160) -> TownSurvey:
    """Stratum C x has one respondent."""
    rng = np.random.default_rng(seed)
    drawn = {
        "unit": rng.choice(["A", "B"], rows, p=[0.7, 0.3]),
        "channel": rng.choice(["x", "y"], rows),
        "sex": rng.choice(["F", "M"], rows, p=[0.4, 0.6]),
        "age": rng.choice(["old", "mid", "young"], rows),
        "form": rng.choice(["full", "kiosk", "two"], rows),
    }
    drawn["unit"][0], drawn["channel"][0] = "C", "x"
    columns = {name: Column.of(values.tolist()) for name, values in drawn.items()}
    answers = random_answers(rng, rows)
    return TownSurvey(answers, columns, build_cells(SMALL, answers, columns))
