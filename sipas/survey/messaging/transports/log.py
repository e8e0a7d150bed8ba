"""Log transport for development: writes messages to the log, without their numbers."""

import asyncio
import logging

from sipas.survey.messaging.transports import Accepted, GatewayEvent, OutgoingSms, SendOutcome

_LOG = logging.getLogger(__name__)


class LogTransport:
    receipts = False

    def __init__(self) -> None:
        self.events: asyncio.Queue[GatewayEvent] = asyncio.Queue()

    async def ready(self) -> None:
        """Returns at once: the log is always available."""

    async def send(self, sms: OutgoingSms) -> SendOutcome:
        _LOG.info("message %s: %s", sms.key, sms.text)
        return Accepted(None)

    async def close(self) -> None:
        """Does nothing: the log holds no connection."""
