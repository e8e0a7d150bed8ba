"""A batch of what was told of finished transactions, on its way into the database by COPY.

Value by value a million rows would take longer than all else that is done with them: so they are one array in
the database's own binary form.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("transactions")
LASTS = 3600.0  # seconds that a large file may take
MANY = 10_000  # rows from which on it pays to plan for them
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # and no flags, and no extension
TRAILER = b"\xff\xff"
EPOCH = 946_684_800 * 10**6  # microseconds from 1970 to 2000, where the database's time begins
NEVER, FOR_EVER = -(2**63), 2**63 - 1  # the database's -infinity and infinity
COLUMNS = {
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
FIELDS = [("fields", ">i2")]
for name, form in COLUMNS.items():
    FIELDS += [(f"{name}_length", ">i4"), (name, form)]
RECORD = np.dtype(FIELDS)


@dataclass(frozen=True)
class Told:
    """Rows of RECORD. phones: place, and sealed phone, of those that are drawn."""

    rows: NDArray[np.void]
    phones: list[tuple[int, bytes]]


def new_rows(number: int) -> NDArray[np.void]:
    """Without a value in them."""
    rows = np.zeros(number, RECORD)
    rows["fields"] = len(COLUMNS)
    for name in COLUMNS:
        rows[f"{name}_length"] = RECORD[name].itemsize
    return rows


async def copy_told(conn: Connection, batches: Sequence[Told]) -> None:
    """In place of what was there before. The end of the transaction empties the tables."""
    for statement in (Q.create_told, Q.create_told_phone, Q.empty_told):
        await conn.execute(statement)
    content = b"".join([HEADER, *(batch.rows.tobytes() for batch in batches), TRAILER])
    columns = list(COLUMNS)
    await conn.copy_to_table("told", source=BytesIO(content), format="binary", columns=columns, timeout=LASTS)
    phones = [phone for batch in batches for phone in batch.phones]
    await conn.copy_records_to_table("told_phone", records=phones, timeout=LASTS)
    if sum(len(batch.rows) for batch in batches) > MANY:
        await conn.execute(Q.expect_many)
        await conn.execute(Q.analyze_told)
