"""A table of indices as JSON, CSV and text."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from sipas.errors import InputError
from sipas.report.index_table import Described, IndexRow, IndexTable, Limits, Weights

Format = Literal["json", "csv", "table"]
FORMATS: tuple[Format, ...] = ("json", "csv", "table")
BY_EXTENSION: dict[str, Format] = {".json": "json", ".csv": "csv", ".txt": "table"}
Cell = str | int | float | bool | None


class OfDomain(Protocol):
    """A row of any table."""

    @property
    def by(self) -> Mapping[str, str | None]: ...


def to_json(table: msgspec.Struct) -> bytes:
    """To be read by people too; `compact` is for machines."""
    return msgspec.json.format(compact(table), indent=1) + b"\n"


def compact(table: msgspec.Struct) -> bytes:
    return msgspec.json.encode(table)


def to_csv(table: IndexTable) -> bytes:
    return csv_of(table.rows, IndexRow)


def csv_of(rows: Sequence[OfDomain], row: type[msgspec.Struct]) -> bytes:
    """A column for each variable of any table's domains, then JSON's keys in their order."""
    domains = domain_columns(rows)
    keys = [key for key in row.__struct_fields__ if key != "by"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*domains, *keys])
    for one in rows:
        cells = [getattr(one, key) for key in keys]
        writer.writerow([*(one.by.get(name) for name in domains), *map(csv_text, cells)])
    return out.getvalue().encode()


def domain_columns(rows: Iterable[OfDomain]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.by))


def csv_text(cell: Cell | list[str]) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case list():
            return "; ".join(cell)
        case _:
            return repr(cell) if isinstance(cell, float) else str(cell)


def to_text(table: IndexTable) -> str:
    """For a terminal: shares in percent, one line a row, what holds for all of them beneath."""
    return "\n".join([*aligned(*text_rows(table)), "", *footnotes(table)]) + "\n"


def footnotes(table: Described) -> Iterator[str]:
    weights = table.weights
    strata = f" by {', '.join(weights.strata)}" if weights.strata else ""
    coverage = "" if table.coverage is None else f" · coverage {table.coverage:.1%}"
    yield f"index {table.definition.id} of {table.definition.instrument}"
    yield f"weights {weights.method}{strata}{coverage}"
    yield from calibration(weights)
    yield f"{table.source} · {table.responses} responses · {table.software}"
    yield from table.notes
    yield from weights.notes
    yield from (f"pooled: {p.strata} strata, n = {p.n}, N = {p.population}" for p in weights.pooled)


def calibration(weights: Weights) -> Iterator[str]:
    if weights.margins:
        bounds = "" if weights.bounds is None else f" · bounds {span(weights.bounds)}"
        yield f"margins {', '.join(weights.margins)}{bounds} · iterations {weights.iterations}"
    if weights.trim is not None:
        yield f"weights trimmed to {span(weights.trim)}: {weights.trimmed} responses"


def span(limits: Limits) -> str:
    return " to ".join("any" if limit is None else f"{limit:g}" for limit in limits)


def text_rows(table: IndexTable) -> tuple[list[str], list[list[str]]]:
    domains = domain_columns(table.rows)
    header = [*domains, "measure", "estimate", "low", "high", "n", "n_effective", "deff", "reliable", "notes"]
    rows = [[*(row.by.get(name) or "" for name in domains), *text_cells(row)] for row in table.rows]
    for row, cells in zip(table.rows, rows, strict=True):
        if domains and not row.by:
            cells[0] = "(all)"
    return header, rows


def text_cells(row: IndexRow) -> list[str]:
    times, unit = (100, " %") if row.statistic == "share" else (1, "")
    figures = ["–" if v is None else f"{times * v:.2f}{unit}" for v in (row.estimate, row.low, row.high)]
    rest = ["–" if v is None else f"{v:.{digits}f}" for v, digits in ((row.n_effective, 0), (row.deff, 2))]
    return [row.measure, *figures, str(row.n), *rest, "yes" if row.reliable else "no", "; ".join(row.notes)]


RIGHT = {"estimate", "low", "high", "n", "n_effective", "deff"}


def aligned(
    header: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[str] = RIGHT
) -> list[str]:
    """Lines of columns; `right`: those that hold numbers."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if name in right else cell.ljust(width)
            for name, cell, width in zip(header, row, widths, strict=True)
        ).rstrip()
        for row in (header, *rows)
    ]


def rendered(table: IndexTable, format_: Format) -> bytes:
    match format_:
        case "json":
            return to_json(table)
        case "csv":
            return to_csv(table)
        case "table":
            return to_text(table).encode()


def choose_format(format_: str | None, extension: str, default: Format) -> Format:
    """As asked for, else as the file's name says."""
    if format_ is None:
        return BY_EXTENSION.get(extension.lower(), default)
    for known in FORMATS:
        if format_ == known:
            return known
    raise InputError(f"format: {format_!r} is none of {', '.join(FORMATS)}")
