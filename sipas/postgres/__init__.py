"""The database: an embedded Postgres, or whatever server SIPAS_DATABASE_URL names."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from sipas.postgres import embedded, migrate
from sipas.postgres.pool import Pool, open_pool, patiently
from sipas.settings import Settings


@asynccontextmanager
async def connected(settings: Settings, *, patience: float = 0) -> AsyncIterator[Pool]:
    """A pool on a database that has this version's schema; an embedded server runs for as long.

    patience: seconds for a server that is away.
    """
    server = (
        nullcontext(settings.database_url) if settings.database_url else embedded.running(settings.data_dir)
    )
    with server as dsn:
        async with await patiently(lambda: migrated_pool(dsn), patience) as pool:
            yield pool


async def migrated_pool(dsn: str) -> Pool:
    await migrate.migrate(dsn)
    return await open_pool(dsn)
