"""Connections to the database, with one clear line where there is none."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from sipas.errors import DatabaseAway, DatabaseError
from sipas.postgres.dsn import POOLER, explain_configuration, is_pooler, read_target

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool

T = TypeVar("T")
LOG = logging.getLogger(__name__)
# What it looks like when the server goes away, at once or in the middle of something.
AWAY: tuple[type[Exception], ...] = (
    DatabaseAway,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # asyncpg loses its place where the server is killed under it
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
)
# The same, and a server without disk, memory or connections to spare: it may have some again soon.
UNAVAILABLE: tuple[type[Exception], ...] = (*AWAY, asyncpg.InsufficientResourcesError)
# What a row itself can be the cause of, and its neighbours not.
CONTENT_ERRORS = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
)
COMMAND_TIMEOUT = 60
SESSION = {
    "application_name": "sipas",
    "synchronous_commit": "on",
    "log_parameter_max_length_on_error": "0",  # a statement that fails must not put an answer into the log
}


async def open_pool(
    dsn: str,
    *,
    min_size: int = 1,
    max_size: int = 10,
    command_timeout: float = COMMAND_TIMEOUT,
    reset: Callable[[Connection], Awaitable[None]] | None = None,
) -> Pool:
    """A pool with its first connections made. Close it, or use it in `async with`.

    reset: what is done where a connection is given back, instead of a statement that undoes everything.
    """
    try:
        return await asyncpg.create_pool(
            **read_target(dsn).arguments,
            min_size=min_size,
            max_size=max_size,
            command_timeout=command_timeout,
            server_settings=SESSION,
            init=set_codecs,
            reset=reset,
        )
    except Exception as error:
        raise explained(error) from error


async def connect(dsn: str) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection of its own, without a limit on how long a command may take."""
    try:
        conn: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
            **read_target(dsn).arguments, server_settings=SESSION
        )
        await set_codecs(conn)
    except Exception as error:
        raise explained(error) from error
    return conn


async def patiently(work: Callable[[], Awaitable[T]], patience: float) -> T:
    """Does it again, for `patience` seconds, while the database is away: starting, recovering, killed."""
    deadline, waited = time.monotonic() + patience, False
    while True:
        try:
            return await work()
        except AWAY as error:
            if time.monotonic() > deadline:
                raise
            if not waited:
                LOG.warning("waiting for the database: %s", error)
            waited = True
        await asyncio.sleep(0.1)


async def leave_as_it_is(conn: Connection) -> None:
    """Where single statements are all that a connection ever runs there is nothing to undo."""


async def set_codecs(conn: Connection) -> None:
    await conn.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=to_jsonb, decoder=from_jsonb
    )


def to_jsonb(value: Any) -> bytes:
    return b"\x01" + msgspec.json.encode(value)


def from_jsonb(value: bytes) -> Any:
    """Behind the version, one byte, stands the text."""
    return msgspec.json.decode(value[1:])


def explained(error: Exception) -> Exception:
    """The failure to connect as a DatabaseError. The URL is never repeated: it may hold a password."""
    if isinstance(error, TimeoutError):
        return DatabaseAway("cannot connect to the database: it did not answer in time")
    if isinstance(error, OSError | asyncpg.CannotConnectNowError | asyncpg.TooManyConnectionsError):
        return DatabaseAway(f"cannot connect to the database: {error}")
    if is_pooler(error):
        return DatabaseError(POOLER)
    if isinstance(error, asyncpg.PostgresError):
        return DatabaseError(f"cannot connect to the database: {error}")
    if isinstance(error, ValueError | asyncpg.InterfaceError):
        return explain_configuration(error)
    return error
