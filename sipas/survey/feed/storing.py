"""A batch of events into the database, in one transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sipas.postgres.pool import Connection
from sipas.queries.catalogue import get_catalogue_version
from sipas.queries.messages import Closed
from sipas.queries.told import Told, copy_told
from sipas.queries.transactions import (
    Outcome,
    ProblemRow,
    expire_links,
    insert_problems,
    list_outdated_messages,
    lock_transactions,
    settle_problems,
    store_told,
)
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.feed.basis import Basis
from sipas.survey.sms.closing import close


class CatalogueMovedError(Exception):
    """Units, rounds or whom they ask have changed since the events were read: they are read anew."""


async def store(
    conn: Connection,
    basis: Basis,
    batches: Sequence[Told],
    problems: Sequence[ProblemRow],
    *,
    places: bool = False,
) -> list[Outcome]:
    """Inside a transaction, once or part after part. places: whether to tell which events hold."""
    await copy_told(conn, batches)
    await lock_transactions(conn)
    if await get_catalogue_version(conn) != basis.version:
        raise CatalogueMovedError
    outcomes = await store_told(conn, SERVICE_CHANNELS, places=places)
    await settle_problems(conn)
    await insert_problems(conn, problems)
    await withdraw(conn)
    return outcomes


async def withdraw(conn: Connection) -> None:
    """Messages that would be wrong are not sent, and their links expire. It counts in the funnel, so last."""
    outdated = await list_outdated_messages(conn)
    if outdated:
        await expire_links(conn, [message.link_hash for message in outdated if message.link_hash])
        closed = [Closed(message.id, "cancelled", "cancelled") for message in outdated]
        await close(conn, closed, datetime.now(UTC))
