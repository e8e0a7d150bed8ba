"""CSV and XLSX files in: every cell trimmed and in NFC, every complaint with file, row and column."""

from sipas.tables.answer_codes import AnswerCoding, missing_codes
from sipas.tables.answers import AnswerFile, AnswerTable, Coded, read_answers
from sipas.tables.records import TablePlace
from sipas.tables.rows import Table, TableRow, parse_table, read_table

__all__ = [
    "AnswerCoding",
    "AnswerFile",
    "AnswerTable",
    "Coded",
    "Table",
    "TablePlace",
    "TableRow",
    "missing_codes",
    "parse_table",
    "read_answers",
    "read_table",
]
