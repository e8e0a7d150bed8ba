"""Events into the database, in one transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sipas.postgres.pool import Connection
from sipas.queries.catalogue import get_catalogue_version
from sipas.queries.told import Told, copy_tally, copy_told
from sipas.queries.transactions import (
    Outcome,
    ProblemRow,
    count_tally,
    insert_problems,
    list_messages_told_of,
    lock_transactions,
    settle_problems,
    store_told,
)
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.feed.basis import Basis
from sipas.survey.feed.parts import Tally
from sipas.survey.sms.closing import withdraw


class CatalogueMovedError(Exception):
    """Units, rounds or whom they ask have changed since the events were read: they are read anew."""


class Storing:
    """Part after part inside one transaction. Others wait for counts and for messages: so both come last."""

    def __init__(self, conn: Connection, basis: Basis) -> None:
        self.conn, self.basis = conn, basis
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
        outcomes = await store_told(self.conn, SERVICE_CHANNELS, places=places)
        self.tally.add(told)
        await settle_problems(self.conn)
        await insert_problems(self.conn, problems)
        self.told_of |= set(await list_messages_told_of(self.conn))
        return outcomes

    async def finish(self) -> None:
        await copy_tally(self.conn, self.tally.rows())
        await count_tally(self.conn, SERVICE_CHANNELS)
        await withdraw(self.conn, sorted(self.told_of), datetime.now(UTC))
