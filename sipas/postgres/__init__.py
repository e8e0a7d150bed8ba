"""The database: an embedded Postgres, or whatever server SIPAS_DATABASE_URL names."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from sipas.postgres import embedded, migrate
from sipas.postgres.pool import Pool, open_pool
from sipas.settings import Settings


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Pool]:
    """A pool on a database that has this version's schema; an embedded server runs for as long."""
    server = (
        nullcontext(settings.database_url) if settings.database_url else embedded.running(settings.data_dir)
    )
    with server as dsn:
        await migrate.migrate(dsn)
        async with await open_pool(dsn) as pool:
            yield pool
