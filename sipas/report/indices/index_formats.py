"""A table of indices as CSV and text."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from sipas.report.formats import csv_of, decimal, domain_lines, figure
from sipas.report.indices.index_table import (
    Described,
    IndexRow,
    IndexTable,
    Intervals,
    Limits,
    Weights,
)
from sipas.report.note_words import in_words, said
from sipas.report.sources.source import LINEARIZATION

_LISTED = 5
_NUMBERS = ("estimate", "low", "high", "n", "n_effective", "deff")
# Columns of tables that have them: of means, and where a second opinion was asked for.
_ASKED: dict[str, Callable[[IndexRow], str]] = {
    "rescaled": lambda row: decimal(row.rescaled, 1),
    "rescaled_low": lambda row: decimal(row.rescaled_low, 1),
    "rescaled_high": lambda row: decimal(row.rescaled_high, 1),
    "se_replicates": lambda row: f"{decimal(row.se_replicates, 5)} ({decimal(row.se, 5)})",
}


def to_csv(table: IndexTable) -> bytes:
    return csv_of(table.rows, IndexRow, (*table.notes, *table.weights.notes))


def to_text(table: IndexTable) -> str:
    """For a terminal: shares in percent, one line a row, what holds for all of them beneath."""
    asked = tuple(name for name in _ASKED if any(getattr(row, name) is not None for row in table.rows))
    header = ("measure", *_NUMBERS, *asked, "reliable", "notes")
    lines = domain_lines(table.rows, header, partial(_text_cells, asked=asked), (*_NUMBERS, *asked))
    return "\n".join([*lines, "", interval_line(table.intervals), *footnotes(table)]) + "\n"


def _text_cells(row: IndexRow, asked: Sequence[str]) -> list[str]:
    figures = [figure(value, row.statistic) for value in (row.estimate, row.low, row.high)]
    sizes = [str(row.n), decimal(row.n_effective, 0), decimal(row.deff, 2)]
    further = [_ASKED[name](row) for name in asked]
    return [row.measure, *figures, *sizes, *further, "yes" if row.reliable else "no", said(row.notes, "en")]


def interval_line(intervals: Intervals) -> str:
    ends_stand_on_n = intervals.ci in ("wilson", "beta")
    size = f" on {intervals.effective_n} effective n" if ends_stand_on_n else ""
    opinion = "" if intervals.replicates is None else f" · se by {intervals.replicates} (by linearisation)"
    variance = "" if intervals.variance == LINEARIZATION else f" · variance by {intervals.variance}"
    return (
        f"{percent(intervals.level)} intervals: {intervals.ci}{size}{no_factor(intervals)}{opinion}{variance}"
    )


def percent(level: float) -> str:
    return f"{100 * level:g} %"


def no_factor(intervals: Intervals) -> str:
    if intervals.fpc:
        return ""
    return ", without finite-population factor (they speak about the service, not about the period's list)"


def footnotes(table: Described) -> Iterator[str]:
    weights = table.weights
    strata = f" by {', '.join(weights.strata)}" if weights.strata else ""
    base = "" if weights.column is None else f" from column {weights.column}"
    coverage = "" if table.coverage is None else f" · coverage {table.coverage:.1%}"
    yield f"index {table.definition.id} of {table.definition.instrument}"
    yield f"weights {weights.method}{base}{strata}{coverage}"
    yield from _calibration(weights)
    flagged = ", without those answered too fast" if table.flagged == "exclude" else ""
    yield f"{table.source} · {table.responses} responses{flagged} · {table.software}"
    yield from (in_words(note, "en") for note in (*table.notes, *weights.notes))
    yield from _pools(weights)


def _pools(weights: Weights) -> Iterator[str]:
    """The first few; a city has hundreds."""
    for pool in weights.pooled[:_LISTED]:
        shared = ", ".join(f"{name}={level}" for name, level in pool.by.items())
        of = f" of {shared}" if shared else ""
        yield f"pooled: {pool.strata} strata{of}, n = {pool.n}, N = {pool.population}"
    if len(weights.pooled) > _LISTED:
        yield f"pooled: {len(weights.pooled) - _LISTED} more; --format json lists all"


def _calibration(weights: Weights) -> Iterator[str]:
    if weights.margins:
        bounds = "" if weights.bounds is None else f" · bounds {_span(weights.bounds)}"
        yield f"margins {', '.join(weights.margins)}{bounds} · iterations {weights.iterations}"
    if weights.trim is not None:
        yield f"weights trimmed to {_span(weights.trim)}: {weights.trimmed} responses"


def _span(limits: Limits) -> str:
    return " to ".join("any" if limit is None else f"{limit:g}" for limit in limits)
