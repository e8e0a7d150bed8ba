"""Write an export in the format that its file's name says, whole or not at all."""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, Final

from sipas.errors import InputError
from sipas.report.export.binary_files import write_dta, write_parquet, write_sav
from sipas.report.export.export_notes import note_lines
from sipas.report.export.export_table import ExportTable
from sipas.report.export.text_files import Advance, write_csv, write_xlsx
from sipas.report.request import OPTIONS, EstimateRequest, Parser, read_request
from sipas.stopping import check_deadline

WriteTable = Callable[[ExportTable, BinaryIO, Advance], None]
TABLE_FORMATS: Final[Mapping[str, WriteTable]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "sav": write_sav,
    "dta": write_dta,
    "parquet": write_parquet,
}
MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "sav": "application/x-spss-sav",
    "dta": "application/x-stata-dta",
    "parquet": "application/vnd.apache.parquet",
}
_OPTION_NAMES = (
    *("round", "where", "period", "index", "weights", "weight-column", "collapse", "channels", "flagged"),
    *("out-of-date", "margins", "bounds", "trim"),
)
EXPORT_OPTIONS: Final[dict[str, Parser]] = {name: OPTIONS[name] for name in _OPTION_NAMES}


def read_export_request(options: Iterable[tuple[str, str]]) -> EstimateRequest:
    """Return the request. Its weights are of the whole round."""
    return read_request(options, EXPORT_OPTIONS)


def choose_export_format(extension: str, formats: Iterable[str] = TABLE_FORMATS) -> str:
    """Return the format of a file's extension."""
    found = extension.removeprefix(".").lower()
    known = list(formats)
    if found not in known:
        names = ", ".join(f".{name}" for name in known)
        given = f"{extension!r} is no format of exports" if extension else "the file's name has no extension"
        raise InputError(f"output: {given}; name the file with one of {names}")
    return found


def save_whole(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file beside its final place and move it there once it is whole."""
    partial = path.with_name(f".{path.name}.{token_hex(4)}.partial")
    try:
        with partial.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def write_table(
    table: ExportTable, format_: str, file: BinaryIO, advance: Advance = lambda rows: None
) -> None:
    """Write the rows. It stops when the client of the request has left."""

    def step(rows: int) -> None:
        check_deadline()
        advance(rows)

    TABLE_FORMATS[format_](table, file, step)


def side_note(table: ExportTable) -> bytes:
    return "".join(f"{line}\n" for line in note_lines(table.facts)).encode()


def note_path(path: Path) -> Path:
    """Return the place of the side note of a file that cannot hold one."""
    return path.with_name(f"{path.name}.txt")
