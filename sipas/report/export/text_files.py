"""Exports as CSV and XLSX."""

from collections.abc import Callable
from itertools import count, islice
from typing import Any, BinaryIO

from sipas.report.export.export_notes import codebook_rows, note_lines
from sipas.report.export.export_table import BATCH_ROWS, ExportTable, RowBatch, batches
from sipas.report.export.joined_cells import JoinedCells
from sipas.tables.sheet_writer import SHEET_ROWS_MOST, SheetWriter, cell_xml, row_xml
from sipas.tables.workbook import OWN_SHEET
from sipas.tables.writer import csv_bytes, csv_cell

Advance = Callable[[int], None]  # is called with the rows that were written
_SHEET_BATCHES = (SHEET_ROWS_MOST - 1) // BATCH_ROWS


def write_csv(table: ExportTable, file: BinaryIO, advance: Advance) -> None:
    file.write(csv_bytes([column.name for column in table.columns], ()))
    cells = JoinedCells(table, _csv_text, separator=",", end="\n")
    for batch in batches(table):
        file.write(cells.rows(batch))
        advance(len(batch))


def _csv_text(value: Any) -> str:
    return "" if value is None else csv_cell(str(value))


def write_xlsx(table: ExportTable, file: BinaryIO, advance: Advance) -> None:
    """Write the rows, then a sheet of the columns and their codes, and one of notes.

    Rows beyond what a sheet can hold follow on further sheets.
    """
    cells = JoinedCells(table, cell_xml, start="<row>", end="</row>")
    left = iter(batches(table))
    with SheetWriter(file) as book:
        for number in count(1):
            part = list(islice(left, _SHEET_BATCHES))
            if not part:
                break
            _write_rows(table, book, part, cells, number, advance)
        header, *rows = codebook_rows(table)
        with book.sheet(f"{OWN_SHEET}codebook", header) as sheet:
            sheet.add("".join(map(row_xml, rows)).encode())
        with book.sheet(f"{OWN_SHEET}notes", [table.facts.round]) as sheet:
            sheet.add("".join(row_xml([line]) for line in note_lines(table.facts)).encode())


def _write_rows(
    table: ExportTable,
    book: SheetWriter,
    part: list[RowBatch],
    cells: JoinedCells,
    number: int,
    advance: Advance,
) -> None:
    title = table.title if number == 1 else f"{table.title} {number}"
    with book.sheet(title, [column.name for column in table.columns]) as sheet:
        for batch in part:
            sheet.add(cells.rows(batch))
            advance(len(batch))
