"""A table of comparisons as CSV and text."""

from collections.abc import Iterator
from functools import partial

from sipas.report.compare.compare_table import CompareRow, CompareTable, Headline
from sipas.report.formats import (
    TABLE_LANGUAGE,
    decimal_cell,
    domain_columns,
    domain_lines,
    figure_cell,
    probability_cell,
    table_text,
    texts_of,
)
from sipas.report.indices.index_formats import footnotes, no_factor, percent
from sipas.report.note_words import notes_text
from sipas.stats.notes import of_every_row
from sipas.tables.writer import csv_bytes

_NUMBERS = ("difference", "low", "high", "p_adjusted", "n", "against_n", "detectable")


def comparison_csv(table: CompareTable) -> bytes:
    """A column for each variable of `by`, then of `against`, then JSON's keys in their order."""
    by = domain_columns(row.by for row in table.rows)
    against = domain_columns(row.against for row in table.rows)
    keys = [key for key in CompareRow.__struct_fields__ if key not in ("by", "against")]
    common = of_every_row((*table.header.notes, *table.header.weights.notes))
    lines = (
        [*map(row.by.get, by), *(row.against.get(name) for name in against), *texts_of(row, keys, common)]
        for row in table.rows
    )
    return csv_bytes([*by, *(f"against_{name}" for name in against), *keys], lines)


def comparison_text(table: CompareTable) -> str:
    """For a terminal: differences of shares in percentage points, one line a row."""
    header = ("against", "measure", *_NUMBERS, "verdict", "notes")
    lines = domain_lines(table.rows, header, partial(_text_cells, against=table.against), _NUMBERS)
    return "\n".join([*lines, "", *_beneath(table)]) + "\n"


def _text_cells(row: CompareRow, against: str) -> list[str]:
    other = ", ".join(level or "–" for level in row.against.values()) or against
    times = 100 if row.statistic == "share" else 1
    difference, low, high, detectable = (
        decimal_cell(None if value is None else times * value, 2)
        for value in (row.difference, row.low, row.high, row.detectable)
    )
    p, sizes = probability_cell(row.p_adjusted), (str(row.n), str(row.against_n))
    verdict = table_text(f"verdict.{row.verdict}")
    return [
        other,
        row.measure,
        difference,
        low,
        high,
        p,
        *sizes,
        detectable,
        verdict,
        notes_text(row.notes, TABLE_LANGUAGE),
    ]


def _beneath(table: CompareTable) -> Iterator[str]:
    if table.rows and table.rows[0].statistic == "share":
        yield table_text("table.points")
    yield table_text("table.against", against=table.against, adjust=table.adjust)
    yield _difference_line(table)
    yield table_text("table.equal_mix" if table.mix == "equal" else "table.own_mix")
    if table.mapped is not None:
        yield table_text("table.mapped", against=table.against, share=f"{table.mapped:.1%}")
    if table.headlines:
        yield table_text("table.headlines")
    yield from map(_headline, table.headlines)
    yield from footnotes(table.header)


def _difference_line(table: CompareTable) -> str:
    """Say which intervals differences have: of shares, small or unvarying sides lend theirs (MOVER)."""
    intervals = table.header.intervals
    line = table_text("table.differences", level=percent(intervals.level), ci="wald")
    if intervals.ci != "wald":
        line += " " + table_text("table.small_sides", ci=intervals.ci)
    return line + no_factor(intervals)


def _headline(line: Headline) -> str:
    """Return a line such as `overall:pooled, invited answers: 86.67 % (85.3–88.0), n = 2380`."""
    times, digits = (100, 1) if line.statistic == "share" else (1, 2)
    ends = (None if end is None else times * end for end in (line.low, line.high))
    has_interval = line.low is not None
    return table_text(
        "table.headline",
        measure=line.measure,
        channels=line.channels,
        estimate=figure_cell(line.estimate, line.statistic),
        interval="–".join(decimal_cell(end, digits) for end in ends)
        if has_interval
        else table_text("table.no_interval"),
        n=line.n,
    )
