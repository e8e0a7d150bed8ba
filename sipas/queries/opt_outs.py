"""Who does not want to be asked again, by a keyed hash."""

from collections.abc import Mapping, Sequence
from datetime import date

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("opt_outs")


async def insert_opt_out(conn: Connection, phone_hash: bytes, since: date) -> bool:
    """Whether it is new."""
    return bool(await conn.fetchval(Q.insert_opt_out, phone_hash, since))


async def list_opted_out(conn: Connection, phone_hashes: Sequence[bytes]) -> set[bytes]:
    return {row[0] for row in await conn.fetch(Q.list_opted_out, phone_hashes)}


async def list_rounds_that_ask(conn: Connection) -> list[int]:
    return [row[0] for row in await conn.fetch(Q.list_rounds_that_ask)]


async def list_rounds_that_asked(conn: Connection, hashes: Mapping[int, bytes]) -> list[int]:
    """hashes: of one phone, by round."""
    rows = await conn.fetch(Q.list_rounds_that_asked, list(hashes), list(hashes.values()))
    return [row[0] for row in rows]
