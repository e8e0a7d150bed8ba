"""What was told of finished transactions, and how many that makes, on its way into the database by COPY.

Value by value a million rows would take longer than all else that is done with them: so they are one array in
the database's own binary form.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("transactions")
LASTS = 3600.0  # seconds that a large file may take
MANY = 1_000  # rows from which on it pays to plan for them; without, each would be compared with each
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # and no flags, and no extension
TRAILER = b"\xff\xff"
EPOCH = 946_684_800 * 10**6  # microseconds from 1970 to 2000, where the database's time begins
NEVER, FOR_EVER = -(2**63), 2**63 - 1  # the database's -infinity and infinity


def record_of(columns: Mapping[str, str]) -> np.dtype[np.void]:
    """A row as the database takes it: how many fields, and each behind its length."""
    fields = [("fields", ">i2")]
    for name, form in columns.items():
        fields += [(f"{name}_length", ">i4"), (name, form)]
    return np.dtype(fields)


RECORD = record_of(
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
TALLY = record_of(
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
class Told:
    """rows: of RECORD. phones: place, and sealed phone, of those that are drawn."""

    rows: NDArray[np.void]
    phones: list[tuple[int, bytes]]


def fields_of(record: np.dtype[np.void]) -> list[str]:
    return [name for name in record.names or () if name != "fields" and not name.endswith("_length")]


def new_rows(record: np.dtype[np.void], number: int) -> NDArray[np.void]:
    """Without a value in them."""
    rows = np.zeros(number, record)
    names = fields_of(record)
    rows["fields"] = len(names)
    for name in names:
        rows[f"{name}_length"] = record[name].itemsize
    return rows


async def copy_told(conn: Connection, told: Told) -> None:
    """In place of what was there before. The end of the transaction empties the tables."""
    for statement in (Q.create_told, Q.create_told_phone, Q.create_tally, Q.empty_told):
        await conn.execute(statement)
    await copy_rows(conn, "told", told.rows)
    await conn.copy_records_to_table("told_phone", records=told.phones, timeout=LASTS)
    if len(told.rows) > MANY:
        await conn.execute(Q.expect_many)
        await conn.execute(Q.analyze_told)


async def copy_tally(conn: Connection, tally: NDArray[np.void]) -> None:
    """Rows of TALLY, beside what is there. Where `told` was copied."""
    await copy_rows(conn, "tally", tally)


async def copy_rows(conn: Connection, table: str, rows: NDArray[np.void]) -> None:
    content = BytesIO(b"".join((HEADER, rows.tobytes(), TRAILER)))
    columns = fields_of(rows.dtype)
    await conn.copy_to_table(table, source=content, format="binary", columns=columns, timeout=LASTS)
