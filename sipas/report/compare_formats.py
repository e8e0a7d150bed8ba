"""A table of comparisons as JSON, CSV and text."""

import csv
import io
from collections.abc import Iterable

from sipas.report.compare_table import CompareRow, CompareTable, Domain
from sipas.report.formats import Format, aligned, csv_text, footnotes, to_json

NUMBERS = ("difference", "low", "high", "p_adjusted", "n", "against_n", "detectable")


def rendered_comparison(table: CompareTable, format_: Format) -> bytes:
    match format_:
        case "json":
            return to_json(table)
        case "csv":
            return to_csv(table)
        case "table":
            return to_text(table).encode()


def columns_of(domains: Iterable[Domain]) -> list[str]:
    return list(dict.fromkeys(name for domain in domains for name in domain))


def to_csv(table: CompareTable) -> bytes:
    """A column for each variable of `by`, then of `against`, then JSON's keys in their order."""
    by, against = columns_of(row.by for row in table.rows), columns_of(row.against for row in table.rows)
    keys = [key for key in CompareRow.__struct_fields__ if key not in ("by", "against")]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*by, *(f"against_{name}" for name in against), *keys])
    for row in table.rows:
        levels = [*(row.by.get(name) for name in by), *(row.against.get(name) for name in against)]
        writer.writerow([*levels, *(csv_text(getattr(row, key)) for key in keys)])
    return out.getvalue().encode()


def to_text(table: CompareTable) -> str:
    """For a terminal: shares in percent and differences in percentage points, one line a row."""
    by = columns_of(row.by for row in table.rows)
    header = [*by, "against", "measure", *NUMBERS, "verdict", "notes"]
    lines = [
        [*(row.by.get(name) or "" for name in by), *text_cells(row, table.against)] for row in table.rows
    ]
    return "\n".join([*aligned(header, lines, NUMBERS), "", *beneath(table)]) + "\n"


def text_cells(row: CompareRow, against: str) -> list[str]:
    other = ", ".join(level or "–" for level in row.against.values()) or against
    difference, low, high, detectable = (
        points(value, row.statistic) for value in (row.difference, row.low, row.high, row.detectable)
    )
    p = probability(row.p_adjusted)
    sizes = (str(row.n), str(row.against_n))
    verdict = row.verdict.replace("_", " ")
    return [other, row.measure, difference, low, high, p, *sizes, detectable, verdict, "; ".join(row.notes)]


def probability(p: float | None) -> str:
    if p is None:
        return "–"
    return "<0.0001" if p < 0.0001 else f"{p:.4f}"


def points(value: float | None, statistic: str) -> str:
    times = 100 if statistic == "share" else 1
    return "–" if value is None else f"{times * value:.2f}"


def beneath(table: CompareTable) -> Iterable[str]:
    if table.rows and table.rows[0].statistic == "share":
        yield "differences in percentage points"
    yield f"against {table.against} · p adjusted by {table.adjust} for each measure and table"
    if table.mix == "equal":
        yield "both sides weighted to the strata that both answered in"
    if table.mapped is not None:
        yield f"share of {table.against} mapped to today's units: {table.mapped:.1%}"
    for line in table.headlines:
        estimate = "–" if line.estimate is None else points(line.estimate, line.statistic)
        yield f"{line.measure}, {line.channels} answers: {estimate} (n = {line.n})"
    yield from footnotes(table)
