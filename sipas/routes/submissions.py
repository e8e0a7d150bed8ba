"""POST /api/submissions: the one hot route, plain ASGI with its own decoder."""

import asyncio
import logging
from collections.abc import Iterable

import msgspec
from litestar import asgi
from litestar.types import HTTPScope, Receive, Send

from sipas.errors import Overloaded
from sipas.postgres.pool import UNAVAILABLE
from sipas.repeated_log import RepeatedLog
from sipas.routes.guards import KioskTokens
from sipas.routes.problems import FAILED, RETRY_LATER, TRY_AGAIN, send_problem
from sipas.survey.intake.group_commit import Intake, QuarantineFull, Result
from sipas.survey.intake.raw_submissions import split_array

FAILURES = RepeatedLog(logging.getLogger(__name__))
PATH = "/api/submissions"
BODY_BYTES = 1024 * 1024
DISCARDED_BYTES = 16 * BODY_BYTES  # of a body that is refused
BODY_SECONDS = 60.0
ENCODER = msgspec.json.Encoder()

Headers = list[tuple[bytes, bytes]]


class Results(msgspec.Struct, frozen=True):
    results: list[Result]


@asgi(PATH, copy_scope=False)
async def post_submissions(scope: HTTPScope, receive: Receive, send: Send) -> None:
    """Nothing has been sent where it fails: all that can fail comes before the answer."""
    state = scope["litestar_app"].state
    if scope["method"] != "POST":
        return await send_problem(send, 405, "submissions are posted", {"allow": "POST"})
    try:
        await _answer(state.kiosk_tokens, state.intake, scope, receive, send)
    except UNAVAILABLE:
        await send_problem(send, 503, TRY_AGAIN, RETRY_LATER)
    except Exception as error:
        FAILURES.exception("submissions", "unhandled exception", error)
        await send_problem(send, 500, FAILED)


async def _answer(
    tokens: KioskTokens, intake: Intake, scope: HTTPScope, receive: Receive, send: Send
) -> None:
    kiosk = await tokens.find(find_authorization(scope["headers"]))
    if kiosk is None:
        return await send_problem(send, 401, "unknown kiosk token", {"www-authenticate": "Bearer"})
    try:
        body = await read_body(receive)
    except TimeoutError:
        return await send_problem(
            send, 408, f"the body did not come within {BODY_SECONDS:.0f} s; send it again"
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
    except QuarantineFull as error:
        return await send_problem(send, 403, str(error))
    headers, content = encode_results(results)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content, "more_body": False})


def find_authorization(headers: Iterable[tuple[bytes, bytes]]) -> str:
    return next((value for name, value in headers if name == b"authorization"), b"").decode("latin-1")


def encode_results(results: list[Result]) -> tuple[Headers, bytes]:
    body = ENCODER.encode(Results(results))
    return [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))], body


async def read_body(receive: Receive) -> bytes | None:
    """The whole body, or None where it is too large.

    What is too large is read to its end, within reason: a sender that is cut off never reads the answer.
    """
    body, size = bytearray(), 0
    async with asyncio.timeout(BODY_SECONDS):
        while True:
            message = await receive()
            if message["type"] != "http.request":  # the sender has gone
                return bytes(body)
            size += len(message["body"])
            if size <= BODY_BYTES:
                body += message["body"]
            if not message["more_body"] or size > DISCARDED_BYTES:
                return bytes(body) if size <= BODY_BYTES else None
