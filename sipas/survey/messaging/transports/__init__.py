"""SMS transports: each sends messages and returns their outcomes; later messages of the gateway are
events.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from sipas.errors import SipasError


@dataclass(frozen=True)
class OutgoingSms:
    """phone and text are not printed. key: the same at each attempt. expires_at: end of the link's
    validity.
    """

    key: str
    phone: str = field(repr=False)
    text: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Accepted:
    """provider_id: names the message in its receipt."""

    provider_id: str | None


@dataclass(frozen=True)
class Rejected:
    """The number or message is refused for good."""

    reason: str


@dataclass(frozen=True)
class Deferred:
    """The provider did not accept the message now."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """No clear answer: the message may have been sent. late: completes with a later answer."""

    reason: str
    late: "asyncio.Future[SendOutcome] | None" = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Unsent:
    """The message was not sent: the provider is away or refuses our credentials."""

    reason: str


SendOutcome = Accepted | Rejected | Deferred | Unknown | Unsent


@dataclass(frozen=True)
class Receipt:
    provider_id: str
    state: Literal["delivered", "failed"]
    reason: str | None = None


@dataclass(frozen=True)
class SmsReply:
    """A citizen's reply to a message."""

    phone: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class NotFinal:
    """A receipt for a message in transit; it needs no storing."""


@dataclass(frozen=True)
class Unread:
    """An unreadable message. outline: the part that can be shown. content: all of it, to be stored
    encrypted.
    """

    outline: str
    content: bytes = field(repr=False)


GatewayMessage = Receipt | SmsReply | NotFinal | Unread
Done = Callable[[], None]


@dataclass(frozen=True)
class GatewayEvent:
    """done: acknowledges the event, so that the provider does not send it again."""

    what: GatewayMessage
    done: Done


class GatewayAway(SipasError):
    """The provider cannot be reached or refuses our credentials; no message can be sent now."""


class Transport(Protocol):
    """receipts: whether the provider sends receipts. events: in the order of arrival."""

    receipts: bool
    events: asyncio.Queue[GatewayEvent]

    async def ready(self) -> None:
        """GatewayAway: no message could be sent now."""

    async def send(self, sms: OutgoingSms) -> SendOutcome:
        """Send a message. Never raises for behaviour of the provider."""

    async def close(self) -> None: ...
