"""What a terminal asks for besides submitting: enrolment, configuration, heartbeat."""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import NotAuthorizedException
from litestar.params import JSONBody

from sipas.errors import NotFound
from sipas.queries.kiosks import Count, Heartbeat, Kiosk, find_kiosk, record_heartbeat
from sipas.routes.guards import bearer_token
from sipas.survey.kiosks.terminals import Credential, kiosk_config, trade_code
from sipas.survey.tokens import hash_token


class Code(msgspec.Struct):
    """token: which the device made, to get it again where the first answer was lost.

    sequence: the last number that this device gave to a submission.
    """

    code: Annotated[str, msgspec.Meta(max_length=64)]
    token: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")] | None = None
    sequence: Count = 0


async def get_kiosk(request: Request[Any, Any, State]) -> Kiosk:
    token = bearer_token(request.headers.get("authorization"))
    async with request.app.state.pool.acquire() as conn:
        kiosk = await find_kiosk(conn, hash_token(token)) if token else None
    if kiosk is None:
        raise NotAuthorizedException("the token is none of ours; enrol the terminal")
    return kiosk


@post("/api/kiosk/enrol", status_code=200)
async def enrol(data: JSONBody[Code], state: State) -> Credential:
    catalogue = await state.catalogue.refresh()
    async with state.pool.acquire() as conn:
        credential = await trade_code(conn, catalogue, data.code, data.sequence, data.token)
    if credential is None:
        raise NotFound("the code was used, has expired or was mistyped; ask for a new one")
    return credential


@get("/api/kiosk/config")
async def config(request: Request[Any, Any, State], state: State) -> Response[bytes]:
    """Unchanged: 304, so that a terminal may ask often. A retired one is told that it has nothing to ask."""
    kiosk = await get_kiosk(request)
    if kiosk.retired_at is not None:
        raise NotAuthorizedException("the terminal was retired; enrol it again, or take it away")
    catalogue = await state.catalogue.refresh()
    async with state.pool.acquire() as conn:
        body = msgspec.json.encode(await kiosk_config(conn, catalogue, kiosk, datetime.now(UTC)))
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": etag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@post("/api/kiosk/heartbeat", status_code=204)
async def heartbeat(request: Request[Any, Any, State], data: JSONBody[Heartbeat], state: State) -> None:
    """A retired terminal's too: it tells when nothing waits on it any more."""
    kiosk = await get_kiosk(request)
    async with state.pool.acquire() as conn:
        await record_heartbeat(conn, kiosk.id, data)
