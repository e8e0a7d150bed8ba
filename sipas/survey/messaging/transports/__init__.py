"""Ways out of the house. Each takes a parcel and says what became of it; what comes back later are events."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from sipas.errors import SipasError


@dataclass(frozen=True)
class Parcel:
    """phone and text stay out of what is printed. key: the same at every try. expires_at: the link's end."""

    key: str
    phone: str = field(repr=False)
    text: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Accepted:
    """provider_id: by which its receipt will name it."""

    provider_id: str | None


@dataclass(frozen=True)
class Rejected:
    """For good: the number, or the message, is not wanted."""

    reason: str


@dataclass(frozen=True)
class Deferred:
    """Not now, says the provider; it was not taken."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """No answer that says so: it may be on its way, or not. late: ends with the answer, if one comes yet."""

    reason: str
    late: "asyncio.Future[Outcome] | None" = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Unsent:
    """It never left: the provider is away, or does not know us. No fault of the message."""

    reason: str


Outcome = Accepted | Rejected | Deferred | Unknown | Unsent


@dataclass(frozen=True)
class Receipt:
    provider_id: str
    state: Literal["delivered", "failed"]
    reason: str | None = None


@dataclass(frozen=True)
class Reply:
    """What a citizen answered to a message."""

    phone: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class NotFinal:
    """A message is on its way, and says so; there is nothing to keep."""


@dataclass(frozen=True)
class Unread:
    """What was not understood. outline: what can be shown of it. content: all of it; it is kept encrypted."""

    outline: str
    content: bytes = field(repr=False)


Incoming = Receipt | Reply | NotFinal | Unread
Done = Callable[[], None]


@dataclass(frozen=True)
class Event:
    """done: tells the provider that it is kept, so that it need not come again."""

    what: Incoming
    done: Done


class GatewayAway(SipasError):
    """The provider cannot be reached, or lets us not in; nothing can be sent at the moment."""


class Transport(Protocol):
    """receipts: whether it tells later what became of a message. events: in the order in which they came."""

    receipts: bool
    events: asyncio.Queue[Event]

    async def ready(self) -> None:
        """GatewayAway where nothing would come through now."""

    async def send(self, parcel: Parcel) -> Outcome:
        """Never raises for what a provider does."""

    async def close(self) -> None: ...
