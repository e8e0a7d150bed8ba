"""Rows of text, joined column by column: each different value is written as text once."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sipas.report.export.export_table import MISSING_ANSWERS, ExportColumn, ExportTable, RowBatch

CellText = Callable[[Any], str]
_ABSENT = {-1: None, -2: "NA", -3: "-"}  # answers in CSV and XLSX, as sipas reads them
_FURTHEST = len(MISSING_ANSWERS)


class JoinedCells:
    """Writes rows. separator: between cells. start, end: of each row."""

    def __init__(
        self, table: ExportTable, cell: CellText, separator: str = "", start: str = "", end: str = ""
    ) -> None:
        self.separator = separator
        self.columns = table.columns
        last = len(table.columns) - 1
        self.cells = [
            _framed(cell, start if place == 0 else "", end if place == last else "")
            for place in range(len(table.columns))
        ]
        self.texts = [_texts_of(one, text) for one, text in zip(table.columns, self.cells, strict=True)]

    def rows(self, batch: RowBatch) -> bytes:
        """Return all rows of a batch."""
        columns = [self._column(place, batch) for place in range(len(self.columns))]
        lines = pc.binary_join_element_wise(*columns, self.separator)
        _, offsets, content = lines.buffers()  # of strings one after another, which are the rows
        ends = np.frombuffer(offsets, np.int32)[lines.offset : lines.offset + len(lines) + 1]
        return bytes(memoryview(content)[ends[0] : ends[-1]])

    def _column(self, place: int, batch: RowBatch) -> pa.Array:
        column, texts = self.columns[place], self.texts[place]
        if texts is None:
            before, _, after = self.cells[place](0).partition("0")
            numbers = np.arange(batch.first + 1, batch.first + len(batch) + 1)
            return pc.binary_join_element_wise(before, pc.cast(pa.array(numbers), pa.string()), after, "")
        offset = _FURTHEST if column.kind == "answer" else 1
        return texts.take(pa.array(column.take(batch.rows).astype(np.int32) + offset))


def _framed(cell: CellText, start: str, end: str) -> CellText:
    return lambda value: start + cell(value) + end


def _texts_of(column: ExportColumn, cell: CellText) -> pa.Array | None:
    """Return the text of each code; None of a column that numbers the rows."""
    if column.kind == "row":
        return None
    absent: Sequence[object] = [None]
    if column.kind == "answer":
        absent = [_ABSENT[code] for code in sorted(MISSING_ANSWERS)]
    return pa.array([cell(value) for value in (*absent, *column.values)], pa.string())
