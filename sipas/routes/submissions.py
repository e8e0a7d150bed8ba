"""POST /api/submissions: the one hot route, plain ASGI with its own decoder."""

import logging
from collections.abc import Iterable

import msgspec
from litestar.types import HTTPScope, Receive, Send

from sipas.errors import Overloaded
from sipas.postgres.pool import AWAY
from sipas.routes.guards import KioskTokens
from sipas.routes.problems import FAILED, RETRY_LATER, TRY_AGAIN, send_problem
from sipas.survey.intake import Intake, Result
from sipas.survey.raw_submissions import split_array

LOG = logging.getLogger(__name__)
PATH = "/api/submissions"
LARGEST = 1024 * 1024
ENCODER = msgspec.json.Encoder()

Headers = list[tuple[bytes, bytes]]


class Results(msgspec.Struct, frozen=True):
    results: list[Result]


async def post_submissions(
    tokens: KioskTokens, intake: Intake, scope: HTTPScope, receive: Receive, send: Send
) -> None:
    """Nothing has been sent where it fails: all that can fail comes before the answer."""
    if scope["method"] != "POST":
        return await send_problem(send, 405, "submissions are posted", {"allow": "POST"})
    try:
        await take(tokens, intake, scope, receive, send)
    except AWAY:
        await send_problem(send, 503, TRY_AGAIN, RETRY_LATER)
    except Exception as error:
        LOG.error("submissions failed for a reason that nobody foresaw", exc_info=error)
        await send_problem(send, 500, FAILED)


async def take(tokens: KioskTokens, intake: Intake, scope: HTTPScope, receive: Receive, send: Send) -> None:
    kiosk = await tokens.find(find_authorization(scope["headers"]))
    if kiosk is None:
        return await send_problem(send, 401, "the token is none of ours", {"www-authenticate": "Bearer"})
    body = await read_body(receive)
    if body is None:
        return await send_problem(send, 413, "more than 1 MiB; send fewer submissions at a time")
    raws = split_array(body)
    if isinstance(raws, str):
        return await send_problem(send, 400, raws)
    try:
        results = await intake.submit(raws, kiosk)
    except Overloaded as error:
        return await send_problem(send, 503, str(error), RETRY_LATER)
    headers, content = encode_results(results)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content, "more_body": False})


def find_authorization(headers: Iterable[tuple[bytes, bytes]]) -> str:
    return next((value for name, value in headers if name == b"authorization"), b"").decode("latin-1")


def encode_results(results: list[Result]) -> tuple[Headers, bytes]:
    body = ENCODER.encode(Results(results))
    return [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))], body


async def read_body(receive: Receive) -> bytes | None:
    """The whole body, or None as soon as it is too large."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        if message["type"] == "http.request":
            body += message["body"]
            if len(body) > LARGEST:
                return None
            if not message["more_body"]:
                return bytes(body)
