"""Gateway callbacks: delivery receipts, replies of citizens, and unreadable ones."""

from typing import Any

import msgspec

from sipas.survey.messaging.callback_bodies import BodyError, parse_callback_body, read_query
from sipas.survey.messaging.config import Callback
from sipas.survey.messaging.outlines import outline_of
from sipas.survey.messaging.statuses import Meaning, meaning_of
from sipas.survey.messaging.transports import GatewayMessage, NotFinal, Receipt, SmsReply, Unread
from sipas.survey.messaging.transports.json_path import found
from sipas.survey.messaging.unread_callbacks import KeptCallback

_CALLBACK_MAX_DEPTH = 8
# eSMS reports "sent" as 5 whether it arrived or not; the counts beside it say which.
_ESMS_STATUSES: dict[str, Meaning] = {
    "1": "pending",
    "2": "pending",
    "3": "pending",
    "4": "failed",
    "6": "failed",
    "7": "pending",
}


def read_callback(kept: KeptCallback, callback: Callback) -> list[GatewayMessage]:
    """Return the messages of a callback; none if it is empty, as when a provider tests the address."""
    query, content = read_query(kept.query), kept.body.strip()
    if not content:
        return _read_events(query, callback) if query else []
    try:
        body = parse_callback_body(content)
    except BodyError:
        return [Unread("neither JSON, XML nor a form", kept.encode())]
    return _read_events(query | body if isinstance(body, dict) else body, callback)


def _read_events(body: Any, callback: Callback, levels: int = _CALLBACK_MAX_DEPTH) -> list[GatewayMessage]:
    """Return the messages of each item of a list, and of lists inside an unreadable object."""
    if isinstance(body, list) and body:
        return [event for one in body for event in _read_events(one, callback, levels)]
    if event := read_gateway_event(body, callback):
        return [event]
    if isinstance(body, dict) and levels:
        inner = [value for value in body.values() if isinstance(value, dict | list)]
        events = [event for value in inner for event in _read_events(value, callback, levels - 1)]
        if any(not isinstance(event, Unread) for event in events):
            return events
    content = KeptCallback(b"", msgspec.json.encode(body)).encode()
    return [Unread(outline_of(body, callback.status), content)]


def read_gateway_event(item: Any, callback: Callback) -> Receipt | SmsReply | NotFinal | None:
    """Return None if the item cannot be read."""
    provider_id = found(item, callback.id)
    meaning, status = _status(item, callback)
    if provider_id and meaning == "pending":
        return NotFinal()
    if provider_id and (meaning == "delivered" or meaning == "failed"):
        return Receipt(provider_id, meaning, status if meaning == "failed" else None)
    phone, text = found(item, callback.phone), found(item, callback.text)
    return SmsReply(phone, text) if phone and text else None


def _status(item: Any, callback: Callback) -> tuple[Meaning | None, str]:
    """Return the status by eSMS's fields, else by the configuration's words, else by those of all
    providers.
    """
    status = found(item, callback.status) or ""
    if meaning := _esms_status(item):
        return meaning, "SendFailed"
    for words, meaning in ((callback.delivered, "delivered"), (callback.failed, "failed")):
        if status.casefold() in {word.casefold() for word in words}:
            return meaning, status
    return meaning_of(status), status


def _esms_status(item: Any) -> Meaning | None:
    status, succeeded, failed = (found(item, name) for name in ("SendStatus", "SendSuccess", "SendFailed"))
    if status is None or (succeeded is None and failed is None):
        return None
    if status != "5":
        return _ESMS_STATUSES.get(status)
    return "delivered" if _is_positive(succeeded) else "failed" if _is_positive(failed) else None


def _is_positive(count: str | None) -> bool:
    return bool(count and count.isdecimal() and int(count) > 0)
