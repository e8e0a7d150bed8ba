"""Opt-outs, by a keyed hash of the phone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("opt_outs")


async def insert_opt_out(conn: Connection, phone_hash: bytes, since: date) -> bool:
    """Return whether it is new."""
    return bool(await conn.fetchval(_Q.insert_opt_out, phone_hash, since))


async def move_opt_out(conn: Connection, phone_hash: bytes, by: str, reason: str) -> date | None:
    """Move an opt-out to the undone ones; return its day, or None if there is none."""
    since: date | None = await conn.fetchval(_Q.move_opt_out, phone_hash, by, reason)
    return since


class UndoneRow(msgspec.Struct, frozen=True):
    undone_at: datetime
    undone_by: str
    reason: str
    since: date


async def list_undone_opt_outs(conn: Connection) -> list[UndoneRow]:
    return [UndoneRow(*row) for row in await conn.fetch(_Q.list_undone_opt_outs)]


async def count_opt_outs(conn: Connection) -> int:
    return int(await conn.fetchval(_Q.count_opt_outs))


async def list_opted_out(conn: Connection, phone_hashes: Sequence[bytes]) -> set[bytes]:
    return {row[0] for row in await conn.fetch(_Q.list_opted_out, phone_hashes)}


async def list_rounds_that_ask(conn: Connection) -> list[int]:
    return [row[0] for row in await conn.fetch(_Q.list_rounds_that_ask)]


async def list_rounds_that_asked(conn: Connection, hashes: Mapping[int, bytes]) -> list[int]:
    """hashes: of one phone, by round."""
    rows = await conn.fetch(_Q.list_rounds_that_asked, list(hashes), list(hashes.values()))
    return [row[0] for row in rows]
