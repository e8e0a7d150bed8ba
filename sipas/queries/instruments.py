"""Published instruments."""

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("instruments")


async def find_instrument_source(conn: Connection, code: str, version: int) -> str | None:
    source: str | None = await conn.fetchval(_Q.find_instrument_source, code, version)
    return source


async def insert_instrument(conn: Connection, code: str, version: int, source: str) -> int:
    return int(await conn.fetchval(_Q.insert_instrument, code, version, source))
