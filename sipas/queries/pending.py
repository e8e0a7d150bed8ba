"""Encrypted answers of links, posters, paper forms and interviews that wait for the mix."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("pending")
_VACUUM_TIMEOUT_SECONDS = 3600.0  # for the vacuum


class Pending(msgspec.Struct, frozen=True):
    """Fields are in the order of the statements. due_on: the next day on which a mix decides about it.

    paper: of a paper form or an interview, which goes on waiting after the round has closed.
    """

    round_id: int
    due_on: date
    encrypted: bytes
    paper: bool = False


async def insert_pending(conn: Connection, rows: Iterable[Pending]) -> None:
    await conn.executemany(_Q.insert_pending, [msgspec.structs.astuple(row) for row in rows])


async def count_due(conn: Connection, today: date, closed_before: datetime) -> int:
    """Count answers due today, or of links and posters of rounds that closed before that moment."""
    return int(await conn.fetchval(_Q.count_due, today, closed_before))


async def take_pending(conn: Connection) -> list[Pending]:
    """Take all answers and rewrite the table's file. The table is locked for this transaction."""
    await conn.execute(_Q.lock_pending)
    rows = [Pending(*row) for row in await conn.fetch(_Q.list_pending)]
    await conn.execute(_Q.empty_pending)
    return rows


async def vacuum_forgotten(conn: Connection) -> None:
    """Vacuum the table. Call it outside a transaction."""
    await conn.execute(_Q.vacuum_forgotten, timeout=_VACUUM_TIMEOUT_SECONDS)
