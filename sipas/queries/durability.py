"""Database settings that lose confirmed data, or that log the content of responses."""

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("durability")


class Setting(msgspec.Struct, frozen=True):
    name: str
    value: str


async def list_unsafe_settings(conn: Connection) -> list[Setting]:
    return [Setting(*row) for row in await conn.fetch(_Q.list_unsafe_settings)]


async def list_parameter_logging(conn: Connection) -> list[Setting]:
    """List settings that put the content of responses into the server's log."""
    return [Setting(*row) for row in await conn.fetch(_Q.list_parameter_logging)]


async def probe_disk(conn: Connection) -> None:
    """Raise DiskFullError if the database's disk is full. Call it inside a transaction."""
    await conn.execute(_Q.limit_sort_memory)
    await conn.execute(_Q.probe_disk)
