"""Errors: RFC 9457 problem documents for programs, pages with the same content for people."""

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
from sipas.postgres.pool import UNREACHABLE_ERRORS
from sipas.repeated_log import RepeatedLog
from sipas.routes.pages import language_of, page
from sipas.stopping import Abandoned
from sipas.survey.encryption import DecryptionError

_FAILURES = RepeatedLog(logging.getLogger(__name__))
_PROBLEM = "application/problem+json"
RETRY_LATER = {"retry-after": "2"}  # seconds
DATABASE_AWAY_TEXT = "the database cannot be reached at the moment; try again"
_RETRY_MUCH_LATER = {"retry-after": "30"}
_OUT_OF_RESOURCES_TEXT = "the database cannot store anything at the moment; try again"
UNEXPECTED_TEXT = "an internal error occurred and was logged; try again later"
_AnyRequest = Request[Any, Any, Any]


class HttpProblem(msgspec.Struct, frozen=True):
    title: str
    status: int
    detail: str
    type: str = "about:blank"


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response[HttpProblem]:
    body = HttpProblem(HTTPStatus(status).phrase, status, detail)
    return Response(body, status_code=status, media_type=_PROBLEM, headers=headers)


def _encode_problem(
    status: int, detail: str, headers: dict[str, str] | None = None
) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return a problem document as headers and bytes."""
    body = msgspec.json.encode(HttpProblem(HTTPStatus(status).phrase, status, detail))
    lines = {"content-type": _PROBLEM, "content-length": str(len(body)), **(headers or {})}
    return [(name.encode(), value.encode()) for name, value in lines.items()], body


async def send_problem(send: Send, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
    """Send a problem document from a plain ASGI route."""
    encoded, body = _encode_problem(status, detail, headers)
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _problem_response(
    request: _AnyRequest, status: int, detail: str, headers: dict[str, str] | None = None
) -> Response[Any]:
    """Return a page if a browser requests one, else a problem document."""
    if not _wants_page(request):
        return problem(status, detail, headers)
    shown = page("problem.html", language_of(request), {"status": status, "detail": detail}, status=status)
    shown.headers.update(headers or {})
    return shown


def _wants_page(request: _AnyRequest) -> bool:
    best = request.accept.best_match(["application/json", "text/html"], default="application/json")
    return best == "text/html" and not request.url.path.startswith("/api/")


def _input_error(request: _AnyRequest, error: InputError) -> Response[Any]:
    return _problem_response(request, 404 if isinstance(error, NotFound) else 400, str(error))


def _unavailable(request: _AnyRequest, error: Exception) -> Response[Any]:
    return _problem_response(request, 503, str(error), RETRY_LATER)


def _database_away(request: _AnyRequest, _: Exception) -> Response[Any]:
    return _problem_response(request, 503, DATABASE_AWAY_TEXT, RETRY_LATER)


def _storage_exhausted(request: _AnyRequest, error: asyncpg.InsufficientResourcesError) -> Response[Any]:
    """No disk, memory or connection is left. The request was not stored and may be repeated."""
    _FAILURES.warning(type(error).__name__, f"the database has run out of resources: {error}")
    return _problem_response(request, 503, _OUT_OF_RESOURCES_TEXT, _RETRY_MUCH_LATER)


def _unreadable(request: _AnyRequest, error: Exception) -> Response[Any]:
    """The body is nested too deeply, or its text does not match its encoding."""
    if type(error) not in _UNREADABLE:  # a KeyError is a LookupError too, but a fault of this service
        return _unexpected(request, error)
    return _problem_response(request, 400, f"the request cannot be read: {_UNREADABLE[type(error)]}")


def _no_such_file(request: _AnyRequest, _: Exception) -> Response[Any]:
    """Answer 404 without the folder's name, which Litestar would reveal."""
    return _not_found(request, NotFoundException("no such file"))


def _file_error(request: _AnyRequest, error: InternalServerException) -> Response[Any]:
    """Handle names that are too long for the file system."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, OSError) and cause.errno == ENAMETOOLONG:
        return _no_such_file(request, error)
    return _unexpected(request, error)


def _not_to_be_stored(request: _AnyRequest, error: asyncpg.DataError) -> Response[Any]:
    """Handle text that passes the checks but cannot be stored in Postgres, such as NUL."""
    return _problem_response(request, 400, f"the database cannot take this: {error}")


def _http_error(request: _AnyRequest, error: HTTPException) -> Response[Any]:
    return _problem_response(request, error.status_code, error.detail, dict(error.headers or {}))


def _not_found(request: _AnyRequest, error: NotFoundException) -> Response[Any]:
    """Answer in both languages: a citizen may have mistyped an address."""
    if not _wants_page(request):
        return problem(404, error.detail)
    said = [(language, texts(language)) for language in LANGUAGES]
    return page("not_found.html", LANGUAGES[0], {"said": said}, status=404)


def _client_left(_: _AnyRequest, __: Abandoned) -> Response[Any]:
    """Answer a client that has disconnected."""
    return Response(b"", status_code=499)


def _unexpected(request: _AnyRequest, error: Exception) -> Response[Any]:
    """Log the error without the address, which may contain a link's token."""
    _FAILURES.exception("request", "unhandled exception", error)
    return _problem_response(request, 500, UNEXPECTED_TEXT)


_UNREADABLE: dict[type[Exception], str] = {
    RecursionError: "it is nested too deeply",
    LookupError: "its charset is unknown; send UTF-8",
    UnicodeDecodeError: "it is not in the charset that it names; send UTF-8",
}
FILE_HANDLERS: ExceptionHandlersMap = {
    NotFoundException: _no_such_file,
    ValueError: _no_such_file,  # a NUL in the name
    InternalServerException: _file_error,
}
EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    **dict.fromkeys(UNREACHABLE_ERRORS, _database_away),
    asyncpg.InsufficientResourcesError: _storage_exhausted,
    asyncpg.DataError: _not_to_be_stored,
    **dict.fromkeys(_UNREADABLE, _unreadable),
    InputError: _input_error,
    Abandoned: _client_left,
    Overloaded: _unavailable,
    DecryptionError: _unavailable,
    DatabaseError: _unavailable,
    HTTPException: _http_error,
    NotFoundException: _not_found,
    Exception: _unexpected,
}
