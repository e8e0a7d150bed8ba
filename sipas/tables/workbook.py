"""The rows of one sheet of an XLSX file, each cell as the text that a CSV of it would hold."""

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice, repeat
from typing import Any

from sipas.errors import TableError
from sipas.tables.cells import clean_cell
from sipas.tables.formulas import formula_rows, refuse_uncalculated

_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"}
_MIDNIGHT = time(0)
OWN_SHEET = "sipas "  # sheets that describe an export begin so, and hold no responses
_ROWS_LOOKED_AT = 100  # of a sheet that is not read, to know whether it holds data


NumberedRows = Iterator[tuple[int, Sequence[str]]]


@contextmanager
def workbook_rows(
    file: str, content: bytes, skip_rows: int = 0, sheet: str | None = None
) -> Iterator[NumberedRows]:
    """Rows with their numbers, without those to skip. sheet None: the first one."""
    with _opened(file, content) as book:
        values = _sheet(file, book, sheet)
        with formula_rows(content, values.title) as formulas:
            yield _sheet_rows(file, values, skip_rows, formulas)


def sheet_names(file: str, content: bytes) -> list[str]:
    with _opened(file, content) as book:
        return [sheet.title for sheet in book.worksheets]


def other_sheets(file: str, content: bytes) -> tuple[str, ...]:
    """Sheets after the first that hold a header and rows."""
    with _opened(file, content) as book:
        others = [sheet for sheet in book.worksheets[1:] if not sheet.title.startswith(OWN_SHEET)]
        return tuple(sheet.title for sheet in others if _holds_rows(sheet))


def _holds_rows(sheet: Any) -> bool:
    sheet.reset_dimensions()
    rows = islice(sheet.iter_rows(values_only=True), _ROWS_LOOKED_AT)
    return sum(any(cell is not None for cell in row) for row in rows) >= 2


@contextmanager
def _opened(file: str, content: bytes) -> Iterator[Any]:
    import openpyxl  # 0.2 s, which no start of the service needs
    from openpyxl.utils.exceptions import InvalidFileException

    with warnings.catch_warnings():
        # openpyxl warns of drop-down lists and styles that it cannot keep; nothing is written back.
        warnings.simplefilter("ignore", UserWarning)
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise TableError(file, f"is not an XLSX workbook that can be read: {error}") from None
        try:
            yield book
        finally:
            book.close()


def _sheet(file: str, book: Any, wanted: str | None) -> Any:
    sheets = {clean_cell(sheet.title): sheet for sheet in book.worksheets}
    if wanted is None:
        return book.worksheets[0]
    if clean_cell(wanted) not in sheets:
        raise TableError(file, f"has no sheet {wanted!r}; its sheets are {', '.join(sheets)}")
    return sheets[clean_cell(wanted)]


def _sheet_rows(
    file: str, sheet: Any, skip_rows: int = 0, formulas: Iterable[Sequence[Any]] = repeat(())
) -> NumberedRows:
    """As wide as the header; formatting alone, beyond it, makes no column."""
    sheet.reset_dimensions()  # what the file says of its own size is often wrong
    width = 0
    for number, (row, row_formulas) in enumerate(zip(sheet.iter_rows(), formulas, strict=False), 1):
        if number <= skip_rows:
            continue
        refuse_uncalculated(file, number, row, row_formulas)
        cells = [_cell_text(file, number, cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        width = width or len(cells)
        yield number, cells + [""] * (width - len(cells))


def _cell_text(file: str, number: int, cell: Any) -> str:
    match cell.value:
        case None:
            return ""
        case bool() as truth:
            return str(truth).lower()
        case int() as whole:
            return _padded(whole, cell.number_format)
        case float() as real:
            return _padded(int(real), cell.number_format) if real.is_integer() else repr(real)
        case datetime() as moment:
            return moment.date().isoformat() if moment.time() == _MIDNIGHT else moment.isoformat()
        case date() | time() as part:
            return part.isoformat()
        case str() as text if text in _ERRORS:
            raise TableError(file, f"the cell shows {text}", row=number, column=cell.column_letter)
        case other:
            return str(other)


def _padded(whole: int, number_format: str) -> str:
    """A code shown as 00070 is the number 70 in the format 00000."""
    return str(whole).zfill(len(number_format)) if set(number_format) == {"0"} else str(whole)
