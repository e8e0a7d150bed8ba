"""A table row by row: for catalogues and frames, which fit in memory many times over."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sipas.errors import TableError
from sipas.tables.cells import clean_cell
from sipas.tables.records import FIRST_SHEET, TablePlace, records_of

_T = TypeVar("_T")


@dataclass(frozen=True)
class TableRow:
    file: str
    number: int
    cells: Mapping[str, str]

    def error(self, column: str | None, problem: str) -> TableError:
        return TableError(self.file, problem, row=self.number, column=column)

    def find(self, column: str) -> str | None:
        """The cell's text; None where it is empty or the file has no such column."""
        return self.cells.get(column) or None

    def get(self, column: str) -> str:
        text = self.find(column)
        if text is None:
            raise self.error(column, "is empty")
        return text

    def find_as(self, column: str, parse: Callable[[str], _T]) -> _T | None:
        text = self.find(column)
        return None if text is None else self.parsed(column, text, parse)

    def get_as(self, column: str, parse: Callable[[str], _T]) -> _T:
        return self.parsed(column, self.get(column), parse)

    def parsed(self, column: str, text: str, parse: Callable[[str], _T]) -> _T:
        try:
            return parse(text)
        except ValueError as problem:
            raise self.error(column, str(problem)) from None


@dataclass(frozen=True)
class Table:
    file: str
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    header_row: int = 1


def read_table(
    path: Path | str,
    required: Iterable[str] = (),
    rename: Mapping[str, str] | None = None,
    place: TablePlace = FIRST_SHEET,
) -> Table:
    """Every row of a CSV or XLSX file. `rename`: our name for a column → the file's name for it."""
    return parse_table(Path(path).name, Path(path).read_bytes(), required, rename, place)


def parse_table(
    file: str,
    content: bytes,
    required: Iterable[str] = (),
    rename: Mapping[str, str] | None = None,
    place: TablePlace = FIRST_SHEET,
) -> Table:
    """As `read_table`, of a file's content."""
    with records_of(file, content, required, rename, place) as records:
        rows = tuple(
            TableRow(records.file, number, dict(zip(records.header, map(clean_cell, cells), strict=True)))
            for number, cells in records.rows
        )
    return Table(records.file, records.header, rows, records.header_row)
