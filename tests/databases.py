"""Databases made and dropped on the server that the tests use."""

import os
from itertools import count
from urllib.parse import urlsplit

from sipas.postgres.migrate import migrate
from sipas.postgres.pool import connect

numbers = count(1)


def fresh_name() -> str:
    return f"sipas_test_{os.getpid()}_{next(numbers)}"


def with_database(dsn: str, name: str) -> str:
    return urlsplit(dsn)._replace(path=f"/{name}").geturl()


async def make_template(server_dsn: str, name: str) -> None:
    await execute(server_dsn, f"create database {name} template template0")
    await migrate(with_database(server_dsn, name))


async def execute(dsn: str, statement: str) -> None:
    conn = await connect(dsn)
    try:
        await conn.execute(statement)
    finally:
        await conn.close()
