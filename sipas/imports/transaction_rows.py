"""Rows of a file of transactions, read part by part, without unreadable ones."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from sipas.errors import TableError
from sipas.imports.transaction_cells import (
    Cached,
    all_moments,
    all_optional,
    all_required,
    channel,
    language,
    moment_parser,
    optional,
    required,
    truth_or_no,
    truth_or_none,
)
from sipas.imports.transaction_dates import DateOrder
from sipas.queries.catalogue import Procedure, Unit
from sipas.queries.transaction_events import TransactionEvents
from sipas.queries.transactions import ProblemRow
from sipas.survey.invitations.event_parts import join_events
from sipas.survey.invitations.event_reader import EventReader
from sipas.survey.invitations.events import EventColumns, IdHasher, problem_row
from sipas.survey.invitations.phone_counts import PhoneCounts
from sipas.tables.cells import phrase
from sipas.tables.records import Records

_T = TypeVar("_T")
_Cells = Sequence[Sequence[str]]
PARSED_BATCH_ROWS = 1_000  # read at a time


@dataclass(frozen=True)
class SkippedRow:
    """A row that was left out, as in the file, and the reason."""

    row: int
    reason: str
    cells: Sequence[str]


@dataclass(frozen=True)
class ParsedBatch:
    """Rows of a file ready to store, and the problems among them."""

    rows: int
    events: TransactionEvents
    problems: list[ProblemRow]


class TransactionRows:
    """skipped: rows that are left out, where skips. Without, the first that cannot be read is an error.

    Reading `records` appends rows with a wrong number of cells to it.
    """

    def __init__(
        self,
        records: Records,
        reader: EventReader,
        named: IdHasher,
        order: DateOrder | None,
        skipped: list[SkippedRow],
        *,
        skips: bool,
    ) -> None:
        self.records, self.reader, self.named, self.skips = records, reader, named, skips
        self.places = {name: place for place, name in enumerate(records.header)}
        catalogue = reader.places.catalogue
        self.unit = Cached(_code_parser(catalogue.units.values())).__getitem__
        self.procedure = Cached(_code_parser(catalogue.procedures_by_code.values())).__getitem__
        self.channel = Cached(channel).__getitem__
        self.on_time, self.cancelled = Cached(truth_or_none).__getitem__, Cached(truth_or_no).__getitem__
        self.language = Cached(language).__getitem__
        self.moment, self.moment_or_none = moment_parser(order)
        self.phones = PhoneCounts()
        self.skipped = skipped

    def part(self, most: int) -> ParsedBatch:
        """Read the next rows, at most `most`; a part without rows is the end."""
        read: list[TransactionEvents] = []
        problems: list[ProblemRow] = []
        rows = 0
        while rows < most:
            before = len(self.skipped)
            chunk = list(islice(self.records.rows, PARSED_BATCH_ROWS))
            rows += len(chunk) + len(self.skipped) - before
            if not chunk:
                break
            chunk, events = self.readable(chunk)
            if events is None:
                continue
            numbers = [number for number, _ in chunk]
            self.phones.add(numbers, events.phone)
            sound, faulty = self.reader.read(numbers, events)
            read.append(sound)
            problems += [
                problem_row(self.named, numbers[i], events.event(i), problem, self.records.file)
                for i, problem in faulty
            ]
            if self.skips:
                self.skipped += [
                    SkippedRow(numbers[i], f"{problem.reason}: {problem.detail}", chunk[i][1])
                    for i, problem in faulty
                ]
        return ParsedBatch(rows, join_events(read), problems)

    def readable(
        self, chunk: list[tuple[int, Sequence[str]]]
    ) -> tuple[list[tuple[int, Sequence[str]]], EventColumns | None]:
        """Return the readable rows and their events; None if there are none."""
        while chunk:
            try:
                return chunk, self.events(list(zip(*(cells for _, cells in chunk), strict=True)))
            except _FaultyCellError as fault:
                row, cells = chunk.pop(fault.place)
                if not self.skips:
                    raise TableError(self.records.file, fault.problem, row=row, column=fault.column) from None
                self.skipped.append(SkippedRow(row, f"{fault.column} {fault.problem}", cells))
        return chunk, None

    def events(self, columns: _Cells) -> EventColumns:
        return EventColumns(
            self.parsed(columns, "transaction_id", required, all_required),
            self.parsed(columns, "unit", self.unit),
            self.parsed(columns, "procedure", self.procedure),
            self.parsed(columns, "service_channel", self.channel),
            self.parsed(columns, "completed_at", self.moment, all_moments),
            self.parsed(columns, "on_time", self.on_time),
            self.parsed(columns, "phone", optional, all_optional),
            self.parsed(columns, "language", self.language),
            self.parsed(columns, "cancelled", self.cancelled),
            self.parsed(columns, "changed_at", self.moment_or_none),
        )

    def parsed(
        self,
        columns: _Cells,
        name: str,
        parse: Callable[[str], _T],
        parse_all: Callable[[Sequence[str]], Sequence[_T]] | None = None,
    ) -> Sequence[_T]:
        """Parse a column. parse_all: faster for usual cells; raises ValueError for others.

        A missing column counts as empty cells.
        """
        if name not in self.places:
            return [parse("")] * len(columns[0])
        cells = columns[self.places[name]]
        if parse_all:
            with suppress(ValueError):
                return parse_all(cells)
        try:
            return list(map(parse, cells))
        except ValueError:
            raise _faulty_cell(name, parse, cells) from None


class _FaultyCellError(Exception):
    """A cell that cannot be read. Its text is not repeated: it may be a phone number."""

    def __init__(self, place: int, column: str, problem: str) -> None:
        super().__init__(problem)
        self.place, self.column, self.problem = place, column, problem


def _faulty_cell(column: str, parse: Callable[[str], _T], cells: Sequence[str]) -> _FaultyCellError:
    for place, cell in enumerate(cells):
        try:
            parse(cell)
        except ValueError as problem:
            return _FaultyCellError(place, column, str(problem))
    raise AssertionError("a column that could not be read can")


def _code_parser(named: Iterable[Unit | Procedure]) -> Callable[[str], str]:
    """Return a parser of codes, or of names that belong to one code only."""
    pairs = {(phrase(one.name), one.code) for one in named}
    by_name, uses = dict(pairs), Counter(name for name, _ in pairs)

    def parse(cell: str) -> str:
        text = required(cell)
        key = phrase(text)
        return by_name[key] if uses[key] == 1 else text

    return parse
