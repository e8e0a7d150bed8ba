"""POST /api/submissions: the busiest route, plain ASGI with its own decoder."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

import msgspec
from litestar import asgi
from litestar.types import HTTPScope, Receive, Send

from sipas.errors import Overloaded
from sipas.postgres.pool import UNAVAILABLE_ERRORS
from sipas.queries.kiosks import Kiosk
from sipas.repeated_log import RepeatedLog
from sipas.routes.problems import DATABASE_AWAY_TEXT, RETRY_LATER, UNEXPECTED_TEXT, send_problem
from sipas.survey.intake.group_commit import NotTaken, SubmissionResult
from sipas.survey.intake.raw_submissions import split_array

_FAILURES = RepeatedLog(logging.getLogger(__name__))
SUBMISSIONS_PATH = "/api/submissions"
_BODY_BYTES = 1024 * 1024
_DISCARDED_BYTES = 16 * _BODY_BYTES  # read of a refused body
_SUBMISSIONS_READ_SECONDS = 60.0
_ENCODER = msgspec.json.Encoder()

_Headers = list[tuple[bytes, bytes]]


class _Tokens(Protocol):
    async def find(self, authorization: str | None) -> Kiosk | None: ...


class _Intake(Protocol):
    async def submit(self, raws: Sequence[bytes], kiosk: Kiosk) -> list[SubmissionResult]: ...


class _Results(msgspec.Struct, frozen=True):
    results: list[SubmissionResult]


@asgi(SUBMISSIONS_PATH, copy_scope=False)
async def post_submissions(scope: HTTPScope, receive: Receive, send: Send) -> None:
    """Store submissions. Everything that can fail happens before the response starts."""
    state = scope["litestar_app"].state
    if scope["method"] != "POST":
        return await send_problem(send, 405, "submissions are posted", {"allow": "POST"})
    try:
        await _answer(state.kiosk_tokens, state.intake, scope, receive, send)
    except UNAVAILABLE_ERRORS:
        await send_problem(send, 503, DATABASE_AWAY_TEXT, RETRY_LATER)
    except Exception as error:
        _FAILURES.exception("submissions", "unhandled exception", error)
        await send_problem(send, 500, UNEXPECTED_TEXT)


async def _answer(tokens: _Tokens, intake: _Intake, scope: HTTPScope, receive: Receive, send: Send) -> None:
    headers = dict(scope["headers"])
    kiosk = await tokens.find(headers.get(b"authorization", b"").decode("latin-1"))
    if kiosk is None:
        return await send_problem(send, 401, "unknown kiosk token", {"www-authenticate": "Bearer"})
    try:
        body = await _read_body(receive, headers.get(b"content-length"))
    except TimeoutError:
        return await send_problem(
            send, 408, f"the body did not come within {_SUBMISSIONS_READ_SECONDS:.0f} s; send it again"
        )
    if body is None:
        return await send_problem(send, 413, "more than 1 MiB; send fewer submissions at a time")
    raws = split_array(body)
    if isinstance(raws, str):
        return await send_problem(send, 400, raws)
    try:
        results = await intake.submit(raws, kiosk)
    except Overloaded as error:
        return await send_problem(send, 503, str(error), RETRY_LATER)
    except NotTaken as error:
        return await send_problem(send, 403, str(error))
    lines, content = _encode_results(results)
    await send({"type": "http.response.start", "status": 200, "headers": lines})
    await send({"type": "http.response.body", "body": content, "more_body": False})


def _encode_results(results: list[SubmissionResult]) -> tuple[_Headers, bytes]:
    body = _ENCODER.encode(_Results(results))
    return [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))], body


async def _read_body(receive: Receive, length: bytes | None) -> bytes | None:
    """Return the whole body, or None if it is too large.

    length: the header, if there is one. Without it the server says only in a further message, after another
    exchange between its threads, that the body has ended. A large body is read to its end, within limits:
    otherwise the sender never reads the response.
    """
    body, size = bytearray(), 0
    whole = int(length) if length and length.isdigit() else -1
    async with asyncio.timeout(_SUBMISSIONS_READ_SECONDS):
        while True:
            message = await receive()
            if message["type"] != "http.request":  # the sender has disconnected
                return bytes(body)
            size += len(message["body"])
            if size <= _BODY_BYTES:
                body += message["body"]
            if size == whole or not message["more_body"] or size > _DISCARDED_BYTES:
                return bytes(body) if size <= _BODY_BYTES else None
