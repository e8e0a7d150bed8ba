"""Encrypted answers of links and posters until they are mixed into the responses."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("pending")
LASTS = 3600.0  # seconds that a vacuum may take


class Pending(msgspec.Struct, frozen=True):
    """Field order is the statements'. due_on: when the next mix looks at it."""

    round_id: int
    due_on: date
    sealed: bytes


async def insert_pending(conn: Connection, rows: Iterable[Pending]) -> None:
    await conn.executemany(Q.insert_pending, [msgspec.structs.astuple(row) for row in rows])


async def count_due(conn: Connection, today: date, closed_before: datetime) -> int:
    """Answers that a mix looks at today, or whose round closed before that moment."""
    return int(await conn.fetchval(Q.count_due, today, closed_before))


async def take_pending(conn: Connection) -> list[Pending]:
    """All there is; nothing of it stays in the table's file. The table is this transaction's alone."""
    await conn.execute(Q.lock_pending)
    rows = [Pending(*row) for row in await conn.fetch(Q.list_pending)]
    await conn.execute(Q.empty_pending)
    return rows


async def vacuum_forgotten(conn: Connection) -> None:
    """Outside a transaction."""
    await conn.execute(Q.vacuum_forgotten, timeout=LASTS)
