"""POST /api/transactions: what one-stop systems tell of finished transactions."""

from collections import Counter
from typing import Any

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from sipas.routes.guards import get_source
from sipas.survey.invitations.event_problems import batch_fault
from sipas.survey.invitations.event_recorder import Result

LARGEST = 1024 * 1024
MOST = 1_000
ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


class Results(msgspec.Struct, frozen=True):
    """phones: how many numbers can be used, and how many not, by the reason."""

    results: list[Result]
    phones: dict[str, int]


@post("/api/transactions", status_code=200, request_max_body_size=LARGEST)
async def post_transactions(request: Request[Any, Any, State], state: State) -> Results:
    """Results in the order sent, once all are durable."""
    source = await get_source(request)
    try:
        raws = read_events(await request.body())
    except RequestEntityTooLarge:
        raise RequestEntityTooLarge("more than 1 MiB; send fewer transactions at a time") from None
    results = await state.feed.take(raws, source)
    return Results(results, dict(Counter(one.phone for one in results if one.phone)))


def read_events(body: bytes) -> list[bytes]:
    try:
        raws = ARRAY.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ClientException(batch_fault(error)) from None
    if not 1 <= len(raws) <= MOST:
        raise ClientException(f"{len(raws)} transactions; send 1 to {MOST:,} at a time")
    return [bytes(raw) for raw in raws]
