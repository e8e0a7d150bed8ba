"""SIPAS_DATABASE_URL: what asyncpg does not read of it, and what is wrong with it."""

import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg

from sipas.errors import DatabaseError

VARIABLE = "SIPAS_DATABASE_URL"
CONNECT_SECONDS = 10.0
NOT_A_URL = (
    f"{VARIABLE} is not of the form postgresql://user:password@host:port/database "
    "(special characters in the password percent-encoded)"
)
POOLER = (
    "a connection pooler stands before PostgreSQL: set pool_mode = session and ignore_startup_parameters = "
    "synchronous_commit,log_parameter_max_length_on_error, or let "
    f"{VARIABLE} name PostgreSQL itself (docs/guides/operate.md)"
)
KEEPALIVES = ("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout")
LEFT_OUT = (
    *("gssencmode", "gssdelegation", "sslcompression", "sslcertmode", "sslsni", "require_auth"),
    *("requirepeer", "load_balance_hosts", "replication", "fallback_application_name", "client_encoding"),
)
UNSUPPORTED = {
    **dict.fromkeys(
        KEEPALIVES, "is not supported; set tcp_keepalives_idle and its like in postgresql.conf instead"
    ),
    **dict.fromkeys(LEFT_OUT, "is not supported; leave it out"),
}
FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
CHANNEL_BINDING = "channel_binding"


@dataclass(frozen=True)
class Target:
    """url: as asyncpg reads it. timeout: seconds for a connection."""

    url: str
    timeout: float = CONNECT_SECONDS

    @property
    def arguments(self) -> dict[str, Any]:
        return {"dsn": self.url, "timeout": self.timeout}


def read_target(url: str) -> Target:
    """Take out what asyncpg would pass on to the server, and refuse what it cannot do."""
    parts = urlsplit(url)
    try:
        asked = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise DatabaseError(f"{NOT_A_URL}; its parameters, behind the ?, cannot be read") from None
    timeout = CONNECT_SECONDS
    for name, value in asked:
        if name in UNSUPPORTED:
            raise DatabaseError(f"{VARIABLE}: {name} {UNSUPPORTED[name]}")
        if name == CHANNEL_BINDING and value not in ("prefer", "disable"):
            raise DatabaseError(
                f"{VARIABLE}: channel_binding={value} is not supported; use sslmode=verify-full"
            )
        if name in FILES and value != "system" and not os.access(value, os.R_OK):
            raise DatabaseError(f"{VARIABLE}: {name} names the file {value}, which cannot be read")
        if name == "connect_timeout":
            timeout = _read_timeout(value)
    kept = [(name, value) for name, value in asked if name not in (CHANNEL_BINDING, "connect_timeout")]
    return Target(parts._replace(query=urlencode(kept)).geturl() if kept != asked else url, timeout)


def _read_timeout(value: str) -> float:
    if not value.isdecimal() or not 1 <= int(value) <= 3600:
        raise DatabaseError(f"{VARIABLE}: connect_timeout={value} is no number of seconds from 1 to 3600")
    return float(value)


def explain_configuration(error: ValueError | asyncpg.InterfaceError) -> DatabaseError:
    """asyncpg's own reason where it names a parameter; the rest could repeat parts of the password."""
    if isinstance(error, asyncpg.ClientConfigurationError) and not _names_parts(str(error)):
        hint = f" ({error.hint})" if getattr(error, "hint", None) else ""
        return DatabaseError(f"{VARIABLE}: {error.args[0]}{hint}")
    return DatabaseError(NOT_A_URL)


def _names_parts(reason: str) -> bool:
    return "URI" in reason or "DSN" in reason


def is_pooler(error: Exception) -> bool:
    """PgBouncer refuses what a session asks for; in transaction mode statements change sessions."""
    return "unsupported startup parameter" in str(error) or isinstance(
        error, asyncpg.DuplicatePreparedStatementError | asyncpg.InvalidSQLStatementNameError
    )
