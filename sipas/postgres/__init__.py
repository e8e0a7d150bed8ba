"""The database: an embedded Postgres, or whatever server SIPAS_DATABASE_URL names."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from sipas.postgres import embedded, migrate
from sipas.postgres.pool import Pool, open_pool, wait_until_there
from sipas.settings import Settings


@asynccontextmanager
async def connected(settings: Settings, *, patience: float = 0) -> AsyncIterator[Pool]:
    """A pool on a database that has this version's schema; an embedded server runs for as long.

    patience: seconds for a server that is starting or recovering.
    """
    server = (
        nullcontext(settings.database_url) if settings.database_url else embedded.running(settings.data_dir)
    )
    with server as dsn:
        await wait_until_there(dsn, patience)
        await migrate.migrate(dsn)
        async with await open_pool(dsn) as pool:
            yield pool
