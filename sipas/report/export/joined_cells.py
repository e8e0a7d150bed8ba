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
    """The cells of each column as text, by code."""

    def __init__(self, table: ExportTable, cell: CellText) -> None:
        self.table, self.cell = table, cell
        self.texts = [_texts_of(column, cell) for column in table.columns]

    def rows(self, batch: RowBatch, separator: str, start: str, end: str) -> str:
        """Return all rows of a batch, each between `start` and `end`."""
        columns = [
            self._column(column, texts, batch)
            for column, texts in zip(self.table.columns, self.texts, strict=True)
        ]
        lines = pc.binary_join_element_wise(*columns, separator) if len(columns) > 1 else columns[0]
        return start + f"{end}{start}".join(lines.to_pylist()) + end

    def _column(self, column: ExportColumn, texts: pa.Array | None, batch: RowBatch) -> pa.Array:
        if texts is None:
            return pa.array([self.cell(n) for n in range(batch.first + 1, batch.first + len(batch) + 1)])
        offset = _FURTHEST if column.kind == "answer" else 1
        return texts.take(pa.array(column.take(batch.rows).astype(np.int32) + offset))


def _texts_of(column: ExportColumn, cell: CellText) -> pa.Array | None:
    if column.kind == "row":
        return None
    absent: Sequence[object] = [None]
    if column.kind == "answer":
        absent = [_ABSENT[code] for code in sorted(MISSING_ANSWERS)]
    return pa.array([cell(value) for value in (*absent, *column.values)], pa.string())
