"""Who does not want to be asked again, by a keyed hash."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("opt_outs")


async def insert_opt_out(conn: Connection, phone_hash: bytes, since: date) -> bool:
    """Whether it is new."""
    return bool(await conn.fetchval(Q.insert_opt_out, phone_hash, since))


async def move_opt_out(conn: Connection, phone_hash: bytes, by: str, reason: str) -> date | None:
    """Move an opt-out to those that were undone; return its day, None where there is none."""
    since: date | None = await conn.fetchval(Q.move_opt_out, phone_hash, by, reason)
    return since


class UndoneRow(msgspec.Struct, frozen=True):
    undone_at: datetime
    undone_by: str
    reason: str
    since: date


async def list_undone_opt_outs(conn: Connection) -> list[UndoneRow]:
    return [UndoneRow(*row) for row in await conn.fetch(Q.list_undone_opt_outs)]


async def count_opt_outs(conn: Connection) -> int:
    return int(await conn.fetchval(Q.count_opt_outs))


async def list_opted_out(conn: Connection, phone_hashes: Sequence[bytes]) -> set[bytes]:
    return {row[0] for row in await conn.fetch(Q.list_opted_out, phone_hashes)}


async def list_rounds_that_ask(conn: Connection) -> list[int]:
    return [row[0] for row in await conn.fetch(Q.list_rounds_that_ask)]


async def list_rounds_that_asked(conn: Connection, hashes: Mapping[int, bytes]) -> list[int]:
    """hashes: of one phone, by round."""
    rows = await conn.fetch(Q.list_rounds_that_asked, list(hashes), list(hashes.values()))
    return [row[0] for row in rows]
