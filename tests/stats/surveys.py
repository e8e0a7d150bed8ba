"""Surveys to estimate from: the reference sets, and small made-up ones."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sipas.stats import Cells, Column, Frame, IndexDefinition, Measure, Scoring, build_cells, overall_measure
from sipas.stats.arrays import AnswerArray
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import read_instrument
from tests.stats.goldens import REFERENCE


@dataclass(frozen=True)
class Survey:
    instrument: Instrument
    answers: AnswerArray
    columns: Mapping[str, Column]
    cells: Cells

    @property
    def scoring(self) -> Scoring:
        return self.cells.scoring

    def overall(self, index: str) -> Measure:
        return overall_measure(self.scoring, self.instrument.index(index))


@cache
def read_survey(name: str) -> Survey:
    instrument = read_instrument((REFERENCE / name / "instrument.toml").read_text(encoding="utf-8"))
    scoring = instrument.scoring()
    rows = read_rows(f"{name}/responses.csv")
    answers = np.array([[int(row[item] or -1) for item in scoring.items] for row in rows], dtype=np.int16)
    known = {*scoring.items, "response_id", "stratum", "N_h", "n_h", "weight"}
    columns = {key: Column.of([row[key] for row in rows]) for key in rows[0] if key not in known}
    return Survey(instrument, answers, columns, build_cells(scoring, answers, columns))


@cache
def sipas_frame() -> Frame:
    rows = read_rows("sipas/frame.csv")
    columns = ("city", "district", "unit", "procedure_group", "channel")
    counts = np.array([int(row["N_h"]) for row in rows])
    return Frame({name: Column.of([row[name] for row in rows]) for name in columns}, counts)


def read_rows(path: str) -> list[dict[str, str]]:
    with (REFERENCE / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def read_json(path: str) -> Any:
    return json.loads((REFERENCE / path).read_text(encoding="utf-8"))


# Two factors, of two items and of three, after an overall question; a kiosk asks one item of each.
SMALL = Scoring(
    items=("overall", "a1", "a2", "b1", "b2", "b3"),
    factors={"a": (1, 2), "b": (3, 4, 5)},
    points=(1, 2, 3, 4, 5),
    satisfied=4,
    forms={
        "full": (Fraction(1),) * 6,
        "kiosk": (Fraction(1), *(Fraction(1, 2),) * 2, *(Fraction(1, 3),) * 3),
        "two": (Fraction(1), *(Fraction(1),) * 2, *(Fraction(2, 3),) * 3),
        "short": (Fraction(1), *(Fraction(0),) * 5),
    },
)
POOLED = overall_measure(SMALL, IndexDefinition("pooled", "pooled"))
UNEQUAL = overall_measure(SMALL, IndexDefinition("unequal", "factors", {"a": 0.3, "b": 0.7}))
QUESTION = overall_measure(SMALL, IndexDefinition("question", "question", question="overall"))


def random_answers(generator: np.random.Generator, rows: int, scoring: Scoring = SMALL) -> NDArray[np.int16]:
    """Answers that hang together within a respondent; some are missing, in all three ways."""
    mood = generator.normal(3.4, 0.8, (rows, 1))
    answers = np.clip(np.rint(mood + generator.normal(0, 0.8, (rows, len(scoring.items)))), 1, 5)
    missing = generator.random(answers.shape) < 0.15
    answers[missing] = generator.choice([-1, -2, -3], missing.sum())
    return answers.astype(np.int16)


def satisfied(*pattern: str) -> NDArray[np.int16]:
    """Answers to one item a column: `+` satisfied, `-` not, `.` missing; one string a respondent."""
    meaning = {"+": 5, "-": 1, ".": -1}
    answers = [[meaning[sign] for sign in respondent] for respondent in pattern]
    return np.array(answers, dtype=np.int16).reshape(len(pattern), -1 if pattern else 1)


# One item, in a factor of its own.
ONE = Scoring(items=("q",), factors={"f": (0,)}, points=(1, 2, 3, 4, 5), satisfied=4)


def one_item_cells(strata: Mapping[str, str], **columns: Sequence[str | None]) -> Cells:
    """Cells of one item: for each stratum its answers, as `satisfied` reads them; other columns too."""
    answers = satisfied(*(sign for signs in strata.values() for sign in signs))
    h = Column.of([name for name, signs in strata.items() for _ in signs])
    return build_cells(
        ONE, answers, {"h": h, **{name: Column.of(values) for name, values in columns.items()}}
    )


def one_column_frame(**counts: int) -> Frame:
    return Frame({"h": Column.of(list(counts))}, np.array(list(counts.values())))
