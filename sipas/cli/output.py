"""Results on stdout in the requested format. Everything else goes to stderr."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click
import msgspec

from sipas.report.formats import Format, aligned, choose_format, rendered
from sipas.tables.writer import csv_bytes

Command = TypeVar("Command", bound=Callable[..., Any])
_Table = TypeVar("_Table", bound=msgspec.Struct)
_Record = dict[str, Any]


class _OutputFile(click.Path):
    """A file to write. Its folder must exist, which is checked before any computation."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path: Path = super().convert(value, param, ctx)  # type: ignore[assignment]  # that of path_type
        if not path.parent.is_dir():
            self.fail(f"{value}: there is no folder {path.parent}; make it first", param, ctx)
        return path


class _NewFile(_OutputFile):
    """A file to write that does not exist yet: it might be the only copy of something, or the input."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path: Path = super().convert(value, param, ctx)
        if path.is_file():
            self.fail(f"{value} exists and would be overwritten; name a new file", param, ctx)
        return path


OUTPUT_FILE = _OutputFile(dir_okay=False, writable=True, path_type=Path)
NEW_FILE = _NewFile(dir_okay=False, writable=True, path_type=Path)

format_option = click.option(
    "--format", "format_", type=click.Choice(["json", "csv", "table"]), default="json", show_default=True
)


@dataclass(frozen=True)
class Output:
    """The destination and format of a result. file None: stdout."""

    format: Format
    file: Path | None

    def show(
        self, table: _Table, as_csv: Callable[[_Table], bytes], as_text: Callable[[_Table], str]
    ) -> None:
        self.write(rendered(table, self.format, as_csv, as_text))

    def write(self, content: bytes) -> None:
        if self.file is None:
            click.echo(content, nl=False)
        else:
            self.file.write_bytes(content)


def output_options(default: Format = "table") -> Callable[[Command], Command]:
    """Add --format and -o to a command, which takes them as its `output`."""

    usual = f"json, csv, table, xlsx or parquet (default: by FILE's name, else {default})"

    def adding(command: Command) -> Command:
        @click.option("--format", "format_", help=usual)
        @click.option(
            "-o", "--output", "file", type=OUTPUT_FILE, help="write to FILE instead of stdout", metavar="FILE"
        )
        @wraps(command)
        def with_output(format_: str | None, file: Path | None, **options: Any) -> Any:
            chosen = choose_format(format_, file.suffix if file else "", default)
            return command(output=Output(chosen, file), **options)

        return cast(Command, with_output)

    return adding


def show(result: object, format_: str) -> None:
    """Print a Struct or a sequence of Structs or dicts: one record, or one line of the table for each."""
    click.echo(listed_records(result, format_), nl=False)


def listed_records(result: object, format_: str) -> bytes:
    plain = msgspec.to_builtins(result)
    if format_ == "json":
        indent = 2 if isinstance(plain, list | tuple) else 0
        return msgspec.json.format(msgspec.json.encode(plain), indent=indent) + b"\n"
    records = plain if isinstance(plain, list | tuple) else [plain]
    return _as_columns(records, format_) if records else b""


def _as_columns(records: Sequence[_Record], format_: str) -> bytes:
    """Return a header, and a row for each record."""
    header = list(records[0])
    rows = [[_cell_text(record[name]) for name in header] for record in records]
    if format_ == "csv":
        return csv_bytes(header, rows)
    return "".join(f"{line}\n" for line in aligned(header, rows, right=())).encode()


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    if isinstance(value, dict | bool):
        return msgspec.json.encode(value).decode()
    return str(value)
