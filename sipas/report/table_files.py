"""Tables of results as XLSX and Parquet: numbers as numbers, codes of domains as text."""

import io
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from sipas.tables.sheet_writer import SheetWriter, Value, row_xml
from sipas.tables.workbook import OWN_SHEET

TableFileFormat = Literal["xlsx", "parquet"]
TABLE_FILE_FORMATS: tuple[TableFileFormat, ...] = get_args(TableFileFormat)
TABLE_MEDIA_TYPES: Mapping[TableFileFormat, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
Columns = Mapping[str, Sequence[Value]]


def table_xlsx(columns: Columns, notes: Sequence[str]) -> bytes:
    """Return a workbook of the table, with its notes on a second sheet."""
    file = io.BytesIO()
    with SheetWriter(file) as book:
        with book.sheet("table", [*columns]) as sheet:
            sheet.add("".join(map(row_xml, zip(*columns.values(), strict=True))).encode())
        with book.sheet(f"{OWN_SHEET}notes", ["notes"]) as sheet:
            sheet.add("".join(row_xml([line]) for line in notes).encode())
    return file.getvalue()


def table_parquet(columns: Columns, texts: Sequence[str], description: bytes) -> bytes:
    """Return the table. texts: columns of text. description: how it was made, as JSON in the metadata."""
    import pyarrow as pa  # no start of a command needs them
    import pyarrow.parquet as pq

    def array(name: str, values: Sequence[Value]) -> pa.Array:
        is_empty = all(value is None for value in values)
        return pa.array(values, pa.string() if name in texts else pa.float64() if is_empty else None)

    arrays = {name: array(name, values) for name, values in columns.items()}
    table = pa.table(arrays).replace_schema_metadata({b"sipas table": description})
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()
