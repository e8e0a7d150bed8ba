"""Six indices by domain from cells, beside one pass over these cells and beside the `svy` library."""

import time
from collections.abc import Callable

import numpy as np
import polars as pl
import svy

from bench.printing import print_table, spread
from bench.survey import SAMPLED, STRATA, Survey, frame_of
from sipas.stats import Cells, Estimates, WeightedCells, Weighting, estimate, estimate_each, post_stratify

RESPONSES, UNITS = 1_000_000, 600
FEWER, FEWER_UNITS = 50_000, 60  # what the library can do in seconds
ROUNDS, REPEATS = 7, 5
DOMAINS = (("unit",), ("unit", "channel"))


def bench() -> None:
    survey = Survey.drawn(RESPONSES, UNITS)
    cells = survey.cells()
    weighting = post_stratify(cells, frame_of(cells), STRATA)
    show([measure(survey, cells, weighting, by) for by in DOMAINS], cells, len(weighting.size))
    bench_beside_svy(Survey.drawn(FEWER, FEWER_UNITS))


def best(work: Callable[[], object]) -> float:
    """The quickest of a few runs, in milliseconds: what disturbs a run only ever slows it."""
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return 1000 * min(seconds)


def measure(
    survey: Survey, cells: Cells, weighting: Weighting, by: tuple[str, ...]
) -> tuple[str, list[tuple[float, float]]]:
    """The domains in words, and the milliseconds of both sides, round by round."""
    measures = survey.six_indices()
    domains = len(estimate(WeightedCells(cells, weighting), measures[0], by))
    timed = [
        (
            best(lambda: cells.sums.sum(0)),
            best(lambda: estimate_each(WeightedCells(cells, weighting), measures, by)),
        )
        for _ in range(ROUNDS)
    ]
    return f"six indices, {domains:,} domains ({' × '.join(by)})", timed


def show(measured: list[tuple[str, list[tuple[float, float]]]], cells: Cells, strata: int) -> None:
    passes = [one for _, timed in measured for one, _ in timed]
    print_table(
        f"Indices from {len(cells):,} cells in {strata:,} strata, of {RESPONSES:,} responses",
        ["", "ms", "in multiples of sum(0)"],
        [
            [f"numpy `sum(0)` over {cells.sums.shape[1]} sums a cell", spread(passes, 1), ""],
            *(
                [name, spread([six for _, six in timed], 1), spread([six / one for one, six in timed], 1)]
                for name, timed in measured
            ),
        ],
        f"Each is the best of {REPEATS} runs; medians of {ROUNDS} rounds (lowest–highest). Target: 5.",
    )


def bench_beside_svy(survey: Survey) -> None:
    """One index by unit. The library starts from responses and we from cells: their making is shown too."""
    cells, sample = survey.cells(), sample_of(survey)
    weighting = post_stratify(cells, frame_of(cells), STRATA, collapse="none")
    pooled = survey.six_indices()[0]

    def ask_library() -> svy.Estimate:
        return sample.estimation.ratio(y="y", x="x", by="unit")

    def ask_ours() -> Estimates:
        return estimate(WeightedCells(cells, weighting), pooled, ("unit",))

    check(ask_library(), ask_ours())
    show_beside_svy([(time_once(ask_library), best(survey.cells), best(ask_ours)) for _ in range(3)])


def show_beside_svy(timed: list[tuple[float, float, float]]) -> None:
    library, making, ours = zip(*timed, strict=True)
    both = [one + other for one, other in zip(making, ours, strict=True)]
    print_table(
        f"One index with its standard error: {FEWER:,} responses, {FEWER_UNITS} units",
        ["", "ms", "svy, in multiples of it"],
        [
            [f"svy {svy.__version__}, from responses", spread(library, 0), ""],
            [
                "sipas, from responses",
                spread(both, 1),
                spread([a / b for a, b in zip(library, both, strict=True)], 1),
            ],
            [
                "sipas, from cells",
                spread(ours, 1),
                spread([a / b for a, b in zip(library, ours, strict=True)], 0),
            ],
        ],
        "Both give the same estimates and standard errors to a relative 1e-9."
        " Medians of 3 rounds (lowest–highest).",
    )


def time_once(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def sample_of(survey: Survey) -> svy.Sample:
    """The responses with their weights and strata, and for each how many answers and how many satisfied."""
    codes = [survey.columns[name].codes for name in STRATA]
    stratum = np.ravel_multi_index(codes, [len(survey.columns[name].levels) for name in STRATA])
    items = survey.answers[:, 1:]
    population = np.bincount(stratum)[stratum] * SAMPLED
    responses = pl.DataFrame(
        {
            "unit": survey.columns["unit"].codes,
            "stratum": stratum,
            "weight": np.full(len(stratum), float(SAMPLED)),
            "population": population.astype(np.float64),
            "y": (items >= survey.scoring.satisfied).sum(1).astype(np.float64),
            "x": (items >= 0).sum(1).astype(np.float64),
        }
    )
    design = svy.Design(stratum="stratum", wgt="weight", pop_size="population", singleton="center")
    return svy.Sample(responses, design)


def check(library: svy.Estimate, ours: Estimates) -> None:
    """Both must say the same before it is of interest how fast they say it."""
    theirs = library.to_polars().sort("unit")
    np.testing.assert_allclose(theirs["est"], ours.estimate, rtol=1e-9)
    np.testing.assert_allclose(theirs["se"], ours.se, rtol=1e-9)
