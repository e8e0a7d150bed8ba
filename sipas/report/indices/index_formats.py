"""A table of indices as CSV and text."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from sipas.report.formats import (
    TABLE_LANGUAGE,
    count_cell,
    csv_of,
    decimal_cell,
    domain_lines,
    figure_cell,
    table_text,
    yes_or_no,
)
from sipas.report.indices.index_table import (
    IndexRow,
    IndexTable,
    Intervals,
    Limits,
    TableHeader,
    WeightsUsed,
)
from sipas.report.note_words import note_text, notes_text
from sipas.report.sources.source import LINEARIZATION

_POOLS_LISTED = 5
_NUMBERS = ("estimate", "low", "high", "n", "n_effective", "deff")
# Columns of tables that have them: of clusters, of means, and where a second opinion was asked for.
_ASKED: dict[str, Callable[[IndexRow], str]] = {
    "clusters": lambda row: count_cell(row.clusters),
    "roh": lambda row: decimal_cell(row.roh, 3),
    "rescaled": lambda row: decimal_cell(row.rescaled, 1),
    "rescaled_low": lambda row: decimal_cell(row.rescaled_low, 1),
    "rescaled_high": lambda row: decimal_cell(row.rescaled_high, 1),
    "se_replicates": lambda row: f"{decimal_cell(row.se_replicates, 5)} ({decimal_cell(row.se, 5)})",
}


def index_csv(table: IndexTable) -> bytes:
    return csv_of(table.rows, IndexRow, (*table.header.notes, *table.header.weights.notes))


def index_text(table: IndexTable) -> str:
    """For a terminal: shares in percent, one line a row, what holds for all of them beneath."""
    asked = tuple(name for name in _ASKED if any(getattr(row, name) is not None for row in table.rows))
    header = ("measure", *_NUMBERS, *asked, "reliable", "notes")
    lines = domain_lines(table.rows, header, partial(_text_cells, asked=asked), (*_NUMBERS, *asked))
    return "\n".join([*lines, "", interval_line(table.header.intervals), *footnotes(table.header)]) + "\n"


def _text_cells(row: IndexRow, asked: Sequence[str]) -> list[str]:
    figures = [figure_cell(value, row.statistic) for value in (row.estimate, row.low, row.high)]
    sizes = [str(row.n), decimal_cell(row.n_effective, 0), decimal_cell(row.deff, 2)]
    further = [_ASKED[name](row) for name in asked]
    return [
        row.measure,
        *figures,
        *sizes,
        *further,
        yes_or_no(row.reliable),
        notes_text(row.notes, TABLE_LANGUAGE),
    ]


def interval_line(intervals: Intervals) -> str:
    line = table_text("table.intervals", level=percent(intervals.level), ci=intervals.ci)
    if intervals.ci in ("wilson", "beta"):  # their ends stand on the effective n
        line += " " + table_text("table.on_effective_n", effective_n=intervals.effective_n)
    opinion = [] if intervals.replicates is None else ["table.se_replicates", intervals.replicates]
    variance = [] if intervals.variance == LINEARIZATION else ["table.variance", intervals.variance]
    further = [table_text(key, method=method) for key, method in filter(None, (opinion, variance))]
    return " · ".join([line + no_factor(intervals), *further])


def percent(level: float) -> str:
    return f"{100 * level:g} %"


def no_factor(intervals: Intervals) -> str:
    """Return the end of a line about intervals without the finite-population factor."""
    if intervals.fpc:
        return ""
    key = "table.no_fpc" if intervals.variance == LINEARIZATION else "table.no_fpc_clusters"
    return f", {table_text(key)}"


def footnotes(header: TableHeader) -> Iterator[str]:
    weights, definition = header.weights, header.definition
    coverage = (
        [] if header.coverage is None else [table_text("table.coverage", coverage=f"{header.coverage:.1%}")]
    )
    yield table_text("table.index", index=definition.id or "–", instrument=definition.instrument)
    yield " · ".join([weights_line(weights.method, weights.strata, weights.column), *coverage])
    yield from _calibration(weights)
    responses = table_text("table.responses", n=header.responses)
    if header.flagged == "exclude":
        responses += ", " + table_text("table.without_fast")
    yield f"{header.source} · {responses} · {header.software}"
    yield from (note_text(note, TABLE_LANGUAGE) for note in (*header.notes, *weights.notes))
    yield from _pools(weights)


def weights_line(method: str, strata: Sequence[str], column: str | None = None) -> str:
    """Return how weights were made: the method, the column of base weights, the strata."""
    parts = [table_text("table.weights", method=method)]
    if column is not None:
        parts.append(table_text("table.from_column", column=column))
    if strata:
        parts.append(table_text("table.by_strata", strata=", ".join(strata)))
    return " ".join(parts)


def _pools(weights: WeightsUsed) -> Iterator[str]:
    """Yield a line for each of the first pools; a city has hundreds."""
    for pool in weights.pooled[:_POOLS_LISTED]:
        sizes = {"strata": pool.strata, "n": pool.n, "population": pool.population}
        levels = ", ".join(f"{name}={level}" for name, level in pool.by.items())
        yield (
            table_text("table.pool_of", levels=levels, **sizes)
            if levels
            else table_text("table.pool", **sizes)
        )
    if len(weights.pooled) > _POOLS_LISTED:
        yield table_text("table.more_pools", n=len(weights.pooled) - _POOLS_LISTED)


def _calibration(weights: WeightsUsed) -> Iterator[str]:
    if weights.margins:
        bounds = [] if weights.bounds is None else [table_text("table.bounds", bounds=_span(weights.bounds))]
        names = table_text("table.margins", names=", ".join(weights.margins))
        yield " · ".join([names, *bounds, table_text("table.iterations", n=weights.iterations)])
    if weights.trim is not None:
        yield table_text("table.trimmed", bounds=_span(weights.trim), n=weights.trimmed)


def _span(limits: Limits) -> str:
    low, high = (table_text("table.no_limit") if limit is None else f"{limit:g}" for limit in limits)
    return table_text("table.limits", low=low, high=high)
