"""Finished transactions from a file. A row that cannot be counted is kept and listed; a file that cannot be
read is refused as a whole."""

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from sipas.errors import TableError
from sipas.imports.transaction_dates import DateEvidence, DateOrder, DateOrderError
from sipas.imports.transaction_rows import Incoming, SkippedRow
from sipas.imports.transaction_words import rename_known
from sipas.postgres.pool import Connection
from sipas.queries.transactions import Status
from sipas.settings import Settings
from sipas.survey.contacts.phones import Fault
from sipas.survey.encryption import read_sealer
from sipas.survey.invitations.catalogue_snapshot import Basis, load_basis
from sipas.survey.invitations.event_reader import Reader
from sipas.survey.invitations.event_storing import CatalogueMovedError, Storing
from sipas.survey.invitations.events import Columns, Named
from sipas.survey.invitations.phone_counts import PhoneOutcome
from sipas.tables import TablePlace
from sipas.tables.records import FIRST_SHEET as FIRST_TABLE
from sipas.tables.records import Records, open_records

REQUIRED = ("transaction_id", "unit", "procedure", "service_channel", "completed_at")
READ = frozenset(Columns._fields)
DATES = {"completed_at", "changed_at"}
PART = 200_000  # and stored at a time
FIRST = 40_000  # of the first part: the database waits for it


@dataclass(frozen=True)
class TransactionFile:
    """How a file is read. renamed: our name for a column to the file's. order: of dates, None: as they show.
    skips: rows that cannot be read are left out, and so named.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    place: TablePlace = FIRST_TABLE
    order: DateOrder | None = None
    skips: bool = False


class TransactionCounts(msgspec.Struct, frozen=True):
    """Rows of the file by what became of them; repeated: known already, from this file or before.

    unreadable: left out, where that was asked for. phones: rows by whether their number can be used.
    unusable: the first rows that hold one that cannot.
    """

    stored: int
    corrected: int
    cancelled: int
    repeated: int
    problems: int
    unreadable: int = 0
    phones: dict[PhoneOutcome, int] = {}
    unusable: dict[Fault, list[int]] = {}


@dataclass(frozen=True)
class ImportedTransactions:
    """header: of the file, as it names its columns. skipped: rows left out."""

    counts: TransactionCounts
    header: tuple[str, ...]
    skipped: list[SkippedRow]


def resolve_columns(path: Path, file: TransactionFile) -> tuple[TransactionFile, list[str]]:
    """With the usual names of columns recognised; and those of its columns that no transaction has."""
    with open_records(path, (), file.renamed, file.place) as records:
        known = rename_known(records.header, file.renamed, Columns._fields)
        taken = {*known.values(), *READ}
        unread = [name for name in records.header if name not in taken]
    return replace(file, renamed=known), unread


async def import_transactions(
    conn: Connection, path: Path, settings: Settings, file: TransactionFile | None = None
) -> ImportedTransactions:
    named, sealer = Named(settings.secret), read_sealer(settings)
    file = resolve_columns(path, file or TransactionFile())[0]
    while True:
        basis = await load_basis(conn)
        try:
            skipped: list[SkippedRow] = []
            with uncollected(), _open_rows(path, file, skipped) as records:
                reader = Reader(basis, named, sealer)
                incoming = Incoming(records, reader, named, file.order, skipped, skips=file.skips)
                async with conn.transaction():
                    counts = await store_parts(conn, basis, incoming)
                header = tuple(file.renamed.get(name, name) for name in records.header)
                return ImportedTransactions(counts, header, sorted(skipped, key=lambda one: one.row))
        except CatalogueMovedError:
            continue
        except DateOrderError:
            file = replace(file, order=find_date_order(path, file))


def _open_rows(
    path: Path, file: TransactionFile, skipped: list[SkippedRow]
) -> AbstractContextManager[Records]:
    """Open the file; append rows with a wrong number of cells to `skipped` where the file's are left out."""

    def leave_out(problem: TableError, cells: Sequence[str]) -> None:
        skipped.append(SkippedRow(problem.row or 0, problem.problem, cells))

    return open_records(path, REQUIRED, file.renamed, file.place, leave_out=leave_out if file.skips else None)


def find_date_order(path: Path, file: TransactionFile) -> DateOrder:
    """From all dates of the file."""
    evidence = DateEvidence()
    with _open_rows(path, file, []) as records:
        places = [place for place, name in enumerate(records.header) if name in DATES]
        for row, cells in records.rows:
            evidence.add(row, [cells[place] for place in places])
    return evidence.decide(path.name)


@contextmanager
def uncollected() -> Iterator[None]:
    """Rows make no cycles: to look for some among a million again and again takes a fifth of the reading."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def store_parts(conn: Connection, basis: Basis, incoming: Incoming) -> TransactionCounts:
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
    unreadable = len(incoming.skipped) - (problems if incoming.skips else 0)
    repeated = rows - sum(counted) - problems - unreadable
    phones = incoming.phones
    return TransactionCounts(*counted, repeated, problems, unreadable, phones.as_dict(), dict(phones.rows))
