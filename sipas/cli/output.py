"""Results on stdout, in the format that was asked for. Everything else goes to stderr."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
import msgspec

Command = TypeVar("Command", bound=Callable[..., Any])
Record = dict[str, Any]

format_option = click.option(
    "--format", "format_", type=click.Choice(["json", "csv", "table"]), default="json", show_default=True
)


def show(result: object, format_: str) -> None:
    """A Struct or a sequence of Structs or dicts: one record, or one a line of the table."""
    plain = msgspec.to_builtins(result)
    if format_ == "json":
        click.echo(
            msgspec.json.format(msgspec.json.encode(plain), indent=2 if isinstance(plain, list) else 0)
        )
        return
    records = plain if isinstance(plain, list) else [plain]
    click.echo((as_csv if format_ == "csv" else as_table)(records), nl=False)


def as_csv(records: Sequence[Record]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(rows_of(records))
    return text.getvalue()


def as_table(records: Sequence[Record]) -> str:
    rows = rows_of(records)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def rows_of(records: Sequence[Record]) -> list[list[str]]:
    """The header, and a row a record; nothing at all where there is no record."""
    header = list(records[0]) if records else []
    return [header, *([cell_text(record[name]) for name in header] for record in records)] if records else []


def cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    if isinstance(value, dict | bool):
        return msgspec.json.encode(value).decode()
    return str(value)
