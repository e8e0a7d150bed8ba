"""A command's work on the database: a connection, or a pool of them, for as long as the work takes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sipas.postgres import connected
from sipas.postgres.pool import Connection, Pool
from sipas.settings import Settings, read_settings

T = TypeVar("T")


def in_database(work: Callable[[Connection], Awaitable[T]], settings: Settings | None = None) -> T:
    async def with_connection(pool: Pool) -> T:
        async with pool.acquire() as conn:
            return await work(conn)

    return in_pool(with_connection, settings)


def in_pool(work: Callable[[Pool], Awaitable[T]], settings: Settings | None = None) -> T:
    return asyncio.run(connect_and(work, settings or read_settings()))


async def connect_and(work: Callable[[Pool], Awaitable[T]], settings: Settings) -> T:
    async with connected(settings) as pool:
        return await work(pool)
