"""A provider's HTTP gateway, as its configuration describes it."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

from sipas.survey.messaging.config import HttpGateway, SmsConfig
from sipas.survey.messaging.transports import (
    Accepted,
    Deferred,
    Event,
    Outcome,
    Parcel,
    Rejected,
    Unknown,
    Unsent,
)
from sipas.survey.messaging.transports.json_path import found

# What says something of us or of the gateway, and nothing of the message.
OURS = {301, 302, 303, 307, 308, 401, 402, 403, 404, 405, 407, 429, 503}
LARGEST = 64 * 1024  # of an answer that is read


class HttpTransport:
    def __init__(self, config: SmsConfig) -> None:
        assert config.http is not None  # the configuration holds it
        self.gateway, self.sender = config.http, config.sender
        # Without an id nobody knows whose receipt one is: then nothing is kept for it.
        self.receipts = config.http.callback is not None and config.http.id is not None
        self.events: asyncio.Queue[Event] = asyncio.Queue()  # the gateway calls the service, not the sender
        self.patience = config.timeout
        # No limit to connections but the sender's own to messages: a request that is cancelled while it waits
        # for a connection keeps one for ever, https://github.com/encode/httpcore/issues/1093
        # Less time to connect than for all: until it is connected nothing has left.
        self.client = httpx.AsyncClient(
            timeout=httpx.Timeout(config.timeout, connect=config.timeout / 2),
            limits=httpx.Limits(),
            follow_redirects=False,
        )

    async def ready(self) -> None:
        """Only a message can tell."""

    async def send(self, parcel: Parcel) -> Outcome:
        values = {
            "phone": parcel.phone,
            "digits": parcel.phone.removeprefix("+"),
            "text": parcel.text,
            "sender": self.sender,
            "key": parcel.key,
        }
        try:
            # As a whole too: a gateway that sends a byte now and then would never time out.
            async with asyncio.timeout(self.patience):
                return await self.post(
                    filled(self.gateway.body, values), filled(self.gateway.headers, values)
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL):
            return Unsent("gateway not reached")
        except UnicodeEncodeError:
            return Unsent("a header of [http] has a letter that headers cannot have")
        except TimeoutError:
            return Unknown("gateway did not answer in time")
        except httpx.HTTPError as error:
            return Unknown(f"gateway broke off: {type(error).__name__}")

    async def post(self, body: Any, headers: dict[str, str]) -> Outcome:
        async with self.client.stream("POST", self.gateway.url, json=body, headers=headers) as response:
            content = b""
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    return Unknown("gateway answers nonsense")
        return judged(self.gateway, response.status_code, content)

    async def close(self) -> None:
        await self.client.aclose()


def judged(gateway: HttpGateway, status: int, content: bytes) -> Outcome:
    if status in OURS:
        return Unsent(f"gateway answers {status}")
    if 400 <= status < 500 and status != 408:
        return Rejected(f"gateway answers {status}")
    if not 200 <= status < 300:
        return Unknown(f"gateway answers {status}")
    if gateway.success is None and gateway.id is None:
        return Accepted(None)
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return Unknown("gateway answers nonsense")
    if gateway.success and (said := found(answer, gateway.success.path)) != gateway.success.value:
        return Unknown("gateway answers nonsense") if said is None else Deferred(f"gateway says {said[:40]}")
    provider_id = found(answer, gateway.id) if gateway.id else None
    return Unknown("gateway answers nonsense") if gateway.id and not provider_id else Accepted(provider_id)


def filled(template: Any, values: Mapping[str, str]) -> Any:
    """The template with its places filled in; what is filled in is never read for places again."""
    if isinstance(template, str):
        parts = template.split("{")
        return parts[0] + "".join(placed(part, values) for part in parts[1:])
    if isinstance(template, dict):
        return {name: filled(one, values) for name, one in template.items()}
    return [filled(one, values) for one in template] if isinstance(template, list) else template


def placed(part: str, values: Mapping[str, str]) -> str:
    name, closed, rest = part.partition("}")
    return values[name] + rest if closed and name in values else "{" + part
