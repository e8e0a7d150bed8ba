"""Runs a command's work with a database connection or a pool."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sipas.postgres import connected
from sipas.postgres.pool import Connection, Pool
from sipas.settings import Settings, read_settings

_T = TypeVar("_T")


def in_database(work: Callable[[Connection], Awaitable[_T]], settings: Settings | None = None) -> _T:
    async def with_connection(pool: Pool) -> _T:
        async with pool.acquire() as conn:
            return await work(conn)

    return in_pool(with_connection, settings)


def in_pool(work: Callable[[Pool], Awaitable[_T]], settings: Settings | None = None) -> _T:
    return asyncio.run(_connect_and(work, settings or read_settings()))


async def _connect_and(work: Callable[[Pool], Awaitable[_T]], settings: Settings) -> _T:
    async with connected(settings) as pool:
        return await work(pool)
