"""CSV and XLSX files in: every cell trimmed and in NFC, every complaint with file, row and column."""

from sipas.tables.answers import AnswerTable, Coded, read_answers
from sipas.tables.rows import Row, Table, parse_table, read_table

__all__ = ["AnswerTable", "Coded", "Row", "Table", "parse_table", "read_answers", "read_table"]
