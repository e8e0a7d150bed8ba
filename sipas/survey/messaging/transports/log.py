"""For development: a message goes to the log, without the number it is for."""

import asyncio
import logging

from sipas.survey.messaging.transports import Accepted, Event, Outcome, Parcel

LOG = logging.getLogger(__name__)


class LogTransport:
    receipts = False

    def __init__(self) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue()

    async def ready(self) -> None:
        """Always."""

    async def send(self, parcel: Parcel) -> Outcome:
        LOG.info("message %s: %s", parcel.key, parcel.text)
        return Accepted(None)

    async def close(self) -> None:
        """Nothing is open."""
