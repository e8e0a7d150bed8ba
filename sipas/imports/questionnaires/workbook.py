"""Sheets of an XLSForm: rows by normalized column names, and columns by language."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sipas.imports.questionnaires.foreign import Notes, language_code
from sipas.survey.instruments.items import Text
from sipas.tables.workbook import sheet_names, workbook_rows

NO_LANGUAGE = ""
_TRANSLATED = ("label", "hint", "form_title")
_COLUMN_NAMES = {
    "list name": "list_name",
    "relevance": "relevant",
    "caption": "label",
}


@dataclass(frozen=True)
class FormRow:
    """A row of a sheet. texts: of translated columns, by column and language."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    texts: Mapping[str, Text]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def text(self, column: str) -> Text:
        return self.texts.get(column, {})

    @property
    def place(self) -> str:
        return f"sheet {self.sheet}, row {self.number}"


def read_sheets(file: str, content: bytes, known: tuple[str, ...], notes: Notes) -> dict[str, list[FormRow]]:
    """Return the rows of the known sheets by name; note sheets that hold rows and are not known."""
    found: dict[str, list[FormRow]] = {name: [] for name in known}
    for title in sheet_names(file, content):
        name = title.strip().lower()
        with workbook_rows(file, content, 0, title) as rows:
            numbered = [(number, [*cells]) for number, cells in rows if any(cells)]
        if name in found:
            found[name] = list(_form_rows(title, numbered, notes))
        elif len(numbered) > 1:
            notes.skip(f"sheet {title}", "the sheet is not read")
    return found


def _form_rows(sheet: str, numbered: list[tuple[int, list[str]]], notes: Notes) -> Iterator[FormRow]:
    if not numbered:
        return
    (header_row, header), *rest = numbered
    columns = [_column(name) for name in header]
    unknown = {
        language
        for place, (_, language) in enumerate(columns)
        if language not in (NO_LANGUAGE, "vi", "en") and any(_cell(row, place) for _, row in rest)
    }
    for language in sorted(unknown):
        notes.skip(f"sheet {sheet}, row {header_row}", f"language {language!r}; texts are in vi and en")
    for number, row in rest:
        cells: dict[str, str] = {}
        texts: dict[str, Text] = {}
        for place, (column, language) in enumerate(columns):
            value = _cell(row, place)
            if not value or not column:
                continue
            if column in _TRANSLATED:
                texts.setdefault(column, {})[language] = value
            else:
                cells[column] = value
        yield FormRow(sheet, number, cells, texts)


def _cell(row: list[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _column(name: str) -> tuple[str, str]:
    """Return the column and its language: `label::Vietnamese (vi)` is label in vi."""
    bare, *language = (part.strip() for part in re.split(r"::?", name.strip(), maxsplit=1))
    column = bare.lower()
    column = _COLUMN_NAMES.get(column, column)
    if column in _TRANSLATED:
        return column, (language_code(language[0]) or language[0]) if language else NO_LANGUAGE
    return "::".join((column, *(one.lower() for one in language))), NO_LANGUAGE
