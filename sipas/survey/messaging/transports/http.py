"""HTTP transport: a provider's gateway as its configuration describes it."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

from sipas.survey.messaging.config import HttpGateway, SmsConfig
from sipas.survey.messaging.transports import (
    Accepted,
    Deferred,
    GatewayEvent,
    OutgoingSms,
    Rejected,
    SendOutcome,
    Unknown,
    Unsent,
)
from sipas.survey.messaging.transports.json_path import found

# Statuses about our configuration or the gateway, not about the message.
_CONFIGURATION_STATUSES = {301, 302, 303, 307, 308, 401, 402, 403, 404, 405, 407, 429, 503}
_ANSWER_MAX_BYTES = 64 * 1024  # of an answer


class HttpTransport:
    def __init__(self, config: SmsConfig) -> None:
        assert config.http is not None  # checked by the configuration
        self.gateway, self.sender = config.http, config.sender
        # Without an id receipts cannot be matched, so none are stored.
        self.receipts = config.http.callback is not None and config.http.id is not None
        self.events: asyncio.Queue[GatewayEvent] = (
            asyncio.Queue()
        )  # the gateway calls the service, not the sender
        self.patience = config.timeout
        # Connections are limited only by the messages in flight: a request cancelled while it waits
        # for a connection keeps it for ever, https://github.com/encode/httpcore/issues/1093
        # The connection timeout is shorter: until it is connected, nothing has been sent.
        self.client = httpx.AsyncClient(
            timeout=httpx.Timeout(config.timeout, connect=config.timeout / 2),
            limits=httpx.Limits(),
            follow_redirects=False,
        )

    async def ready(self) -> None:
        """Returns at once: only a message can show whether the gateway works."""

    async def send(self, sms: OutgoingSms) -> SendOutcome:
        values = {
            "phone": sms.phone,
            "digits": sms.phone.removeprefix("+"),
            "text": sms.text,
            "sender": self.sender,
            "key": sms.key,
        }
        try:
            # The whole request has a timeout too: a gateway that sends single bytes would never time out.
            async with asyncio.timeout(self.patience):
                return await self.post(
                    _filled(self.gateway.body, values), _filled(self.gateway.headers, values)
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL):
            return Unsent("gateway not reached")
        except UnicodeEncodeError:
            return Unsent("a header of [http] has a character that headers cannot have")
        except TimeoutError:
            return Unknown("gateway did not answer in time")
        except httpx.HTTPError as error:
            return Unknown(f"gateway broke off: {type(error).__name__}")

    async def post(self, body: Any, headers: dict[str, str]) -> SendOutcome:
        async with self.client.stream("POST", self.gateway.url, json=body, headers=headers) as response:
            content = b""
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > _ANSWER_MAX_BYTES:
                    return Unknown("gateway answers nonsense")
        return _judged(self.gateway, response.status_code, content)

    async def close(self) -> None:
        await self.client.aclose()


def _judged(gateway: HttpGateway, status: int, content: bytes) -> SendOutcome:
    if status in _CONFIGURATION_STATUSES:
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


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    """Fill in the template's placeholders; inserted values are not searched for placeholders."""
    if isinstance(template, str):
        parts = template.split("{")
        return parts[0] + "".join(_placed(part, values) for part in parts[1:])
    if isinstance(template, dict):
        return {name: _filled(one, values) for name, one in template.items()}
    return [_filled(one, values) for one in template] if isinstance(template, list) else template


def _placed(part: str, values: Mapping[str, str]) -> str:
    name, closed, rest = part.partition("}")
    return values[name] + rest if closed and name in values else "{" + part
