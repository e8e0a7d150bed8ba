"""A file of responses by column, for a million rows: small codes in arrays instead of objects."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sipas.errors import TableError
from sipas.tables.answer_codes import (
    NOT_ANSWERED_CODE,
    NOT_ASKED_CODE,
    AnswerCodes,
    AnswerCoding,
    OffScaleError,
)
from sipas.tables.cells import clean_cell
from sipas.tables.header_rows import HeaderNames
from sipas.tables.item_columns import ItemColumns, some_names
from sipas.tables.records import FIRST_SHEET, Records, TablePlace, open_records

_T = TypeVar("_T")
_BATCH_ROWS = 200  # rows turned into columns at a time: as many as a processor's cache holds
_Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Coded:
    """A column of text: for each row the place of its text in `levels`, -1 where the cell is empty."""

    codes: NDArray[np.int32]
    levels: tuple[str, ...]

    def selected(self, mask: _Mask) -> "Coded":
        """The rows of the mask, and of the levels those that they hold."""
        codes = self.codes[mask]
        held = np.zeros(len(self.levels) + 1, bool)
        held[codes] = True
        held[-1] = False
        place = np.append(np.cumsum(held[:-1]) - 1, -1).astype(np.int32)
        return Coded(place[codes], tuple(level for level, h in zip(self.levels, held, strict=False) if h))


@dataclass(frozen=True)
class AnswerTable:
    """`rows`: each row's number in the file. `columns`: all but the items, in the file's order.
    `answers`: rows × items, in instrument order; below 0: -1 not answered, -2 not applicable, -3 not asked.
    `asked`: the items that the file has a column for. `header_row`: the row of names.
    """

    file: str
    rows: NDArray[np.int32]
    columns: Mapping[str, Coded]
    answers: NDArray[np.int16]
    asked: tuple[str, ...]
    header_row: int
    expected: ItemColumns

    def missing_items(self, needed: Collection[str]) -> tuple[str, ...]:
        """Needed items without a column; an error where one of the columns looks like one of them."""
        header = [*self.columns, *self.asked]
        if problem := self.expected.problem(header, needed):
            raise self.header_error(problem)
        return self.expected.missing(header, needed)

    def unanswered(self) -> tuple[str, ...]:
        """Items with a column that has empty cells and no answer; one of `NA` and `-` alone says why."""
        answers, items = self.answers, self.expected.items
        silent = ~(answers >= 0).any(axis=0) & (answers == NOT_ANSWERED_CODE).any(axis=0)
        return tuple(item for item, none in zip(items, silent.tolist(), strict=True) if none)

    def header_error(self, problem: str, column: str | None = None) -> TableError:
        return TableError(self.file, problem, row=self.header_row, column=column)

    def error(self, row: int, column: str | None, problem: str) -> TableError:
        """`row`: a place in the arrays."""
        return TableError(self.file, problem, row=int(self.rows[row]), column=column)

    def get(self, column: str) -> Coded:
        """A column that no row may leave empty."""
        coded = self.columns[column]
        empty = np.flatnonzero(coded.codes < 0)
        if len(empty):
            raise self.error(int(empty[0]), column, "is empty")
        return coded

    def parsed(self, column: str, parse: Callable[[str], _T]) -> list[_T]:
        """Parse each level of a column. A bad level is an error at its first row."""
        meanings = []
        for code, level in enumerate(self.columns[column].levels):
            try:
                meanings.append(parse(level))
            except ValueError as problem:
                first = int(np.argmax(self.columns[column].codes == code))
                raise self.error(first, column, str(problem)) from None
        return meanings

    def where(self, column: str, value: str) -> "AnswerTable":
        """The rows that hold `value` in `column`."""
        if column not in self.columns:
            known = ", ".join(self.columns)
            raise self.header_error(f"is missing; the columns are {known}", column)
        levels = self.columns[column].levels
        if clean_cell(value) not in levels:
            raise TableError(self.file, f"no row holds {value!r}", column=column)
        return self.selected(self.columns[column].codes == levels.index(clean_cell(value)))

    def selected(self, mask: _Mask) -> "AnswerTable":
        columns = {name: column.selected(mask) for name, column in self.columns.items()}
        return replace(self, rows=self.rows[mask], columns=columns, answers=self.answers[mask])


@dataclass(frozen=True)
class AnswerFile:
    """The layout of a file of responses. required, known: other columns. rename: our name → the file's.
    without: items that were not asked. questions: texts of items, as `header_rows.question` has them.
    codings: of items that are not answered on the scale."""

    required: tuple[str, ...] = ()
    known: Collection[str] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    place: TablePlace = FIRST_SHEET
    questions: Mapping[str, Collection[str]] = field(default_factory=dict)
    codings: Mapping[str, AnswerCoding] = field(default_factory=dict)

    def header_names(self, items: Sequence[str]) -> HeaderNames:
        """As the file has them."""
        theirs = {item: clean_cell(self.rename.get(item, item)) for item in items}
        return HeaderNames(
            set(theirs.values()), {theirs[item]: asked for item, asked in self.questions.items()}
        )


_ANY_FILE = AnswerFile()


def read_answers(
    path: Path | str, items: Sequence[str], coding: AnswerCoding, file: AnswerFile = _ANY_FILE
) -> AnswerTable:
    """A file of responses to these items."""
    codings = {item: file.codings.get(item, coding) for item in items}
    for one in {id(one): one for one in codings.values()}.values():
        one.refuse_missing_points()
    names = file.header_names(items)
    with open_records(path, file.required, file.rename, file.place, names) as records:
        expected = ItemColumns(items, {*file.required, *file.known}, file.without)
        _refuse_no_item(records, expected)
        numbers, pieces, levels = _read_batches(records, codings)
    whole = {name: np.concatenate(parts) for name, parts in pieces.items()}
    rows = np.concatenate(numbers)
    answers = np.full((len(rows), len(items)), NOT_ASKED_CODE, np.int16)
    asked = tuple(item for item in items if item in whole)
    for place, item in enumerate(items):
        if item in whole:
            answers[:, place] = whole[item]
    columns = {name: Coded(whole[name], tuple(known.texts)) for name, known in levels.items()}
    return AnswerTable(records.file, rows, columns, answers, asked, records.header_row, expected)


def _refuse_no_item(records: Records, expected: ItemColumns) -> None:
    """Before the rows: below a header that is none, rows would be wrong too."""
    if expected.items and not set(expected.items) & set(records.header):
        elsewhere = records.find_header(expected.items)
        problem = None if elsewhere else expected.problem(records.header, expected.items)
        names = f"the items are {some_names(expected.items)}, the columns {some_names(records.header)}"
        raise records.header_error(problem or f"has no column of an item; {names}{elsewhere}")


Arrays = dict[str, list[NDArray[np.int32]]]


def _read_batches(
    records: Records, codings: Mapping[str, AnswerCoding]
) -> tuple[list[NDArray[np.int32]], Arrays, dict[str, "LevelCodes"]]:
    numbers: list[NDArray[np.int32]] = []
    pieces: Arrays = defaultdict(list)
    levels = {name: LevelCodes() for name in records.header if name not in codings}
    codes = levels | {name: AnswerCodes(codings[name]) for name in records.header if name in codings}
    for rows, columns in _batches(records):
        numbers.append(np.array(rows, np.int32))
        for name, cells in zip(records.header, columns, strict=True):
            try:
                pieces[name].append(np.fromiter(map(codes[name].__getitem__, cells), np.int32, len(cells)))
            except OffScaleError as wrong:
                row = rows[cells.index(wrong.text)]
                raise TableError(records.file, str(wrong), row=row, column=name) from None
    return numbers, pieces, levels


def _batches(records: Records) -> Iterator[tuple[Sequence[int], Sequence[Sequence[str]]]]:
    """File row numbers, and the rows turned into columns."""
    while batch := list(islice(records.rows, _BATCH_ROWS)):
        numbers, rows = zip(*batch, strict=True)
        yield numbers, list(zip(*rows, strict=True))


class LevelCodes(dict[str, int]):
    """Codes of cells as they stand in the file; cells that are the same once cleaned share a code."""

    def __init__(self) -> None:
        super().__init__({"": -1})
        self.texts: list[str] = []

    def __missing__(self, cell: str) -> int:
        text = clean_cell(cell)
        if text == cell:
            code = len(self.texts)
            self.texts.append(text)
        else:
            code = self[text]
        self[cell] = code
        return code
