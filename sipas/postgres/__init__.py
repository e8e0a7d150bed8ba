"""The database: an embedded Postgres, or the server of SIPAS_DATABASE_URL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from sipas.postgres import embedded, migrate
from sipas.postgres.pool import Pool, open_pool, patiently
from sipas.postgres.secret_check import verify_secret
from sipas.settings import Settings


@asynccontextmanager
async def connected(
    settings: Settings, *, patience: float = 0, verifies_secret: bool = True
) -> AsyncIterator[Pool]:
    """Yield a pool on a database with this version's schema; an embedded server runs meanwhile."""
    async with (
        database(settings, patience=patience, verifies_secret=verifies_secret) as dsn,
        await open_pool(dsn) as pool,
    ):
        yield pool


@asynccontextmanager
async def database(
    settings: Settings, *, patience: float = 0, verifies_secret: bool = True
) -> AsyncIterator[str]:
    """Yield the DSN, for callers that open their own pools. patience: seconds to wait for a server.

    verifies_secret: WrongSecretError if the database was used with another secret.
    """
    server = (
        nullcontext(settings.database_url) if settings.database_url else embedded.running(settings.data_dir)
    )
    with server as dsn:
        await patiently(lambda: migrate.migrate(dsn), patience)
        if verifies_secret:
            await patiently(lambda: verify_secret(dsn, settings.secret), patience)
        yield dsn
