"""Responses that wait to be counted, and the cells they are counted into."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import date

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("counting")


class CellKey(msgspec.Struct, frozen=True):
    """What a cell's responses have in common; field order is the statements'.

    month: None where only the round is known. field: where the procedure was given up for it.
    """

    unit_id: int
    procedure_id: int | None
    service_channel: str | None
    channel: str
    form: str
    complete: bool
    month: date | None
    attributes: str
    field: str | None = None


class Count(msgspec.Struct, frozen=True):
    """Of one cell: how many responses, and their sums as sipas/stats lays them out."""

    n: int
    sums: list[int]


Tally = dict[CellKey, Count]


class Uncounted(msgspec.Struct, frozen=True):
    """Responses of one key, whose attributes are those that were sent.

    answers: their arrays in the database's own binary form, one after another.
    """

    round_id: int
    key: CellKey
    from_terminal: bool
    answers: bytes


class Stored(msgspec.Struct, frozen=True):
    """Of one round, from the rows alone: its responses, and those of them that wait to be counted."""

    responses: int
    waiting: int


class Strays(msgspec.Struct, frozen=True):
    """What no figure would ever show, or would show twice."""

    responses_of_no_round: int
    waiting_without_response: int
    waiting_twice: int


async def try_lock_cells(conn: Connection) -> bool:
    """False where another step holds the cells."""
    return bool(await conn.fetchval(Q.try_lock_cells))


@asynccontextmanager
async def holding_cells(conn: Connection) -> AsyncIterator[None]:
    """The same lock around a transaction, where it must be had before the snapshot is taken."""
    await conn.execute(Q.hold_cells)
    try:
        yield
    finally:
        await conn.execute(Q.release_cells)


async def take_uncounted(conn: Connection, responses: int) -> list[Uncounted]:
    return [
        Uncounted(row[0], CellKey(*row[1:10]), row["from_terminal"], row["answers"])
        for row in await conn.fetch(Q.take_uncounted, responses)
    ]


async def add_cells(conn: Connection, round_id: int, tally: Tally) -> None:
    """Adds to the cells of a round, making those that are new."""
    version = await conn.fetchval(Q.next_cells_version, round_id)
    await conn.execute(Q.add_cells, round_id, version, *columns_of(tally))


async def replace_cells(conn: Connection, round_id: int, tallies: Iterable[Tally]) -> None:
    """Leaves the round with these cells and no others. A statement for each: together they may be large."""
    version = await conn.fetchval(Q.next_rebuild, round_id)
    await conn.execute(Q.delete_cells, round_id)
    for tally in tallies:
        await conn.execute(Q.add_cells, round_id, version, *columns_of(tally))


def columns_of(tally: Tally) -> list[Sequence[object]]:
    """The key's columns, n and sums; unnest flattens arrays of arrays, so sums go as text literals."""
    keys = zip(*(msgspec.structs.astuple(key) for key in tally), strict=True)
    literals = [f"{{{','.join(map(str, count.sums))}}}" for count in tally.values()]
    return [*keys, [count.n for count in tally.values()], literals]


async def iterate_cells(conn: Connection, round_id: int) -> AsyncIterator[tuple[CellKey, Count]]:
    """Inside a transaction."""
    async for row in conn.cursor(Q.list_cells, round_id, prefetch=500):
        yield CellKey(*row[:9]), Count(row["n"], row["sums"])


async def iterate_counted(conn: Connection, round_id: int) -> AsyncIterator[Uncounted]:
    """What the cells of a round should hold, from the rows themselves; inside a transaction."""
    async for row in conn.cursor(Q.list_counted, round_id, prefetch=5_000):
        yield Uncounted(row[0], CellKey(*row[1:10]), row["from_terminal"], row["answers"])


async def delete_uncounted(conn: Connection) -> None:
    await conn.execute(Q.delete_uncounted)


async def count_stored(conn: Connection) -> dict[int, Stored]:
    """By round."""
    rows = await conn.fetch(Q.count_stored)
    return {row["round_id"]: Stored(row["responses"], row["waiting"]) for row in rows}


async def count_strays(conn: Connection) -> Strays:
    row = await conn.fetchrow(Q.count_strays)
    assert row is not None  # an aggregate has one row
    return Strays(*row)
