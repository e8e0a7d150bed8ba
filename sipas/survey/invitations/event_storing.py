"""Events into the database, in one transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from sipas.postgres.pool import Connection
from sipas.queries.catalogue import get_catalogue_version
from sipas.queries.transaction_events import Told, copy_tally, copy_told
from sipas.queries.transactions import (
    Outcome,
    ProblemRow,
    adopt_transactions,
    count_tally,
    insert_problems,
    list_messages_told_of,
    lock_transactions,
    settle_problems,
    store_told,
    take_foreign,
)
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.contacts.finalize import withdraw
from sipas.survey.invitations.catalogue_snapshot import Basis
from sipas.survey.invitations.event_parts import Tally


class CatalogueMovedError(Exception):
    """Units, rounds or whom they ask have changed since the events were read: they are read anew."""


class Storing:
    """Part after part inside one transaction. Others wait for counts and for messages: so both come last."""

    def __init__(self, conn: Connection, basis: Basis, source: str | None = None) -> None:
        """source: of the key that tells, which may change its own transactions alone; None for a file."""
        self.conn, self.basis, self.source = conn, basis, source
        self.foreign: list[int] = []  # places of what belongs to other sources
        self.tally = Tally()
        self.told_of: set[int] = set()  # messages that wait

    async def store(
        self, told: Told, problems: Sequence[ProblemRow], *, places: bool = False
    ) -> list[Outcome]:
        """places: whether to tell which events hold."""
        await copy_told(self.conn, told)
        await lock_transactions(self.conn)
        if await get_catalogue_version(self.conn) != self.basis.version:
            raise CatalogueMovedError
        if self.source is not None:
            told = await self.without_foreign(told, self.source)
        outcomes = await store_told(self.conn, SERVICE_CHANNELS, self.source, places=places)
        self.tally.add(told)
        await settle_problems(self.conn)
        await insert_problems(self.conn, problems)
        self.told_of |= set(await list_messages_told_of(self.conn))
        return outcomes

    async def without_foreign(self, told: Told, source: str) -> Told:
        self.foreign = await take_foreign(self.conn, source)
        await adopt_transactions(self.conn, source)
        return Told(told.rows[~np.isin(told.rows["place"], self.foreign)], told.phones)

    async def finish(self) -> None:
        await copy_tally(self.conn, self.tally.rows())
        await count_tally(self.conn, SERVICE_CHANNELS)
        await withdraw(self.conn, sorted(self.told_of), datetime.now(UTC))
