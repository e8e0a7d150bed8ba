"""Settings by which the database loses what it confirmed, or logs what responses say."""

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("durability")


class Setting(msgspec.Struct, frozen=True):
    name: str
    value: str


async def list_unsafe_settings(conn: Connection) -> list[Setting]:
    return [Setting(*row) for row in await conn.fetch(Q.list_unsafe_settings)]


async def list_parameter_logging(conn: Connection) -> list[Setting]:
    """Settings by which the server's log holds what responses say."""
    return [Setting(*row) for row in await conn.fetch(Q.list_parameter_logging)]


async def probe_disk(conn: Connection) -> None:
    """Raise DiskFullError where the database has no disk left. Inside a transaction."""
    await conn.execute(Q.limit_sort_memory)
    await conn.execute(Q.probe_disk)
