"""Databases made and dropped on the server that the tests use."""

import os
from itertools import count
from urllib.parse import urlsplit

from sipas.postgres.migrate import migrate
from sipas.postgres.pool import Connection, connect
from sipas.postgres.server import SUPERUSER

numbers = count(1)


def fresh_name() -> str:
    return f"sipas_test_{os.getpid()}_{next(numbers)}"


def with_database(dsn: str, name: str) -> str:
    return urlsplit(dsn)._replace(path=f"/{name}").geturl()


def as_superuser(dsn: str) -> str:
    """Return the DSN of the embedded server's superuser; leave the DSN of another server as it is."""
    return dsn.replace("//sipas@", f"//{SUPERUSER}@", 1)


async def make_template(server_dsn: str, name: str) -> None:
    await execute(server_dsn, f"create database {name} template template0")
    await migrate(with_database(server_dsn, name))


async def execute(dsn: str, statement: str) -> None:
    conn = await connect(dsn)
    try:
        await conn.execute(statement)
    finally:
        await conn.close()


class Administrator:
    """Keeps one connection of the superuser open for many statements."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._conn: Connection | None = None

    async def execute(self, statement: str) -> None:
        if self._conn is None or self._conn.is_closed():
            self._conn = await connect(self.dsn)
        await self._conn.execute(statement)

    async def close(self) -> None:
        if self._conn is not None:
            await self._conn.close()
