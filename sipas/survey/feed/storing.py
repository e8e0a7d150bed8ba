"""A batch of events into the database: all of it in one transaction, each finished transaction counted once."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sipas.postgres.pool import Connection
from sipas.queries.catalogue import get_catalogue_version
from sipas.queries.funnel import FunnelStep, add_funnel
from sipas.queries.transactions import (
    Outcome,
    ProblemRow,
    Told,
    copy_told,
    insert_problems,
    lock_transactions,
    settle_problems,
    store_told,
    withdraw_messages,
)
from sipas.survey.catalogue import local_day
from sipas.survey.feed.reading import Basis


class CatalogueMovedError(Exception):
    """Units, rounds or whom they ask have changed since the events were read: they are read anew."""


async def store(
    conn: Connection,
    basis: Basis,
    rows: Iterable[Told],
    problems: Sequence[ProblemRow],
    *,
    places: bool = False,
) -> list[Outcome]:
    """Inside a transaction. Bringing the rows over, the longest part, comes before the lock.

    rows may be an iterator that adds to `problems` as it goes.
    """
    await copy_told(conn, rows)
    await lock_transactions(conn)
    if await get_catalogue_version(conn) != basis.version:
        raise CatalogueMovedError
    outcomes = await store_told(conn, places=places)
    await settle_problems(conn)
    await insert_problems(conn, problems)
    await withdraw(conn)
    return outcomes


async def withdraw(conn: Connection) -> None:
    today = local_day(datetime.now(UTC))
    steps = [
        FunnelStep(one.round_id, one.unit_id, one.procedure_id, one.service_channel, today, "failed", "cancelled", one.n)
        for one in await withdraw_messages(conn)
    ]
    await add_funnel(conn, steps)
