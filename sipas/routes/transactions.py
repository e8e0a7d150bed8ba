"""POST /api/transactions: events about finished transactions from one-stop systems."""

from collections import Counter
from typing import Any

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from sipas.routes.guards import get_source
from sipas.survey.invitations.event_problems import batch_fault
from sipas.survey.invitations.event_recorder import EventResult

_EVENTS_MAX_BYTES = 1024 * 1024
_EVENTS_MAX = 1_000
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


class _Results(msgspec.Struct, frozen=True):
    """phones: counts of usable numbers, and of unusable ones by reason."""

    results: list[EventResult]
    phones: dict[str, int]


@post("/api/transactions", status_code=200, request_max_body_size=_EVENTS_MAX_BYTES)
async def post_transactions(request: Request[Any, Any, State], state: State) -> _Results:
    """Return results in the order sent, once all are durable."""
    source = await get_source(request)
    try:
        raws = _read_events(await request.body())
    except RequestEntityTooLarge:
        raise RequestEntityTooLarge("more than 1 MiB; send fewer transactions at a time") from None
    results = await state.feed.take(raws, source)
    return _Results(results, dict(Counter(one.phone for one in results if one.phone)))


def _read_events(body: bytes) -> list[bytes]:
    try:
        raws = _ARRAY.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ClientException(batch_fault(error)) from None
    if not 1 <= len(raws) <= _EVENTS_MAX:
        raise ClientException(f"{len(raws)} transactions; send 1 to {_EVENTS_MAX:,} at a time")
    return [bytes(raw) for raw in raws]
