"""Raking a million responses to three margins through cells, beside numpy and the `svy` library."""

import numpy as np
import polars as pl
import svy

from bench.indices import best, time_once
from bench.printing import print_table, spread
from bench.survey import STRATA, Survey
from sipas.stats import Cells, Margins, Scoring, Weighting, build_cells, rake

RESPONSES, UNITS = 1_000_000, 600
ROUNDS = 3
TOLERANCE = 1e-8  # of a margin, relative; the library is asked for the same
KEY_ALONE = Scoring((), {}, (1, 2, 3, 4, 5), 4)  # raking needs the counts of cells, and no answer


def bench() -> None:
    survey = Survey.drawn(RESPONSES, UNITS)
    codes = np.stack([survey.columns[name].codes for name in STRATA])
    cells, margins, sample = survey.cells(), known_margins(survey), sample_of(survey)
    check(cells, rake(cells, margins), rake_by_library(sample, margins))
    timed = [
        (
            best(lambda: codes.sum(1)),
            time_once(lambda: rake_by_library(sample, margins)),
            best(lambda: rake(key_cells(survey), margins)),
            best(lambda: rake(cells, margins)),
        )
        for _ in range(ROUNDS)
    ]
    show(timed, cells)


def known_margins(survey: Survey, seed: int = 2) -> Margins:
    """Seven transactions a response, more or less by a third."""
    rng, counts = np.random.default_rng(seed), {}
    for name in STRATA:
        column = survey.columns[name]
        count = np.bincount(column.codes) * rng.uniform(4.7, 9.3, len(column.levels))
        count *= 7 * RESPONSES / count.sum()
        counts[name] = dict(zip(column.levels, count.tolist(), strict=True))
    return Margins(counts)


def key_cells(survey: Survey) -> Cells:
    return build_cells(KEY_ALONE, survey.answers[:, :0], survey.columns)


def sample_of(survey: Survey) -> svy.Sample:
    columns = {name: np.array(column.levels)[column.codes] for name, column in survey.columns.items()}
    return svy.Sample(pl.DataFrame({**columns, "one": np.ones(RESPONSES)}), svy.Design(wgt="one"))


def rake_by_library(sample: svy.Sample, margins: Margins) -> svy.Sample:
    controls = {name: dict(counts) for name, counts in margins.counts.items()}
    return sample.weighting.rake(controls=controls, tol=TOLERANCE)


def check(cells: Cells, ours: Weighting, theirs: svy.Sample) -> None:
    """The same sum of squares of the weights before it is of interest how fast they were found."""
    weight = theirs.data["rk_wgt"].to_numpy()
    np.testing.assert_allclose(cells.n @ ours.weight**2, weight @ weight, rtol=1e-6)


def show(timed: list[tuple[float, float, float, float]], cells: Cells) -> None:
    one_pass, library, from_responses, from_cells = zip(*timed, strict=True)
    named = [
        ("numpy `sum` over the codes of the three columns", one_pass),
        (f"svy {svy.__version__}", library),
        ("sipas, from responses", from_responses),
        ("sipas, from cells", from_cells),
    ]
    print_table(
        f"Raking {RESPONSES:,} responses to {UNITS} units, 4 channels and 20 procedures",
        ["", "ms", "svy, in multiples of it"],
        [
            [name, spread(found, 1), spread([a / b for a, b in zip(library, found, strict=True)], 1)]
            for name, found in named
        ],
        f"{len(cells):,} cells; stopped when every margin was met to a relative {TOLERANCE:g}. All give the"
        f" same weights. Medians of {ROUNDS} rounds (lowest–highest). Target: 500 ms.",
    )
