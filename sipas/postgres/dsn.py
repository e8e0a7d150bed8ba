"""SIPAS_DATABASE_URL: parameters that asyncpg does not read, and explanations of errors."""

import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg

from sipas.errors import DatabaseError

_URL_VARIABLE = "SIPAS_DATABASE_URL"
_CONNECT_SECONDS = 10.0
_NOT_A_URL = (
    f"{_URL_VARIABLE} is not of the form postgresql://user:password@host:port/database "
    "(special characters in the password percent-encoded)"
)
POOLER_ADVICE = (
    "a connection pooler stands before PostgreSQL: set pool_mode = session and ignore_startup_parameters = "
    "synchronous_commit,log_parameter_max_length_on_error, or let "
    f"{_URL_VARIABLE} name PostgreSQL itself (docs/guides/operate.md)"
)
PORT_ADVICE = f"{_URL_VARIABLE}: the port is out of range (1–65535); PostgreSQL's usual port is 5432"
_KEEPALIVE_PARAMETERS = (
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
)
_IGNORED_PARAMETERS = (
    *("gssencmode", "gssdelegation", "sslcompression", "sslcertmode", "sslsni", "require_auth"),
    *("requirepeer", "load_balance_hosts", "replication", "fallback_application_name", "client_encoding"),
)
_UNSUPPORTED_PARAMETERS = {
    **dict.fromkeys(
        _KEEPALIVE_PARAMETERS,
        "is not supported; set tcp_keepalives_idle and its like in postgresql.conf instead",
    ),
    **dict.fromkeys(_IGNORED_PARAMETERS, "is not supported; leave it out"),
}
_FILE_PARAMETERS = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
_CHANNEL_BINDING = "channel_binding"


@dataclass(frozen=True)
class Target:
    """url: as asyncpg reads it. timeout: seconds for a connection."""

    url: str
    timeout: float = _CONNECT_SECONDS

    @property
    def arguments(self) -> dict[str, Any]:
        return {"dsn": self.url, "timeout": self.timeout}


def read_target(url: str) -> Target:
    """Remove parameters that asyncpg would pass on to the server, and refuse unsupported ones."""
    parts = urlsplit(url)
    try:
        asked = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise DatabaseError(f"{_NOT_A_URL}; its parameters, behind the ?, cannot be read") from None
    timeout = _CONNECT_SECONDS
    for name, value in asked:
        if name in _UNSUPPORTED_PARAMETERS:
            raise DatabaseError(f"{_URL_VARIABLE}: {name} {_UNSUPPORTED_PARAMETERS[name]}")
        if name == _CHANNEL_BINDING and value not in ("prefer", "disable"):
            raise DatabaseError(
                f"{_URL_VARIABLE}: channel_binding={value} is not supported; use sslmode=verify-full"
            )
        if name in _FILE_PARAMETERS and value != "system" and not os.access(value, os.R_OK):
            raise DatabaseError(f"{_URL_VARIABLE}: {name} names the file {value}, which cannot be read")
        if name == "connect_timeout":
            timeout = _read_timeout(value)
    kept = [(name, value) for name, value in asked if name not in (_CHANNEL_BINDING, "connect_timeout")]
    return Target(parts._replace(query=urlencode(kept)).geturl() if kept != asked else url, timeout)


def _read_timeout(value: str) -> float:
    if not value.isdecimal() or not 1 <= int(value) <= 3600:
        raise DatabaseError(
            f"{_URL_VARIABLE}: connect_timeout={value} is no number of seconds from 1 to 3600"
        )
    return float(value)


def explain_configuration(error: ValueError | asyncpg.InterfaceError) -> DatabaseError:
    """Return asyncpg's reason if it names a parameter; other reasons could repeat parts of the password."""
    if isinstance(error, asyncpg.ClientConfigurationError) and not _names_parts(str(error)):
        hint = f" ({error.hint})" if getattr(error, "hint", None) else ""
        return DatabaseError(f"{_URL_VARIABLE}: {error.args[0]}{hint}")
    return DatabaseError(_NOT_A_URL)


def _names_parts(reason: str) -> bool:
    return "URI" in reason or "DSN" in reason


def is_pooler(error: Exception) -> bool:
    """Whether PgBouncer caused the error: it refuses session settings, and in transaction mode changes
    sessions.
    """
    return "unsupported startup parameter" in str(error) or isinstance(
        error, asyncpg.DuplicatePreparedStatementError | asyncpg.InvalidSQLStatementNameError
    )
