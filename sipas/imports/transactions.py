"""Finished transactions from a file. A row that cannot be counted is kept and listed; a file that cannot be
read is refused as a whole."""

import asyncio
import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec

from sipas.errors import TableError
from sipas.imports.transaction_cells import (
    Cached,
    all_moments,
    all_optional,
    all_required,
    channel,
    local_moment,
    moment_or_none,
    optional,
    required,
    truth_or_no,
    truth_or_none,
)
from sipas.postgres.pool import Connection
from sipas.queries.told import Told
from sipas.queries.transactions import ProblemRow, Status
from sipas.settings import Settings
from sipas.survey.feed.basis import Basis, load_basis
from sipas.survey.feed.events import Columns, Named, problem_row
from sipas.survey.feed.parts import join_parts
from sipas.survey.feed.phone_counts import PhoneCounts, PhoneOutcome
from sipas.survey.feed.reading import Reader
from sipas.survey.feed.storing import CatalogueMovedError, Storing
from sipas.survey.sms.phones import Fault
from sipas.survey.sms.sealing import read_sealer
from sipas.tables.records import Records, open_records

REQUIRED = ("transaction_id", "unit", "procedure", "service_channel", "completed_at")
READ = frozenset(Columns._fields)
T = TypeVar("T")
Cells = Sequence[Sequence[str]]
CHUNK = 1_000  # rows read at a time
PART = 200_000  # and stored at a time
FIRST = 40_000  # of the first part: the database waits for it


class TransactionCounts(msgspec.Struct, frozen=True):
    """Rows of the file by what became of them; repeated: told again, in the file or before.

    phones: rows by whether their number can be used. unusable: the first rows that hold one that cannot.
    """

    stored: int
    corrected: int
    cancelled: int
    repeated: int
    problems: int
    phones: dict[PhoneOutcome, int] = {}
    unusable: dict[Fault, list[int]] = {}


def list_unread(path: Path) -> list[str]:
    """Columns of the file that no transaction has: phones under another name would be lost unnoticed."""
    with open_records(path, REQUIRED) as records:
        return [name for name in records.header if name not in READ]


async def import_transactions(conn: Connection, path: Path, settings: Settings) -> TransactionCounts:
    named, sealer = Named(settings.secret), read_sealer(settings)
    while True:
        basis = await load_basis(conn)
        try:
            with uncollected(), open_records(path, REQUIRED) as records:
                incoming = Incoming(records, Reader(basis, named, sealer), named)
                async with conn.transaction():
                    return await store_parts(conn, basis, incoming)
        except CatalogueMovedError:
            continue


@contextmanager
def uncollected() -> Iterator[None]:
    """Rows make no cycles: to look for some among a million again and again takes a fifth of the reading."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def store_parts(conn: Connection, basis: Basis, incoming: "Incoming") -> TransactionCounts:
    """Each part is stored while a thread reads the next: the database works on another processor."""
    kept: Counter[Status] = Counter()
    storing = Storing(conn, basis)
    rows = problems = 0
    part = incoming.part(FIRST)
    while part.rows:
        rows, problems = rows + part.rows, problems + len(part.problems)
        stored, following = await asyncio.gather(
            storing.store(part.told, part.problems),
            asyncio.to_thread(incoming.part, PART),
            return_exceptions=True,  # so that nothing reads on when this has ended
        )
        if isinstance(stored, BaseException):
            raise stored
        if isinstance(following, BaseException):
            raise following
        for outcome in stored:
            kept[outcome.status] += outcome.transactions
        part = following
    await storing.finish()
    counted = kept["stored"], kept["corrected"], kept["cancelled"]
    repeated = rows - sum(counted) - problems
    phones = incoming.phones
    return TransactionCounts(*counted, repeated, problems, phones.as_dict(), dict(phones.rows))


@dataclass(frozen=True)
class Part:
    """Of a file: so many rows, as they are stored, and those of them that are problems."""

    rows: int
    told: Told
    problems: list[ProblemRow]


class Incoming:
    """The rows of a file as they are read."""

    def __init__(self, records: Records, reader: Reader, named: Named) -> None:
        self.records, self.reader, self.named = records, reader, named
        self.places = {name: place for place, name in enumerate(records.header)}
        self.unit, self.procedure = Cached(required).__getitem__, Cached(required).__getitem__
        self.channel = Cached(channel).__getitem__
        self.on_time, self.cancelled = Cached(truth_or_none).__getitem__, Cached(truth_or_no).__getitem__
        self.language = Cached(optional).__getitem__
        self.phones = PhoneCounts()

    def part(self, most: int) -> Part:
        """The next, of so many rows; without rows where there is no other."""
        told: list[Told] = []
        problems: list[ProblemRow] = []
        rows = 0
        while rows < most and (chunk := list(islice(self.records.rows, CHUNK))):
            rows += len(chunk)
            numbers, cells = zip(*chunk, strict=True)
            events = self.events(numbers, list(zip(*cells, strict=True)))
            self.phones.add(numbers, events.phone)
            sound, faulty = self.reader.read(numbers, events)
            told.append(sound)
            problems += [
                problem_row(self.named, numbers[i], events.event(i), problem, self.records.file)
                for i, problem in faulty
            ]
        return Part(rows, join_parts(told), problems)

    def events(self, numbers: Sequence[int], columns: Cells) -> Columns:
        try:
            return Columns(
                self.parsed(columns, "transaction_id", required, all_required),
                self.parsed(columns, "unit", self.unit),
                self.parsed(columns, "procedure", self.procedure),
                self.parsed(columns, "service_channel", self.channel),
                self.parsed(columns, "completed_at", local_moment, all_moments),
                self.parsed(columns, "on_time", self.on_time),
                self.parsed(columns, "phone", optional, all_optional),
                self.parsed(columns, "language", self.language),
                self.parsed(columns, "cancelled", self.cancelled),
                self.parsed(columns, "changed_at", moment_or_none),
            )
        except FaultyCellError as fault:
            row = numbers[fault.place]
            raise TableError(self.records.file, fault.problem, row=row, column=fault.column) from None

    def parsed(
        self,
        columns: Cells,
        name: str,
        parse: Callable[[str], T],
        parse_all: Callable[[Sequence[str]], Sequence[T]] | None = None,
    ) -> Sequence[T]:
        """parse_all: quicker, where all cells are as they usually are; a ValueError where one is not.

        A column that the file lacks is one of empty cells.
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
            raise faulty_cell(name, parse, cells) from None


class FaultyCellError(Exception):
    """What stands in it is not repeated: it might be a phone number."""

    def __init__(self, place: int, column: str, problem: str) -> None:
        super().__init__(problem)
        self.place, self.column, self.problem = place, column, problem


def faulty_cell(column: str, parse: Callable[[str], T], cells: Sequence[str]) -> FaultyCellError:
    for place, cell in enumerate(cells):
        try:
            parse(cell)
        except ValueError as problem:
            return FaultyCellError(place, column, str(problem))
    raise AssertionError("a column that could not be read can")
