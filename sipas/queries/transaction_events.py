"""Events and counts of finished transactions as they enter the database by COPY.

Rows are one array in the database's binary format: encoding a million rows value by value would take longer
than all other work on them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("transactions")
STORE_TIMEOUT_SECONDS = 3600.0  # for large files
_PLANNED_ROWS_MIN = 1_000  # fewer are not analyzed; without statistics, large joins compare all pairs
_COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # without flags or extension
_COPY_TRAILER = b"\xff\xff"
POSTGRES_EPOCH_MICROSECONDS = 946_684_800 * 10**6  # from 1970 to 2000, where the database's time begins
NEVER, FOR_EVER = -(2**63), 2**63 - 1  # the database's -infinity and infinity


def _record_of(columns: Mapping[str, str]) -> np.dtype[np.void]:
    """Return the record in the database's format: the number of fields, and each field after its length."""
    fields = [("fields", ">i2")]
    for name, form in columns.items():
        fields += [(f"{name}_length", ">i4"), (name, form)]
    return np.dtype(fields)


EVENT_RECORD = _record_of(
    {
        "place": ">i4",
        "id_hash": "V16",
        "changed_at": ">i8",
        "completed_at": ">i8",
        "due_at": ">i8",
        "round_id": ">i4",
        "unit_id": ">i4",
        "procedure_id": ">i4",
        "channel": ">i2",
        "on_time": ">i2",
        "cancelled": "?",
        "drawn": ">i2",
    }
)
TALLY_RECORD = _record_of(
    {
        "round_id": ">i4",
        "unit_id": ">i4",
        "procedure_id": ">i4",
        "channel": ">i2",
        "month": ">i4",
        "on_time": ">i2",
        "cancelled": "?",
        "drawn": ">i2",
        "n": ">i8",
    }
)


@dataclass(frozen=True)
class TransactionEvents:
    """rows: of EVENT_RECORD. phones: place and encrypted phone of drawn transactions.

    contradictions: places of two events about one transaction that differ without a time of change.
    """

    rows: NDArray[np.void]
    phones: list[tuple[int, bytes]]
    contradictions: tuple[tuple[int, int], ...] = ()


def _fields_of(record: np.dtype[np.void]) -> list[str]:
    return [name for name in record.names or () if name != "fields" and not name.endswith("_length")]


def new_rows(record: np.dtype[np.void], number: int) -> NDArray[np.void]:
    """Return rows without values."""
    rows = np.zeros(number, record)
    names = _fields_of(record)
    rows["fields"] = len(names)
    for name in names:
        rows[f"{name}_length"] = record[name].itemsize
    return rows


async def copy_transaction_events(conn: Connection, events: TransactionEvents) -> None:
    """Copy events in place of earlier ones. The end of the transaction empties the tables."""
    for statement in (_Q.create_sent_event, _Q.create_sent_phone, _Q.create_tally, _Q.empty_sent_events):
        await conn.execute(statement)
    await _copy_rows(conn, "sent_event", events.rows)
    await conn.copy_records_to_table("sent_phone", records=events.phones, timeout=STORE_TIMEOUT_SECONDS)
    if len(events.rows) > _PLANNED_ROWS_MIN:
        await conn.execute(_Q.expect_many)
        await conn.execute(_Q.analyze_sent_events)


async def copy_tally(conn: Connection, tally: NDArray[np.void]) -> None:
    """Add rows of TALLY_RECORD, after `sent_event` was copied."""
    await _copy_rows(conn, "tally", tally)


async def _copy_rows(conn: Connection, table: str, rows: NDArray[np.void]) -> None:
    content = BytesIO(b"".join((_COPY_HEADER, rows.tobytes(), _COPY_TRAILER)))
    columns = _fields_of(rows.dtype)
    await conn.copy_to_table(
        table, source=content, format="binary", columns=columns, timeout=STORE_TIMEOUT_SECONDS
    )
