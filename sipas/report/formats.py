"""Any table of rows as JSON, CSV and text."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Literal, Protocol, TypeVar

import msgspec

from sipas.errors import InputError
from sipas.messages import Language, texts
from sipas.report.note_words import note_text, worded
from sipas.report.table_files import TableFileFormat, table_parquet, table_xlsx
from sipas.stats.notes import Note, of_every_row
from sipas.tables.sheet_writer import Value
from sipas.tables.writer import csv_bytes

Format = Literal["json", "csv", "table", "xlsx", "parquet"]
FORMATS: tuple[Format, ...] = ("json", "csv", "table", "xlsx", "parquet")
_BY_EXTENSION: dict[str, Format] = {
    ".json": "json",
    ".csv": "csv",
    ".txt": "table",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
}
TABLE_LANGUAGE: Language = "en"  # of JSON and of tables of text
table_text = texts(TABLE_LANGUAGE)
Cell = str | int | float | bool | None


class OfDomain(Protocol):
    """A row of any table."""

    @property
    def by(self) -> Mapping[str, str | None]: ...


_Row = TypeVar("_Row", bound=OfDomain)
Table = TypeVar("Table", bound=msgspec.Struct)


def choose_format(format_: str | None, extension: str, default: Format) -> Format:
    """As asked for, else as the file's name says."""
    if format_ is None and extension and extension.lower() not in _BY_EXTENSION:
        known = ", ".join(_BY_EXTENSION)
        raise InputError(f"output: {extension!r} is not one of {known}; name one of these, or say the format")
    if format_ is None:
        return _BY_EXTENSION.get(extension.lower(), default)
    for known in FORMATS:
        if format_ == known:
            return known
    raise InputError(f"format: {format_!r} is not one of {', '.join(FORMATS)}")


def rendered(
    table: Table, format_: Format, as_csv: Callable[[Table], bytes], as_text: Callable[[Table], str]
) -> bytes:
    match format_:
        case "json":
            return to_json(table)
        case "csv":
            return as_csv(table)
        case "table":
            return as_text(table).encode()
        case "xlsx" | "parquet":
            return table_file(table, format_, as_text(table).partition("\n\n")[2].splitlines())


def table_file(table: msgspec.Struct, format_: TableFileFormat, lines: Sequence[str] = ()) -> bytes:
    """Return a table whose rows are of domains as a workbook or as Parquet.

    lines: what a workbook says of the table; without them, the notes of its header.
    """
    rows = getattr(table, "rows", None)
    if not rows or not hasattr(rows[0], "by"):
        raise InputError(f"format: this table cannot be written as {format_}; choose csv or json")
    domains, common = domain_columns(row.by for row in rows), _common_notes(table)
    columns: dict[str, list[Value]] = {name: [row.by.get(name) for row in rows] for name in domains}
    for key in rows[0].__struct_fields__:
        if key != "by":
            columns[key] = [_typed(getattr(row, key), common) for row in rows]
    if format_ == "xlsx":
        notes = [note_text(note, TABLE_LANGUAGE) for note in _header_notes(table)]
        return table_xlsx(columns, lines or notes)
    header = getattr(table, "header", None)
    described = b"{}" if header is None else msgspec.json.encode(worded(header, TABLE_LANGUAGE))
    texts = [*domains, *(name for name, values in columns.items() if any(map(_is_text, values)))]
    return table_parquet(columns, texts, described)


def _common_notes(table: msgspec.Struct) -> Sequence[Note]:
    """Return the notes on the table that hold for every figure."""
    return of_every_row(_header_notes(table))


def _header_notes(table: msgspec.Struct) -> list[Note]:
    header = getattr(table, "header", None)
    weights = getattr(header, "weights", None)
    return [*getattr(header, "notes", []), *getattr(weights, "notes", [])]


def _typed(value: object, common: Sequence[Note]) -> Value:
    """Return a cell: numbers as they are, notes as codes."""
    if isinstance(value, list | tuple) and all(isinstance(one, Note) for one in value):
        return _codes([*value, *common])
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return str(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def to_json(table: msgspec.Struct) -> bytes:
    """To be read by people too; `compact` is for machines."""
    return msgspec.json.format(compact(table), indent=1) + b"\n"


def compact(table: msgspec.Struct) -> bytes:
    return msgspec.json.encode(_flat(worded(table, TABLE_LANGUAGE)))


def _flat(table: msgspec.Struct) -> object:
    """Return what JSON holds of a table: the fields of its header and its own side by side."""
    own = {name: getattr(table, name) for name in table.__struct_fields__}
    header = own.pop("header", None)
    return own if header is None else {**msgspec.structs.asdict(header), **own}


def csv_of(rows: Sequence[OfDomain], row: type[msgspec.Struct], common: Iterable[Note] = ()) -> bytes:
    """A column for each variable of any table's domains, then JSON's keys in their order.

    common: notes on the table and its weights; those that hold for every figure stand in every row.
    """
    domains = domain_columns(one.by for one in rows)
    keys = [key for key in row.__struct_fields__ if key != "by"]
    every = of_every_row(common)
    lines = ([*(one.by.get(name) for name in domains), *texts_of(one, keys, every)] for one in rows)
    return csv_bytes([*domains, *keys], lines)


def domain_columns(domains: Iterable[Mapping[str, str | None]]) -> list[str]:
    return list(dict.fromkeys(name for domain in domains for name in domain))


def texts_of(row: object, keys: Iterable[str], common: Sequence[Note] = ()) -> list[str]:
    return [
        _codes([*getattr(row, key), *common]) if key == "notes" else _csv_text(getattr(row, key))
        for key in keys
    ]


def _codes(notes: Iterable[Note]) -> str:
    return ";".join(dict.fromkeys(note.code for note in notes))


def _csv_text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case _:
            return repr(cell) if isinstance(cell, float) else str(cell)


def domain_lines(
    rows: Sequence[_Row], header: Sequence[str], cells: Callable[[_Row], list[str]], numbers: Collection[str]
) -> list[str]:
    """For a terminal: the columns of the domains, then those of `header`, of which `numbers` stand right."""
    domains = domain_columns(row.by for row in rows)
    lines = [[*(row.by.get(name) or "" for name in domains), *cells(row)] for row in rows]
    for row, line in zip(rows, lines, strict=True):
        if domains and not row.by:
            line[0] = table_text("table.all")
    return aligned([*domains, *header], lines, numbers)


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[str]) -> list[str]:
    """Lines of columns; `right`: those that hold numbers."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if name in right else cell.ljust(width)
            for name, cell, width in zip(header, row, widths, strict=True)
        ).rstrip()
        for row in (header, *rows)
    ]


def figure_cell(value: float | None, statistic: str, digits: int = 2) -> str:
    """Shares in percent, means on the scale."""
    if value is None:
        return "–"
    return f"{100 * value:.{digits}f} %" if statistic == "share" else f"{value:.{digits}f}"


def yes_or_no(fact: bool | None) -> str:
    return "–" if fact is None else table_text("table.yes" if fact else "table.no")


def decimal_cell(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def count_cell(value: int | None) -> str:
    return "–" if value is None else str(value)


def probability_cell(p: float | None) -> str:
    return "<0.0001" if p is not None and p < 0.0001 else decimal_cell(p, 4)
