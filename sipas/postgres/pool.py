"""Connections to the database, with one clear message if there is none."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from sipas.errors import DatabaseAway, DatabaseError
from sipas.postgres.dsn import POOLER_ADVICE, PORT_ADVICE, explain_configuration, is_pooler, read_target

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool

_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)
# Errors when the server goes away, at once or during a statement.
UNREACHABLE_ERRORS: tuple[type[Exception], ...] = (
    DatabaseAway,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # asyncpg's protocol state breaks when the server is killed
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
)
# The same, or a server without disk, memory or connections: it may recover soon.
UNAVAILABLE_ERRORS: tuple[type[Exception], ...] = (*UNREACHABLE_ERRORS, asyncpg.InsufficientResourcesError)
# Errors that one row can cause, and other rows do not share.
CONTENT_ERRORS = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
)
_COMMAND_TIMEOUT_SECONDS = 60
_SESSION_SETTINGS = {
    "application_name": "sipas",
    "synchronous_commit": "on",
    "log_parameter_max_length_on_error": "0",  # a failing statement must not write an answer to the log
}
# How an attempt to connect ends while the server is away, starts, stops, or is killed.
_CUT_OFF = (
    OSError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
)


async def open_pool(
    dsn: str,
    *,
    min_size: int = 1,
    max_size: int = 10,
    command_timeout: float = _COMMAND_TIMEOUT_SECONDS,
    reset: Callable[[Connection], Awaitable[None]] | None = None,
) -> Pool:
    """Return a pool with its first connections. Close it, or use it in `async with`.

    reset: run when a connection is returned, instead of a statement that resets everything.
    """
    try:
        return await asyncpg.create_pool(
            **read_target(dsn).arguments,
            min_size=min_size,
            max_size=max_size,
            command_timeout=command_timeout,
            server_settings=_SESSION_SETTINGS,
            init=_set_codecs,
            reset=reset,
        )
    except Exception as error:
        raise explained(error) from error


async def connect(dsn: str) -> "asyncpg.Connection[asyncpg.Record]":
    """Return a separate connection, without a limit on the duration of commands."""
    try:
        conn: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
            **read_target(dsn).arguments, server_settings=_SESSION_SETTINGS
        )
        await _set_codecs(conn)
    except Exception as error:
        raise explained(error) from error
    return conn


async def patiently(work: Callable[[], Awaitable[_T]], patience: float) -> _T:
    """Repeat the work, for `patience` seconds, while the database is starting, recovering or away."""
    deadline, waited = time.monotonic() + patience, False
    while True:
        try:
            return await work()
        except UNREACHABLE_ERRORS as error:
            if time.monotonic() > deadline:
                raise
            if not waited:
                _LOG.warning("waiting for the database: %s", error)
            waited = True
        await asyncio.sleep(0.1)


async def leave_as_it_is(conn: Connection) -> None:
    """Skip the reset of connections that run single statements only."""


async def _set_codecs(conn: Connection) -> None:
    await conn.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_to_jsonb, decoder=_from_jsonb
    )


def _to_jsonb(value: Any) -> bytes:
    return b"\x01" + msgspec.json.encode(value)


def _from_jsonb(value: bytes) -> Any:
    """Decode jsonb: one version byte, then the text."""
    return msgspec.json.decode(value[1:])


def explained(error: Exception) -> Exception:
    """Return the failure to connect as a DatabaseError. The URL is never repeated: it may contain a
    password.
    """
    if isinstance(error, TimeoutError):
        return DatabaseAway("cannot connect to the database: it did not answer in time")
    if is_pooler(error):
        return DatabaseError(POOLER_ADVICE)
    if isinstance(error, _CUT_OFF):
        return DatabaseAway(f"cannot connect to the database: {error}")
    if isinstance(error, asyncpg.PostgresError):
        return DatabaseError(f"cannot connect to the database: {error}")
    if isinstance(error, OverflowError):
        return DatabaseError(PORT_ADVICE)
    if isinstance(error, ValueError | asyncpg.InterfaceError):
        return explain_configuration(error)
    return error
