"""Building cells from 10,000,000 rows in memory, beside one pass of numpy over the same bytes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

from bench.printing import print_table, spread
from bench.resident import resident_memory
from bench.survey import Survey

RESPONSES, UNITS = 10_000_000, 600
ROUNDS = 3


def bench() -> None:
    """In a process of its own, so that the peak of memory is that of this alone."""
    subprocess.run([sys.executable, "-m", "bench.cells"], check=True)


def measure() -> None:
    survey = Survey.drawn(RESPONSES, UNITS)
    before = resident_memory(os.getpid(), peak=True)
    timed = [(timed_once(lambda: add_up(survey)), timed_once(survey.cells)) for _ in range(ROUNDS)]
    show(survey, timed, before, resident_memory(os.getpid(), peak=True))


def add_up(survey: Survey) -> None:
    """One pass over the answers, item by item, and over the codes."""
    survey.answers.sum(0)
    for column in survey.columns.values():
        column.codes.sum()


def timed_once(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def show(survey: Survey, timed: list[tuple[float, float]], before: float, peak: float) -> None:
    passes, builds = zip(*timed, strict=True)
    codes = sum(column.codes.nbytes for column in survey.columns.values())
    print_table(
        f"Cells from {RESPONSES:,} rows in memory: {survey.answers.shape[1]} int8 answers,"
        f" {len(survey.columns)} int32 codes",
        ["", "seconds", "in multiples of the pass"],
        [
            ["one pass of numpy over the same bytes: `sum(0)` of the answers, `sum` of the codes",
             spread(passes), ""],
            [f"{len(survey.cells()):,} cells, for shares and means alike", spread(builds),
             spread([build / one for one, build in timed], 1)],
        ],
        f"Medians of {ROUNDS} rounds of both (lowest–highest). Memory of the process at its peak:"
        f" {peak:,.0f} MB, of which {(survey.answers.nbytes + codes) / 2**20:,.0f} MB are the rows;"
        f" {before:,.0f} MB before the first build. Targets: 6 s, 2,048 MB.",
    )  # fmt: skip


if __name__ == "__main__":
    measure()
