"""Answers of links and posters until they are mixed into the responses."""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("pending")
LASTS = 3600.0  # seconds that a vacuum may take


class Pending(msgspec.Struct, frozen=True):
    """Field order is the statements'."""

    round_id: int
    unit_id: int
    procedure_id: int | None
    service_channel: str | None
    channel: str
    day: date
    complete: bool
    form: str
    language: str
    answers: Sequence[int]


class Waiting(msgspec.Struct, frozen=True):
    """first: the oldest day of an answer that waits."""

    answers: int
    first: date | None


async def insert_pending(conn: Connection, rows: Iterable[Pending]) -> None:
    await conn.executemany(Q.insert_pending, [msgspec.structs.astuple(row) for row in rows])


async def count_pending(conn: Connection, before: date) -> Waiting:
    """Of the days before that one."""
    row = await conn.fetchrow(Q.count_pending, before)
    assert row is not None  # an aggregate always has one
    return Waiting(*row)


async def take_pending(conn: Connection) -> list[Pending]:
    """All there is; nothing of it stays in the table's file. The table is this transaction's alone."""
    await conn.execute(Q.lock_pending)
    rows = [Pending(*row) for row in await conn.fetch(Q.list_pending)]
    await conn.execute(Q.empty_pending)
    return rows


async def vacuum_forgotten(conn: Connection) -> None:
    """Outside a transaction."""
    await conn.execute(Q.vacuum_forgotten, timeout=LASTS)
