"""Errors as RFC 9457 problem documents."""

from http import HTTPStatus
from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap, Send

from sipas.errors import DatabaseError, InputError, NotFound, Overloaded

PROBLEM = "application/problem+json"
RETRY_AFTER = "2"  # seconds


class Problem(msgspec.Struct, frozen=True):
    title: str
    status: int
    detail: str
    type: str = "about:blank"


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response[Problem]:
    body = Problem(HTTPStatus(status).phrase, status, detail)
    return Response(body, status_code=status, media_type=PROBLEM, headers=headers)


async def send_problem(send: Send, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
    """The same from a bare ASGI route."""
    body = msgspec.json.encode(Problem(HTTPStatus(status).phrase, status, detail))
    lines = {"content-type": PROBLEM, "content-length": str(len(body)), **(headers or {})}
    encoded = [(name.encode(), value.encode()) for name, value in lines.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def input_error(_: Request[Any, Any, Any], error: InputError) -> Response[Problem]:
    return problem(404 if isinstance(error, NotFound) else 400, str(error))


def unavailable(_: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    return problem(503, str(error), {"retry-after": RETRY_AFTER})


def http_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    return problem(error.status_code, error.detail, dict(error.headers or {}))


def database_away(_: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    return problem(
        503, "the database cannot be reached at the moment; try again", {"retry-after": RETRY_AFTER}
    )


HANDLERS: ExceptionHandlersMap = {
    OSError: database_away,
    asyncpg.InterfaceError: database_away,
    asyncpg.PostgresConnectionError: database_away,
    asyncpg.OperatorInterventionError: database_away,
    InputError: input_error,
    Overloaded: unavailable,
    DatabaseError: unavailable,
    HTTPException: http_error,
}
