"""Requests of terminals besides submissions: enrolment, configuration, heartbeat."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import NotAuthorizedException
from litestar.params import JSONBody

from sipas.errors import NotFound
from sipas.queries.kiosks import Heartbeat, Kiosk, KioskCount, find_kiosk, record_heartbeat
from sipas.routes.guards import bearer_token
from sipas.survey.kiosks.terminals import Credential, exchange_code, kiosk_config
from sipas.survey.tokens import hash_token


class EnrolmentCode(msgspec.Struct):
    """token: made by the device, which gets it again if the first answer was lost.

    sequence: the device's last sequence number.
    """

    code: Annotated[str, msgspec.Meta(max_length=64)]
    token: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")] | None = None
    sequence: KioskCount = 0


CODE_REFUSED_TEXT = "the code was used, has expired or was mistyped; ask for a new one"
TOKEN_UNKNOWN_TEXT = "unknown kiosk token; enrol the terminal"


async def _get_kiosk(request: Request[Any, Any, State]) -> Kiosk:
    token = bearer_token(request.headers.get("authorization"))
    async with request.app.state.pool.acquire() as conn:
        kiosk = await find_kiosk(conn, hash_token(token)) if token else None
    if kiosk is None:
        raise NotAuthorizedException(TOKEN_UNKNOWN_TEXT)
    return kiosk


@post("/api/kiosk/enrol", status_code=200)
async def enrol(data: JSONBody[EnrolmentCode], state: State) -> Credential:
    catalogue = await state.catalogue.refresh()
    async with state.pool.acquire() as conn:
        credential = await exchange_code(conn, catalogue, data.code, data.sequence, data.token)
    if credential is None:
        raise NotFound(CODE_REFUSED_TEXT)
    return credential


@get("/api/kiosk/config")
async def config(request: Request[Any, Any, State], state: State) -> Response[bytes]:
    """Return the configuration, or 304 if it has not changed. A retired terminal gets one without
    questions.
    """
    kiosk = await _get_kiosk(request)
    if kiosk.retired_at is not None:
        raise NotAuthorizedException("the terminal was retired; enrol it again, or take it away")
    catalogue = await state.catalogue.refresh()
    async with state.pool.acquire() as conn:
        published = await kiosk_config(conn, catalogue, kiosk, datetime.now(UTC))
    return config_response(request, published)


def config_response(request: Request[Any, Any, State], published: Mapping[str, object]) -> Response[bytes]:
    """Return the configuration as JSON, or 304 to a terminal that has it."""
    body = msgspec.json.encode(published)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": etag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@post("/api/kiosk/heartbeat", status_code=204)
async def heartbeat(request: Request[Any, Any, State], data: JSONBody[Heartbeat], state: State) -> None:
    """Record a heartbeat, of retired terminals too: it shows when nothing waits on them any more."""
    kiosk = await _get_kiosk(request)
    async with state.pool.acquire() as conn:
        await record_heartbeat(conn, kiosk.id, data)
