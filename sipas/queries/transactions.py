"""Finished transactions, their counts, and events that could not be counted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from sipas.postgres.pool import Connection
from sipas.queries.transaction_events import STORE_TIMEOUT_SECONDS
from sipas.sql import load

Q = load("transactions")


Status = Literal["stored", "duplicate", "corrected", "cancelled", "superseded"]


class EventOutcome(msgspec.Struct, frozen=True):
    """places: of the valid events, if requested."""

    status: Status
    transactions: int
    places: list[int] | None


class ProblemRow(msgspec.Struct, frozen=True):
    """place: in the batch. event: JSON of the stored fields."""

    place: int
    id_hash: bytes
    changed_at: datetime | None
    source: str
    reason: str
    detail: str
    event: str


class ListedProblem(msgspec.Struct, frozen=True):
    received_at: datetime
    source: str
    reason: str
    detail: str
    event: dict[str, str | bool]


class ProblemCount(msgspec.Struct, frozen=True):
    reason: str
    events: int


class Miscount(msgspec.Struct, frozen=True):
    round: str
    different: int


class TransactionCount(msgspec.Struct, frozen=True):
    """Counts of one round, without cancelled transactions."""

    round: str
    transactions: int
    on_time: int
    late: int


async def lock_transactions(conn: Connection) -> None:
    """Lock until the transaction ends. A large file holds the lock for minutes."""
    await conn.execute(Q.lock_transactions, timeout=STORE_TIMEOUT_SECONDS)


async def take_foreign(conn: Connection, source: str) -> list[int]:
    """Remove from `sent_event` the transactions of other sources; return their places."""
    return [row[0] for row in await conn.fetch(Q.take_foreign, source, timeout=STORE_TIMEOUT_SECONDS)]


async def adopt_transactions(conn: Connection, source: str) -> None:
    """Assign transactions of `sent_event` without a source to this one."""
    await conn.execute(Q.adopt_transactions, source, timeout=STORE_TIMEOUT_SECONDS)


async def store_transaction_events(
    conn: Connection, channels: Sequence[str], source: str | None, *, places: bool
) -> list[EventOutcome]:
    """channels: the list that channel numbers of `sent_event` refer to, from 1. source: None for a file."""
    return [
        EventOutcome(*row)
        for row in await conn.fetch(
            Q.store_transaction_events, places, channels, source, timeout=STORE_TIMEOUT_SECONDS
        )
    ]


async def count_tally(conn: Connection, channels: Sequence[str]) -> None:
    """channels: as for `store_transaction_events`."""
    await conn.execute(Q.count_tally, channels, timeout=STORE_TIMEOUT_SECONDS)


async def list_messages_of_events(conn: Connection) -> list[int]:
    """Return ids of waiting messages about transactions of `sent_event`."""
    return [row["id"] for row in await conn.fetch(Q.list_messages_of_events, timeout=STORE_TIMEOUT_SECONDS)]


async def expire_links(conn: Connection, token_hashes: Sequence[bytes]) -> None:
    await conn.execute(Q.expire_links, token_hashes)


async def settle_problems(conn: Connection) -> None:
    await conn.execute(Q.settle_problems, timeout=STORE_TIMEOUT_SECONDS)


async def insert_problems(conn: Connection, problems: Sequence[ProblemRow]) -> None:
    """Insert problems; `sent_event` holds the rest of the batch."""
    if rows := [msgspec.structs.astuple(problem) for problem in problems]:
        await conn.execute(Q.insert_problems, *zip(*rows, strict=True), timeout=STORE_TIMEOUT_SECONDS)


async def list_problems(conn: Connection) -> list[ListedProblem]:
    return [ListedProblem(*row) for row in await conn.fetch(Q.list_problems)]


async def count_problems(conn: Connection) -> list[ProblemCount]:
    return [ProblemCount(*row) for row in await conn.fetch(Q.count_problems)]


async def recount_transactions(conn: Connection) -> None:
    """Recount, inside a transaction that holds the lock."""
    await conn.execute(Q.assign_rounds, timeout=STORE_TIMEOUT_SECONDS)
    await conn.execute(Q.recount_transactions, timeout=STORE_TIMEOUT_SECONDS)


async def count_miscounts(conn: Connection) -> list[Miscount]:
    """Return the rounds with wrong counts."""
    return [Miscount(*row) for row in await conn.fetch(Q.count_miscounts, timeout=STORE_TIMEOUT_SECONDS)]


class UncountedTransactions(msgspec.Struct, frozen=True):
    """first: when the first of them was finished; None if there are none."""

    transactions: int
    first: datetime | None


async def count_before(conn: Connection, moment: datetime) -> UncountedTransactions:
    """Count transactions of no round that were finished before a moment."""
    return UncountedTransactions(
        *await conn.fetchrow(Q.count_before, moment, timeout=STORE_TIMEOUT_SECONDS) or ()
    )


async def list_counts(conn: Connection) -> list[TransactionCount]:
    return [TransactionCount(*row) for row in await conn.fetch(Q.list_counts)]
