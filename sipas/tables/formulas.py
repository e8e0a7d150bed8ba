"""Formulas of a workbook whose values no program has calculated: their cells would read as empty."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any

from sipas.errors import TableError

_FORMULA = "f"
_NO_VALUE = "n"  # Excel marks the calculated value "" as text
_TAGS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ")
_CHUNK_BYTES = 1 << 20


@contextmanager
def formula_rows(content: bytes, title: str) -> Iterator[Iterable[Sequence[Any]]]:
    """The rows of a sheet with formulas in place of values; empty rows where the workbook has none."""
    if not _has_formulas(content):
        yield repeat(())
        return
    import openpyxl  # 0.2 s, which no start of the service needs

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    try:
        sheet = book[title]
        sheet.reset_dimensions()
        yield sheet.iter_rows()
    finally:
        book.close()


def refuse_uncalculated(file: str, number: int, values: Sequence[Any], formulas: Sequence[Any]) -> None:
    for value, formula in zip(values, formulas, strict=False):
        if formula.data_type == _FORMULA and value.value is None and value.data_type == _NO_VALUE:
            problem = (
                "the cell holds a formula without its value; open the file in Excel or LibreOffice,"
                " save it, and read it again"
            )
            raise TableError(file, problem, row=number, column=formula.column_letter)


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if "worksheets/" in name and name.endswith(".xml")]
        return any(_names_a_formula(archive, name) for name in sheets)


def _names_a_formula(archive: zipfile.ZipFile, name: str) -> bool:
    longest, before = max(map(len, _TAGS)), b""
    with archive.open(name) as sheet:
        while chunk := sheet.read(_CHUNK_BYTES):
            text = before + chunk
            if any(tag in text for tag in _TAGS):
                return True
            before = text[-longest:]
    return False
