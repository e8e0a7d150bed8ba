"""A file of responses by column, for a million rows: small codes in arrays instead of objects."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sipas.errors import TableError
from sipas.tables.cells import clean
from sipas.tables.records import Records, open_records

T = TypeVar("T")
BATCH = 200  # rows turned into columns at a time: as many as a processor's cache holds
ABSENT = {"": -1, "NA": -2, "-": -3}  # not answered, not applicable, not asked
NOT_ASKED = ABSENT["-"]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Coded:
    """A column of text: for each row the place of its text in `levels`, -1 where the cell is empty."""

    codes: NDArray[np.int32]
    levels: tuple[str, ...]

    def selected(self, mask: Mask) -> "Coded":
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
    `asked`: the items that the file has a column for.
    """

    file: str
    rows: NDArray[np.int32]
    columns: Mapping[str, Coded]
    answers: NDArray[np.int16]
    asked: tuple[str, ...]

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

    def parsed(self, column: str, parse: Callable[[str], T]) -> list[T]:
        """What each level of a column stands for; a bad one is an error at the first row that has it."""
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
            raise TableError(self.file, f"is missing; the columns are {known}", row=1, column=column)
        levels = self.columns[column].levels
        if clean(value) not in levels:
            raise TableError(self.file, f"no row holds {value!r}", column=column)
        return self.selected(self.columns[column].codes == levels.index(clean(value)))

    def selected(self, mask: Mask) -> "AnswerTable":
        columns = {name: column.selected(mask) for name, column in self.columns.items()}
        return replace(self, rows=self.rows[mask], columns=columns, answers=self.answers[mask])


def read_answers(
    path: Path | str,
    items: Sequence[str],
    points: Iterable[int],
    *,
    required: Iterable[str] = (),
    rename: Mapping[str, str] | None = None,
) -> AnswerTable:
    """A file of responses to these items on a scale of these points; without items, any file by column."""
    with open_records(path, required, rename) as records:
        numbers, pieces, levels = read_batches(records, frozenset(items), tuple(points))
    whole = {name: np.concatenate(parts) for name, parts in pieces.items()}
    rows = np.concatenate(numbers)
    answers = np.full((len(rows), len(items)), NOT_ASKED, np.int16)
    asked = tuple(item for item in items if item in whole)
    for place, item in enumerate(items):
        if item in whole:
            answers[:, place] = whole[item]
    columns = {name: Coded(whole[name], tuple(known.texts)) for name, known in levels.items()}
    return AnswerTable(records.file, rows, columns, answers, asked)


Arrays = dict[str, list[NDArray[np.int32]]]


def read_batches(
    records: Records, items: frozenset[str], points: tuple[int, ...]
) -> tuple[list[NDArray[np.int32]], Arrays, dict[str, "Levels"]]:
    numbers: list[NDArray[np.int32]] = []
    pieces: Arrays = defaultdict(list)
    levels = {name: Levels() for name in records.header if name not in items}
    codes = levels | {name: AnswerCodes(points) for name in records.header if name in items}
    for rows, columns in batches(records):
        numbers.append(np.array(rows, np.int32))
        for name, cells in zip(records.header, columns, strict=True):
            try:
                pieces[name].append(np.fromiter(map(codes[name].__getitem__, cells), np.int32, len(cells)))
            except OffScaleError as wrong:
                row = rows[cells.index(wrong.text)]
                raise TableError(records.file, str(wrong), row=row, column=name) from None
    return numbers, pieces, levels


def batches(records: Records) -> Iterator[tuple[Sequence[int], Sequence[Sequence[str]]]]:
    """File row numbers, and the rows turned into columns."""
    while batch := list(islice(records.rows, BATCH)):
        numbers, rows = zip(*batch, strict=True)
        yield numbers, list(zip(*rows, strict=True))


class Levels(dict[str, int]):
    """Codes of cells as they stand in the file; cells that are the same once cleaned share a code."""

    def __init__(self) -> None:
        super().__init__({"": -1})
        self.texts: list[str] = []

    def __missing__(self, cell: str) -> int:
        text = clean(cell)
        if text == cell:
            code = len(self.texts)
            self.texts.append(text)
        else:
            code = self[text]
        self[cell] = code
        return code


class OffScaleError(ValueError):
    def __init__(self, text: str, points: tuple[int, ...]) -> None:
        scale = ", ".join(map(str, points))
        super().__init__(f"{text!r} is no answer; an answer is one of {scale}, empty, NA or -")
        self.text = text


class AnswerCodes(dict[str, int]):
    """Codes of an item's cells."""

    def __init__(self, points: tuple[int, ...]) -> None:
        super().__init__(ABSENT | {str(point): point for point in points})
        self.points = points

    def __missing__(self, cell: str) -> int:
        text = clean(cell)
        if text not in self:
            raise OffScaleError(cell, self.points)
        self[cell] = self[text]
        return self[cell]
