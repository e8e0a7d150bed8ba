"""Stores events in one transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from sipas.postgres.pool import Connection
from sipas.queries.catalogue import get_catalogue_version
from sipas.queries.transaction_events import TransactionEvents, copy_tally, copy_transaction_events
from sipas.queries.transactions import (
    EventOutcome,
    ProblemRow,
    adopt_transactions,
    count_tally,
    insert_problems,
    list_messages_of_events,
    lock_transactions,
    settle_problems,
    store_transaction_events,
    take_foreign,
)
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.contacts.finalize import withdraw_messages
from sipas.survey.invitations.catalogue_snapshot import CatalogueSnapshot
from sipas.survey.invitations.event_parts import EventTally


class CatalogueMovedError(Exception):
    """The catalogue has changed since the events were read: they must be read again."""


class EventStorage:
    """Stores part after part in one transaction. Counts and messages come last: others wait for them."""

    def __init__(self, conn: Connection, snapshot: CatalogueSnapshot, source: str | None = None) -> None:
        """source: of the key, which may change its own transactions only; None for a file."""
        self.conn, self.snapshot, self.source = conn, snapshot, source
        self.foreign: list[int] = []  # places of other sources' transactions
        self.tally = EventTally()
        self.waiting_messages: set[int] = set()  # ids

    async def store(
        self, events: TransactionEvents, problems: Sequence[ProblemRow], *, places: bool = False
    ) -> list[EventOutcome]:
        """places: whether to return which events are valid."""
        await copy_transaction_events(self.conn, events)
        await lock_transactions(self.conn)
        if await get_catalogue_version(self.conn) != self.snapshot.version:
            raise CatalogueMovedError
        if self.source is not None:
            events = await self.without_foreign(events, self.source)
        outcomes = await store_transaction_events(self.conn, SERVICE_CHANNELS, self.source, places=places)
        self.tally.add(events)
        await settle_problems(self.conn)
        await insert_problems(self.conn, problems)
        self.waiting_messages |= set(await list_messages_of_events(self.conn))
        return outcomes

    async def without_foreign(self, events: TransactionEvents, source: str) -> TransactionEvents:
        self.foreign = await take_foreign(self.conn, source)
        await adopt_transactions(self.conn, source)
        return TransactionEvents(events.rows[~np.isin(events.rows["place"], self.foreign)], events.phones)

    async def finish(self) -> None:
        await copy_tally(self.conn, self.tally.rows())
        await count_tally(self.conn, SERVICE_CHANNELS)
        await withdraw_messages(self.conn, sorted(self.waiting_messages), datetime.now(UTC))
