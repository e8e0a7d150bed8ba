"""Surveys drawn by chance: many at once, each a unit of one large round."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from sipas.stats import (
    Cells,
    Column,
    Frame,
    IndexDefinition,
    Measure,
    Scoring,
    WalkUp,
    Weighting,
    build_cells,
    item_measure,
    overall_measure,
    post_stratify,
)
from sipas.stats.arrays import FloatArray, IntArray
from studies.settings import Answers, Sample, chances, dissatisfied, sizes

# So many that finite-population factors are as good as 1: the truth is the service's, not a list's.
TRANSACTIONS = 1_000_000


@dataclass(frozen=True)
class Surveys:
    """Cells by survey, stratum and group.

    Parameters
    ----------
    cells : Cells
    weighting : Weighting
    measure : Measure
    truth : float64[cells]
        The true share of dissatisfied answers there.
    """

    cells: Cells
    weighting: Weighting
    measure: Measure
    truth: FloatArray


def draw_surveys(
    answers: Answers, sample: Sample, n: IntArray, share: FloatArray, random: np.random.Generator
) -> Surveys:
    """One survey for each n and true share, of whom as many answer in each stratum and group as planned."""
    planned = np.concatenate([sizes(sample, size) for size in n.tolist()])
    some = planned > 0
    truth = np.concatenate([dissatisfied(sample, one) for one in share.tolist()])[some]
    counts = draw_respondents(answers, planned[some], truth, random)
    kinds = kinds_of_respondent(answers.items)
    columns = name_columns(sample, len(n))
    cells = Cells(
        kinds.scoring,
        {name: column.select(some) for name, column in columns.items()},
        planned[some],
        (kinds.sums.T @ counts.T).T,
    )
    return Surveys(cells, weigh(cells, sample, len(n)), measure_of(answers), truth)


def draw_respondents(
    answers: Answers, n: IntArray, truth: FloatArray, random: np.random.Generator
) -> IntArray:
    """int64[cells, items + 1]: how many respondents have 0, 1 … dissatisfied answers."""
    distinct, which = np.unique(truth, return_inverse=True)
    by_share = np.stack([chances(answers, one) for one in distinct.tolist()])
    return random.multinomial(n, by_share[which])


@cache
def kinds_of_respondent(items: int) -> Cells:
    """One respondent of each kind, with 0, 1 … dissatisfied answers: cells of many are sums of these."""
    scoring = Scoring(tuple(f"q{j}" for j in range(items)), {"all": tuple(range(items))}, (0, 1), 1)
    kinds = np.arange(items + 1)
    answers = (np.arange(items) >= kinds[:, None]).astype(np.int8)
    return build_cells(scoring, answers, {"kind": Column(kinds.astype(np.int32), numbered(items + 1))})


def name_columns(sample: Sample, surveys: int) -> dict[str, Column]:
    """The key of every survey, stratum and group, in this order."""
    shape = (surveys, len(sample.transactions), len(sample.groups))
    codes = np.indices(shape, dtype=np.int32).reshape(3, -1)
    names = ("unit", "stratum", "group")
    return {name: Column(code, numbered(size)) for name, code, size in zip(names, codes, shape, strict=True)}


@cache
def numbered(size: int) -> tuple[str, ...]:
    return tuple(f"{number:05}" for number in range(size))


def weigh(cells: Cells, sample: Sample, surveys: int) -> Weighting:
    strata = name_columns(Sample("", sample.transactions, sample.responses), surveys)
    counts = np.tile(np.rint(TRANSACTIONS * np.array(sample.transactions)).astype(np.int64), surveys)
    return post_stratify(
        cells,
        Frame({name: strata[name] for name in ("unit", "stratum")}, counts),
        ("unit", "stratum"),
        walk_up=WalkUp(cells.columns["group"].codes == 1) if sample.walk_up else None,
        collapse=sample.collapse,
    )


def measure_of(answers: Answers) -> Measure:
    scoring = kinds_of_respondent(answers.items).scoring
    if answers.items == 1:
        return item_measure(scoring, scoring.items[0])
    return overall_measure(scoring, IndexDefinition("pooled", "pooled"))
