"""Events into the database, in one transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sipas.postgres.pool import Connection
from sipas.queries.catalogue import get_catalogue_version
from sipas.queries.messages import Closed
from sipas.queries.told import Told, copy_tally, copy_told
from sipas.queries.transactions import (
    Outcome,
    ProblemRow,
    count_tally,
    expire_links,
    insert_problems,
    list_outdated_messages,
    lock_outdated_messages,
    lock_transactions,
    settle_problems,
    store_told,
)
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.feed.basis import Basis
from sipas.survey.feed.parts import Tally
from sipas.survey.sms.closing import close


class CatalogueMovedError(Exception):
    """Units, rounds or whom they ask have changed since the events were read: they are read anew."""


class Storing:
    """Part after part inside one transaction. Others wait for counts and for messages: so both come last."""

    def __init__(self, conn: Connection, basis: Basis) -> None:
        self.conn, self.basis = conn, basis
        self.tally = Tally()
        self.outdated: set[int] = set()

    async def store(
        self, told: Told, problems: Sequence[ProblemRow], *, places: bool = False
    ) -> list[Outcome]:
        """places: whether to tell which events hold."""
        await copy_told(self.conn, told)
        await lock_transactions(self.conn)
        if await get_catalogue_version(self.conn) != self.basis.version:
            raise CatalogueMovedError
        outcomes = await store_told(self.conn, SERVICE_CHANNELS, places=places)
        self.tally.add(told)
        await settle_problems(self.conn)
        await insert_problems(self.conn, problems)
        self.outdated |= set(await list_outdated_messages(self.conn))
        return outcomes

    async def finish(self) -> None:
        await copy_tally(self.conn, self.tally.rows())
        await count_tally(self.conn, SERVICE_CHANNELS)
        await self.withdraw()

    async def withdraw(self) -> None:
        """Messages that would be wrong are not sent. A link goes with its invitation or its transaction."""
        outdated = await lock_outdated_messages(self.conn, sorted(self.outdated))
        if outdated:
            closed = [Closed(message.id, "cancelled", "cancelled") for message in outdated]
            await close(self.conn, closed, datetime.now(UTC))
            hashes = [one.link_hash for one in outdated if one.link_hash and one.expires]
            await expire_links(self.conn, hashes)
