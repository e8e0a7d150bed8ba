"""Finished transactions, their counts, and the events that could not be counted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from sipas.postgres.pool import Connection
from sipas.queries.transaction_events import LASTS
from sipas.sql import load

Q = load("transactions")


Status = Literal["stored", "duplicate", "corrected", "cancelled", "superseded"]


class Outcome(msgspec.Struct, frozen=True):
    """places: of the events that hold, where they were asked for."""

    status: Status
    transactions: int
    places: list[int] | None


class ProblemRow(msgspec.Struct, frozen=True):
    """place: in the batch. event: JSON of what is kept of it."""

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
    """Of one round, without those that were cancelled."""

    round: str
    transactions: int
    on_time: int
    late: int


async def lock_transactions(conn: Connection) -> None:
    """Until the transaction ends. A large file holds it for minutes."""
    await conn.execute(Q.lock_transactions, timeout=LASTS)


async def take_foreign(conn: Connection, source: str) -> list[int]:
    """Remove from `told` the transactions of other sources; return their places."""
    return [row[0] for row in await conn.fetch(Q.take_foreign, source, timeout=LASTS)]


async def adopt_transactions(conn: Connection, source: str) -> None:
    """Give the transactions of `told` that have no source this one."""
    await conn.execute(Q.adopt_transactions, source, timeout=LASTS)


async def store_told(
    conn: Connection, channels: Sequence[str], source: str | None, *, places: bool
) -> list[Outcome]:
    """channels: the words that `told` has the places of, from 1. source: None for a file."""
    return [Outcome(*row) for row in await conn.fetch(Q.store_told, places, channels, source, timeout=LASTS)]


async def count_tally(conn: Connection, channels: Sequence[str]) -> None:
    """channels: as for `store_told`."""
    await conn.execute(Q.count_tally, channels, timeout=LASTS)


async def list_messages_told_of(conn: Connection) -> list[int]:
    """Ids of those that wait and are about the transactions of `told`."""
    return [row["id"] for row in await conn.fetch(Q.list_messages_told_of, timeout=LASTS)]


async def expire_links(conn: Connection, token_hashes: Sequence[bytes]) -> None:
    await conn.execute(Q.expire_links, token_hashes)


async def settle_problems(conn: Connection) -> None:
    await conn.execute(Q.settle_problems, timeout=LASTS)


async def insert_problems(conn: Connection, problems: Sequence[ProblemRow]) -> None:
    """Where `told` holds the rest of the batch."""
    if rows := [msgspec.structs.astuple(problem) for problem in problems]:
        await conn.execute(Q.insert_problems, *zip(*rows, strict=True), timeout=LASTS)


async def list_problems(conn: Connection) -> list[ListedProblem]:
    return [ListedProblem(*row) for row in await conn.fetch(Q.list_problems)]


async def count_problems(conn: Connection) -> list[ProblemCount]:
    return [ProblemCount(*row) for row in await conn.fetch(Q.count_problems)]


async def recount_transactions(conn: Connection) -> None:
    """Inside a transaction that holds the lock."""
    await conn.execute(Q.assign_rounds, timeout=LASTS)
    await conn.execute(Q.recount_transactions, timeout=LASTS)


async def count_miscounts(conn: Connection) -> list[Miscount]:
    """Of the rounds where there are any."""
    return [Miscount(*row) for row in await conn.fetch(Q.count_miscounts, timeout=LASTS)]


class Uncounted(msgspec.Struct, frozen=True):
    """first: when the first of them was finished; None where there are none."""

    transactions: int
    first: datetime | None


async def count_before(conn: Connection, moment: datetime) -> Uncounted:
    """Count transactions of no round that were finished before a moment."""
    return Uncounted(*await conn.fetchrow(Q.count_before, moment, timeout=LASTS) or ())


async def list_counts(conn: Connection) -> list[TransactionCount]:
    return [TransactionCount(*row) for row in await conn.fetch(Q.list_counts)]
