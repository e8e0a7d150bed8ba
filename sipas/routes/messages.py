"""POST /api/messages/{token}: what a provider's HTTP gateway tells of messages, and what citizens answer."""

from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.exceptions import ClientException, NotFoundException
from litestar.params import FromPath

from sipas.errors import Overloaded
from sipas.survey.sms.config import Callback, read_sms
from sipas.survey.sms.returns import keep
from sipas.survey.sms.transports import Receipt, Reply
from sipas.survey.sms.transports.json_path import found


@post("/api/messages/{token:str}", status_code=200)
async def post_messages(
    request: Request[Any, Any, State], state: State, token: FromPath[str]
) -> dict[str, str]:
    """Whoever does not know the token learns nothing."""
    http = read_sms(state.settings).http
    callback = http.callback if http else None
    if callback is None or not compare_digest(callback.token.encode(), token.encode()):
        raise NotFoundException("there is nothing here")
    what = read_event(await read_body(request), callback)
    if what is None:
        return {"status": "ignored"}
    now = datetime.now(UTC)
    async with state.pool.acquire() as conn:
        [known] = await keep(conn, [what], state.settings.secret, now)
    if known:
        return {"status": "kept"}
    if state.strays.has_waited(what, now):
        return {"status": "ignored"}
    raise Overloaded("no message of that id is on its way; if it was sent just now, tell it again")


async def read_body(request: Request[Any, Any, State]) -> object:
    """JSON, or a form."""
    try:
        if "json" in request.headers.get("content-type", ""):
            return msgspec.json.decode(await request.body())
        return dict((await request.form()).items())
    except (ValueError, RecursionError) as error:
        raise ClientException("neither JSON nor a form") from error


def read_event(body: object, callback: Callback) -> Receipt | Reply | None:
    """None where it says nothing final."""
    phone, text = found(body, callback.phone), found(body, callback.text)
    provider_id, status = found(body, callback.id), found(body, callback.status)
    if provider_id and status in callback.delivered:
        return Receipt(provider_id, "delivered")
    if provider_id and status in callback.failed:
        return Receipt(provider_id, "failed", status)
    return Reply(phone, text) if phone and text else None
