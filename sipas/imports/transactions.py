"""Finished transactions from a file.

Rows that cannot be counted are stored and listed; a file that cannot be read is refused as a whole.
"""

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from sipas.errors import TableError
from sipas.imports.transaction_dates import DateEvidence, DateOrder, DateOrderError
from sipas.imports.transaction_rows import SkippedRow, TransactionRows
from sipas.imports.transaction_words import rename_known
from sipas.postgres.pool import Connection
from sipas.queries.transactions import Status
from sipas.settings import Settings
from sipas.survey.contacts.phones import Fault
from sipas.survey.encryption import read_cipher
from sipas.survey.invitations.catalogue_snapshot import CatalogueSnapshot, load_snapshot
from sipas.survey.invitations.event_reader import EventReader
from sipas.survey.invitations.event_storing import CatalogueMovedError, EventStorage
from sipas.survey.invitations.events import EventColumns, IdHasher
from sipas.survey.invitations.phone_counts import PhoneOutcome
from sipas.tables import TablePlace
from sipas.tables.records import FIRST_SHEET, Records, open_records

_REQUIRED_COLUMNS = ("transaction_id", "unit", "procedure", "service_channel", "completed_at")
_KNOWN_COLUMNS = frozenset(EventColumns._fields)
_DATE_COLUMNS = {"completed_at", "changed_at"}
_TITLE_ROWS_MAX = 10  # above a header, searched after an error
STORED_BATCH_ROWS = 200_000  # stored at a time
FIRST_BATCH_ROWS = 40_000  # of the first part, for which the database waits


@dataclass(frozen=True)
class TransactionFile:
    """How to read a file. renamed: file's columns by our names. order: of dates; None: decided from the
    file. skips: leave out unreadable rows.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    place: TablePlace = FIRST_SHEET
    order: DateOrder | None = None
    skips: bool = False


class TransactionCounts(msgspec.Struct, frozen=True):
    """Counts of rows by result; repeated: already known, from this file or before.

    unreadable: left out on request. contradicting: about the same transaction as a later row, from which they
    differ without a time of change; the later row counts. phones: rows by whether the number is usable.
    unusable: the first rows with an unusable one.
    """

    stored: int
    corrected: int
    cancelled: int
    repeated: int
    problems: int
    unreadable: int = 0
    contradicting: int = 0
    phones: dict[PhoneOutcome, int] = {}
    unusable: dict[Fault, list[int]] = {}


@dataclass(frozen=True)
class ImportedTransactions:
    """header: of the file, with its names. skipped: rows left out. contradictions: pairs of rows."""

    counts: TransactionCounts
    header: tuple[str, ...]
    skipped: list[SkippedRow]
    contradictions: list[tuple[int, int]] = field(default_factory=list)


def resolve_columns(path: Path, file: TransactionFile) -> tuple[TransactionFile, list[str]]:
    """Return the file's settings with usual column names recognised, and columns that are not read."""
    try:
        header, known = _recognise_header(path, file, file.place)
    except TableError as problem:
        raise problem.with_advice(_header_advice(path, file)) from None
    if (missing := _missing_columns(header, known)) and (advice := _header_advice(path, file)):
        row = file.place.skip_rows + 1
        raise TableError(path.name, f"has no column {', '.join(missing)}{advice}", row=row)
    taken = {*known.values(), *_KNOWN_COLUMNS}
    return replace(file, renamed=known), [name for name in header if name not in taken]


def _recognise_header(
    path: Path, file: TransactionFile, place: TablePlace
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the header in this place, and the file's columns by our names."""
    with open_records(path, (), file.renamed, place) as records:
        return records.header, rename_known(records.header, file.renamed, EventColumns._fields)


def _missing_columns(header: Sequence[str], known: Mapping[str, str]) -> list[str]:
    return [name for name in _REQUIRED_COLUMNS if name not in known and name not in header]


def _header_advice(path: Path, file: TransactionFile) -> str:
    """Return which of the next rows is the header, under a title; "" if none is."""
    first = file.place.skip_rows + 1
    for skipped in range(first, first + _TITLE_ROWS_MAX):
        with suppress(TableError):
            if not _missing_columns(*_recognise_header(path, file, replace(file.place, skip_rows=skipped))):
                return f"; the header seems to be row {skipped + 1}: add --skip-rows {skipped}"
    return ""


async def import_transactions(
    conn: Connection, path: Path, settings: Settings, file: TransactionFile | None = None
) -> ImportedTransactions:
    named, cipher = IdHasher(settings.secret), read_cipher(settings)
    file = resolve_columns(path, file or TransactionFile())[0]
    while True:
        snapshot = await load_snapshot(conn)
        try:
            skipped: list[SkippedRow] = []
            with _uncollected(), _open_rows(path, file, skipped) as records:
                reader = EventReader(snapshot, named, cipher)
                incoming = TransactionRows(records, reader, named, file.order, skipped, skips=file.skips)
                async with conn.transaction():
                    counts, contradictions = await _store_parts(conn, snapshot, incoming)
                header = tuple(file.renamed.get(name, name) for name in records.header)
                skipped = sorted(skipped, key=lambda one: one.row)
                return ImportedTransactions(counts, header, skipped, contradictions)
        except CatalogueMovedError:
            continue
        except DateOrderError:
            file = replace(file, order=_find_date_order(path, file))


def _open_rows(
    path: Path, file: TransactionFile, skipped: list[SkippedRow]
) -> AbstractContextManager[Records]:
    """Open the file; append rows with a wrong number of cells to `skipped` where the file's are left out."""

    def leave_out(problem: TableError, cells: Sequence[str]) -> None:
        skipped.append(SkippedRow(problem.row or 0, problem.problem, cells))

    return open_records(
        path, _REQUIRED_COLUMNS, file.renamed, file.place, leave_out=leave_out if file.skips else None
    )


def _find_date_order(path: Path, file: TransactionFile) -> DateOrder:
    """From all dates of the file."""
    evidence = DateEvidence()
    with _open_rows(path, file, []) as records:
        places = [place for place, name in enumerate(records.header) if name in _DATE_COLUMNS]
        for row, cells in records.rows:
            evidence.add(row, [cells[place] for place in places])
    return evidence.decide(path.name)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Disable garbage collection: rows have no cycles, and searching a million of them takes a fifth of
    the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _store_parts(
    conn: Connection, snapshot: CatalogueSnapshot, incoming: TransactionRows
) -> tuple[TransactionCounts, list[tuple[int, int]]]:
    """Store each part while a thread reads the next: the database works on another processor."""
    kept: Counter[Status] = Counter()
    storage = EventStorage(conn, snapshot)
    contradictions: list[tuple[int, int]] = []
    rows = problems = 0
    part = incoming.part(FIRST_BATCH_ROWS)
    while part.rows:
        rows, problems = rows + part.rows, problems + len(part.problems)
        contradictions += part.events.contradictions
        stored, following = await asyncio.gather(
            storage.store(part.events, part.problems),
            asyncio.to_thread(incoming.part, STORED_BATCH_ROWS),
            return_exceptions=True,  # so that no thread is still reading afterwards
        )
        if isinstance(stored, BaseException):
            raise stored
        if isinstance(following, BaseException):
            raise following
        for outcome in stored:
            kept[outcome.status] += outcome.transactions
        part = following
    await storage.finish()
    counted = kept["stored"], kept["corrected"], kept["cancelled"]
    unreadable = len(incoming.skipped) - (problems if incoming.skips else 0)
    contradicting = len(contradictions)
    repeated = rows - sum(counted) - problems - unreadable - contradicting
    phones = incoming.phones
    counts = TransactionCounts(
        *counted, repeated, problems, unreadable, contradicting, phones.as_dict(), dict(phones.rows)
    )
    return counts, contradictions
