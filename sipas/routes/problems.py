"""Errors: RFC 9457 problem documents for programs, a page that says the same for people."""

import logging
from errno import ENAMETOOLONG
from http import HTTPStatus
from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException, NotFoundException
from litestar.types import ExceptionHandlersMap, Send

from sipas.errors import DatabaseError, InputError, NotFound, Overloaded
from sipas.messages import LANGUAGES, texts
from sipas.postgres.pool import AWAY
from sipas.repeated_log import RepeatedLog
from sipas.routes.pages import language_of, page
from sipas.stopping import Abandoned

FAILURES = RepeatedLog(logging.getLogger(__name__))
PROBLEM = "application/problem+json"
RETRY_LATER = {"retry-after": "2"}  # seconds
TRY_AGAIN = "the database cannot be reached at the moment; try again"
RETRY_MUCH_LATER = {"retry-after": "30"}
OUT_OF_RESOURCES = "the database cannot store anything at the moment; try again"
FAILED = "something failed here; it was logged, and is worth trying again later"
AnyRequest = Request[Any, Any, Any]


class Problem(msgspec.Struct, frozen=True):
    title: str
    status: int
    detail: str
    type: str = "about:blank"


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response[Problem]:
    body = Problem(HTTPStatus(status).phrase, status, detail)
    return Response(body, status_code=status, media_type=PROBLEM, headers=headers)


def encode_problem(
    status: int, detail: str, headers: dict[str, str] | None = None
) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """The same as bytes."""
    body = msgspec.json.encode(Problem(HTTPStatus(status).phrase, status, detail))
    lines = {"content-type": PROBLEM, "content-length": str(len(body)), **(headers or {})}
    return [(name.encode(), value.encode()) for name, value in lines.items()], body


async def send_problem(send: Send, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
    """The same from a bare ASGI route."""
    encoded, body = encode_problem(status, detail, headers)
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def told(
    request: AnyRequest, status: int, detail: str, headers: dict[str, str] | None = None
) -> Response[Any]:
    """As a page where a browser asks for one, else as a document."""
    if not wants_page(request):
        return problem(status, detail, headers)
    shown = page("problem.html", language_of(request), {"status": status, "detail": detail}, status=status)
    shown.headers.update(headers or {})
    return shown


def wants_page(request: AnyRequest) -> bool:
    best = request.accept.best_match(["application/json", "text/html"], default="application/json")
    return best == "text/html" and not request.url.path.startswith("/api/")


def input_error(request: AnyRequest, error: InputError) -> Response[Any]:
    return told(request, 404 if isinstance(error, NotFound) else 400, str(error))


def unavailable(request: AnyRequest, error: Exception) -> Response[Any]:
    return told(request, 503, str(error), RETRY_LATER)


def database_away(request: AnyRequest, _: Exception) -> Response[Any]:
    return told(request, 503, TRY_AGAIN, RETRY_LATER)


def storage_exhausted(request: AnyRequest, error: asyncpg.InsufficientResourcesError) -> Response[Any]:
    """No disk, memory or connection is left. What was sent is not stored and may be sent again."""
    FAILURES.warning(type(error).__name__, f"the database has run out of resources: {error}")
    return told(request, 503, OUT_OF_RESOURCES, RETRY_MUCH_LATER)


def unreadable(request: AnyRequest, error: Exception) -> Response[Any]:
    """A body that is nested too deeply, or text in an encoding that does not exist or that it is not in."""
    if type(error) not in UNREADABLE:  # a KeyError is a LookupError too, and a fault of ours
        return unexpected(request, error)
    return told(request, 400, f"the request cannot be read: {UNREADABLE[type(error)]}")


def no_such_file(request: AnyRequest, _: Exception) -> Response[Any]:
    """Without the name of a folder, which Litestar would say."""
    return not_found(request, NotFoundException("no such file"))


def file_error(request: AnyRequest, error: InternalServerException) -> Response[Any]:
    """A name may be longer than the file system takes."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, OSError) and cause.errno == ENAMETOOLONG:
        return no_such_file(request, error)
    return unexpected(request, error)


def not_to_be_stored(request: AnyRequest, error: asyncpg.DataError) -> Response[Any]:
    """What checks let through and Postgres cannot keep, such as a NUL."""
    return told(request, 400, f"the database cannot take this: {error}")


def http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    return told(request, error.status_code, error.detail, dict(error.headers or {}))


def not_found(request: AnyRequest, error: NotFoundException) -> Response[Any]:
    """Whoever mistyped an address may be a citizen, whose language nobody knows."""
    if not wants_page(request):
        return problem(404, error.detail)
    said = [(language, texts(language)) for language in LANGUAGES]
    return page("not_found.html", LANGUAGES[0], {"said": said}, status=404)


def client_left(_: AnyRequest, __: Abandoned) -> Response[Any]:
    """Nobody reads this."""
    return Response(b"", status_code=499)


def unexpected(request: AnyRequest, error: Exception) -> Response[Any]:
    """Logged without the address: it may hold the token of a link."""
    FAILURES.exception("request", "unhandled exception", error)
    return told(request, 500, FAILED)


UNREADABLE: dict[type[Exception], str] = {
    RecursionError: "it is nested too deeply",
    LookupError: "its charset is unknown; send UTF-8",
    UnicodeDecodeError: "it is not in the charset that it names; send UTF-8",
}
FILE_HANDLERS: ExceptionHandlersMap = {
    NotFoundException: no_such_file,
    ValueError: no_such_file,  # a NUL in the name
    InternalServerException: file_error,
}
HANDLERS: ExceptionHandlersMap = {
    **dict.fromkeys(AWAY, database_away),
    asyncpg.InsufficientResourcesError: storage_exhausted,
    asyncpg.DataError: not_to_be_stored,
    **dict.fromkeys(UNREADABLE, unreadable),
    InputError: input_error,
    Abandoned: client_left,
    Overloaded: unavailable,
    DatabaseError: unavailable,
    HTTPException: http_error,
    NotFoundException: not_found,
    Exception: unexpected,
}
