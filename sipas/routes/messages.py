"""/api/messages/{token}: what a provider's HTTP gateway reports of messages, and what citizens answer."""

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
from sipas.survey.messaging.delivery_receipts import keep
from sipas.survey.messaging.transports import Incoming, NotFinal, Unread
from sipas.survey.messaging.unread_callbacks import UNREAD_CALLBACKS_KEPT, KeptCallback, sealed_unread
from sipas.survey.tokens import hash_token

LARGEST = 1024 * 1024  # bytes of a body
LARGEST_KEPT = 64 * 1024  # of one that a stranger may have sent


@route(
    "/api/messages/{token:str}",
    http_method=[HttpMethod.GET, HttpMethod.POST],
    status_code=200,
    request_max_body_size=LARGEST,
)
async def post_messages(
    request: Request[Any, Any, State], state: State, token: FromPath[str]
) -> dict[str, str | int]:
    """Keep what a provider reports; without the right token the answer is 404."""
    config = state.sms.read()
    if config is None:
        return await keep_for_later(state, token, await whole(request))
    callback = callback_of(config)
    if callback is None or not compare_digest(callback.token.encode(), token.encode()):
        raise NotFoundException("there is nothing here")
    came = read_callback(await whole(request), callback)
    async with state.pool.acquire() as conn:
        now, sealer = datetime.now(UTC), state.feed.books.sealer
        await keep(conn, came, state.settings.secret, sealer, now, hash_token(token))
    return answer(came, callback)


def callback_of(config: SmsConfig) -> Callback | None:
    return config.http.callback if config.http else None


async def whole(request: Request[Any, Any, State]) -> KeptCallback:
    """A form of several parts as the plain form that says the same."""
    query = request.scope["query_string"]
    if "multipart/" not in request.headers.get("content-type", "").lower():
        return KeptCallback(query, await request.body())
    try:
        fields = (await request.form()).items()
    except (ValueError, LookupError) as error:
        raise ClientException("this form cannot be read") from error
    return KeptCallback(query, urlencode([(name, str(value)) for name, value in fields]).encode())


async def keep_for_later(state: State, token: str, kept: KeptCallback) -> dict[str, str | int]:
    """Keep it unchecked: the token is unknown while the configuration cannot be read."""
    if len(kept.body) + len(kept.query) > LARGEST_KEPT:
        raise RequestEntityTooLarge("send at most 64 KiB at a time until the configuration can be read")
    unread = Unread("kept until the configuration can be read", kept.encode())
    async with state.pool.acquire() as conn, conn.transaction():
        if (await count_unread(conn)).kept >= UNREAD_CALLBACKS_KEPT:
            raise Overloaded("no more callbacks can be kept at the moment; send it again later")
        now, sealer = datetime.now(UTC), state.feed.books.sealer
        sealed = sealed_unread(unread, "configuration", hash_token(token), sealer, now)
        await insert_unread(conn, [sealed], UNREAD_CALLBACKS_KEPT)
    return {"status": "kept"}


def answer(came: list[Incoming], callback: Callback) -> dict[str, str | int]:
    """400 where nothing was understood, so that the provider sees it too. It is kept all the same."""
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
