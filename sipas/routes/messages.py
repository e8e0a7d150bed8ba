"""/api/messages/{token}: delivery receipts and citizens' replies from a provider's HTTP gateway."""

from collections import Counter
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode

from litestar import HttpMethod, Request, route
from litestar.datastructures import State
from litestar.exceptions import ClientException, NotFoundException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.params import FromPath

from sipas.errors import Overloaded
from sipas.queries.callbacks import count_unread, insert_unread
from sipas.survey.messaging.callbacks import read_callback
from sipas.survey.messaging.config import Callback, SmsConfig
from sipas.survey.messaging.delivery_receipts import keep_gateway_messages
from sipas.survey.messaging.transports import GatewayMessage, NotFinal, Unread
from sipas.survey.messaging.unread_callbacks import UNREAD_CALLBACKS_KEPT, KeptCallback, encrypted_unread
from sipas.survey.tokens import hash_token

_CALLBACK_MAX_BYTES = 1024 * 1024  # of a body
_UNREAD_MAX_BYTES = 64 * 1024  # of a callback from an unverified sender


@route(
    "/api/messages/{token:str}",
    http_method=[HttpMethod.GET, HttpMethod.POST],
    status_code=200,
    request_max_body_size=_CALLBACK_MAX_BYTES,
)
async def post_messages(
    request: Request[Any, Any, State], state: State, token: FromPath[str]
) -> dict[str, str | int]:
    """Keep what a provider reports; without the right token the answer is 404."""
    config = state.sms.read()
    if config is None:
        return await _keep_for_later(state, token, await _whole(request))
    callback = _callback_of(config)
    if callback is None or not compare_digest(callback.token.encode(), token.encode()):
        raise NotFoundException("there is nothing here")
    came = read_callback(await _whole(request), callback)
    async with state.pool.acquire() as conn:
        now, cipher = datetime.now(UTC), state.feed.recorder.cipher
        await keep_gateway_messages(conn, came, state.settings.secret, cipher, now, hash_token(token))
    return _answer(came, callback)


def _callback_of(config: SmsConfig) -> Callback | None:
    return config.http.callback if config.http else None


async def _whole(request: Request[Any, Any, State]) -> KeptCallback:
    """Return the callback, with a multipart form rewritten as a URL-encoded one."""
    query = request.scope["query_string"]
    if "multipart/" not in request.headers.get("content-type", "").lower():
        return KeptCallback(query, await request.body())
    try:
        fields = (await request.form()).items()
    except (ValueError, LookupError) as error:
        raise ClientException("this form cannot be read") from error
    return KeptCallback(query, urlencode([(name, str(value)) for name, value in fields]).encode())


async def _keep_for_later(state: State, token: str, kept: KeptCallback) -> dict[str, str | int]:
    """Store it unverified: the token is unknown while the configuration cannot be read."""
    if len(kept.body) + len(kept.query) > _UNREAD_MAX_BYTES:
        raise RequestEntityTooLarge("send at most 64 KiB at a time until the configuration can be read")
    unread = Unread("kept until the configuration can be read", kept.encode())
    async with state.pool.acquire() as conn, conn.transaction():
        if (await count_unread(conn)).kept >= UNREAD_CALLBACKS_KEPT:
            raise Overloaded("no more callbacks can be kept at the moment; send it again later")
        now, cipher = datetime.now(UTC), state.feed.recorder.cipher
        encrypted = encrypted_unread(unread, "configuration", hash_token(token), cipher, now)
        await insert_unread(conn, [encrypted], UNREAD_CALLBACKS_KEPT)
    return {"status": "kept"}


def _answer(came: list[GatewayMessage], callback: Callback) -> dict[str, str | int]:
    """Answer 400 if nothing was understood, so that the provider notices. The callback is stored anyway."""
    kinds = Counter(type(one) for one in came)
    not_understood = kinds[Unread]
    if not_understood and not_understood == len(came):
        raise ClientException(
            f"kept, but not understood: a receipt holds the message's id in {callback.id!r} and its status "
            f"in {callback.status!r}; an answer of a citizen holds the phone in {callback.phone!r} and the "
            f"text in {callback.text!r}"
        )
    status = {"status": "ignored" if kinds[NotFinal] == len(came) else "kept"}
    return status | ({"not_understood": not_understood} if not_understood else {})
