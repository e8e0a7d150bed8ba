"""Finished transactions from a file, as a one-stop system exports them. What one row cannot be counted for is kept
and listed; a file that cannot be read is refused as a whole."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

import msgspec

from sipas.errors import TableError
from sipas.postgres.pool import Connection
from sipas.queries.transactions import ProblemRow, Told
from sipas.settings import Settings
from sipas.survey.catalogue import LOCAL
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.feed.events import LONGEST, Event, Named, problem_row
from sipas.survey.feed.reading import Reader, load_basis
from sipas.survey.feed.storing import CatalogueMovedError, store
from sipas.survey.sms.sealing import read_sealer
from sipas.tables.cells import clean, moment, truth
from sipas.tables.records import Records, open_records

REQUIRED = ("transaction_id", "unit", "procedure", "service_channel", "completed_at")
T = TypeVar("T")
CHUNK = 5_000  # rows read at a time


class TransactionCounts(msgspec.Struct, frozen=True):
    """Rows of the file by what became of them; repeated: told again, in the file or before."""

    stored: int
    corrected: int
    cancelled: int
    repeated: int
    problems: int


async def import_transactions(conn: Connection, path: Path, settings: Settings) -> TransactionCounts:
    named, sealer = Named(settings.secret), read_sealer(settings)
    while True:
        basis = await load_basis(conn)
        try:
            with open_records(path, REQUIRED) as records:
                incoming = Incoming(records, Reader(basis, named, sealer), named)
                async with conn.transaction():
                    outcomes = await store(conn, basis, incoming.rows(), incoming.problems)
        except CatalogueMovedError:
            continue
        kept = {outcome.status: outcome.transactions for outcome in outcomes}
        of = [kept.get(status, 0) for status in ("stored", "corrected", "cancelled")]
        problems = len(incoming.problems)
        return TransactionCounts(*of, incoming.count - sum(of) - problems, problems)


class Incoming:
    """The rows of a file, and those of them that are problems, as they are read."""

    def __init__(self, records: Records, reader: Reader, named: Named) -> None:
        self.records, self.reader, self.named = records, reader, named
        self.problems: list[ProblemRow] = []
        self.count = 0
        self.parsers = [parser() for parser in PARSERS.values()]
        beyond = len(records.header)  # where each row gets an empty cell, for columns that the file lacks
        columns = [records.header.index(name) if name in records.header else beyond for name in PARSERS]
        self.pick = itemgetter(*columns)

    def rows(self) -> Iterator[Told]:
        while chunk := list(islice(self.records.rows, CHUNK)):
            self.count += len(chunk)
            events = [(number, self.event(number, cells)) for number, cells in chunk]
            told, faulty = self.reader.read(events)
            of = dict(events) if faulty else {}
            for number, problem in faulty:
                self.problems.append(
                    problem_row(self.named, number, of[number], problem, self.records.file)
                )
            yield from told

    def event(self, number: int, cells: Sequence[str]) -> Event:
        picked = self.pick((*cells, ""))
        try:
            return Event(*[parse(cell) for parse, cell in zip(self.parsers, picked, strict=True)])
        except ValueError:
            raise self.fault(number, picked) from None

    def fault(self, number: int, picked: Sequence[str]) -> TableError:
        """The first cell that cannot be read. What stands in it is not repeated: it might be a phone number."""
        for column, parse, cell in zip(PARSERS, self.parsers, picked, strict=True):
            try:
                parse(cell)
            except ValueError as problem:
                return TableError(self.records.file, str(problem), row=number, column=column)
        raise AssertionError("a row that could not be read can")


class Cached(dict[str, T]):
    """What cells stand for, each different text read once: for columns that repeat few."""

    def __init__(self, parse: Callable[[str], T]) -> None:
        super().__init__()
        self.parse = parse

    def __missing__(self, cell: str) -> T:
        meaning = self[cell] = self.parse(cell)
        return meaning


def required(cell: str) -> str:
    text = clean(cell)
    if not text:
        raise ValueError("is empty")
    if len(text) > LONGEST:
        raise ValueError(f"has more than {LONGEST} characters")
    return text


def optional(cell: str) -> str | None:
    return clean(cell) or None


def channel(cell: str) -> str:
    if clean(cell) not in SERVICE_CHANNELS:
        raise ValueError(f"is none of {', '.join(SERVICE_CHANNELS)}")
    return clean(cell)


def truth_or(empty: bool | None) -> Callable[[str], bool | None]:
    def parse(cell: str) -> bool | None:
        try:
            return truth(clean(cell)) if clean(cell) else empty
        except ValueError:
            raise ValueError("is neither true nor false") from None

    return parse


def local_moment(cell: str) -> datetime:
    """Without a zone it is Vietnam's time."""
    try:
        read = moment(clean(cell))
    except ValueError:
        raise ValueError("is no date; write it as 2026-03-02T14:30 or 02/03/2026 14:30") from None
    return read if read.tzinfo else read.replace(tzinfo=LOCAL)


def moment_or_none(cell: str) -> datetime | None:
    return local_moment(cell) if clean(cell) else None


# By column, in the order of an Event's fields: what makes the parser of a file's cells.
PARSERS: dict[str, Callable[[], Callable[[str], object]]] = {
    "transaction_id": lambda: required,
    "unit": lambda: Cached(required).__getitem__,
    "procedure": lambda: Cached(required).__getitem__,
    "service_channel": lambda: Cached(channel).__getitem__,
    "completed_at": lambda: local_moment,
    "on_time": lambda: Cached(truth_or(None)).__getitem__,
    "phone": lambda: optional,
    "language": lambda: Cached(optional).__getitem__,
    "cancelled": lambda: Cached(truth_or(False)).__getitem__,
    "changed_at": lambda: moment_or_none,
}
