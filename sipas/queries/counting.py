"""Responses waiting to be counted, and the cells that count them."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import date

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("counting")


class CellKey(msgspec.Struct, frozen=True):
    """The key that a cell's responses share, in the order of the statements.

    month: None if only the round is known. field: set if the procedure was coarsened to it.
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


class CellCount(msgspec.Struct, frozen=True):
    """Number of a cell's responses, and their sums as sipas/stats orders them."""

    n: int
    sums: list[int]


CellCounts = dict[CellKey, CellCount]


class UncountedResponse(msgspec.Struct, frozen=True):
    """Responses of one key, whose attributes are those that were sent.

    answers: their arrays in the database's own binary form, one after another.
    """

    round_id: int
    key: CellKey
    from_terminal: bool
    answers: bytes


class StoredCounts(msgspec.Struct, frozen=True):
    """A round's stored responses, and how many of them wait to be counted."""

    responses: int
    waiting: int


class OrphanCounts(msgspec.Struct, frozen=True):
    """Rows that no figure would show, or that would be counted twice."""

    responses_of_no_round: int
    waiting_without_response: int
    waiting_twice: int


async def try_lock_cells(conn: Connection) -> bool:
    """Return False if another step holds the lock."""
    return bool(await conn.fetchval(_Q.try_lock_cells))


@asynccontextmanager
async def holding_cells(conn: Connection) -> AsyncIterator[None]:
    """Hold the lock around a transaction, from before its snapshot."""
    await conn.execute(_Q.hold_cells)
    try:
        yield
    finally:
        await conn.execute(_Q.release_cells)


async def take_uncounted(conn: Connection, responses: int) -> list[UncountedResponse]:
    return [
        UncountedResponse(row[0], CellKey(*row[1:10]), row["from_terminal"], row["answers"])
        for row in await conn.fetch(_Q.take_uncounted, responses)
    ]


async def add_cells(conn: Connection, round_id: int, tally: CellCounts) -> None:
    """Add to the cells of a round, creating new ones."""
    version = await conn.fetchval(_Q.next_cells_version, round_id)
    await conn.execute(_Q.add_cells, round_id, version, *_columns_of(tally))


async def replace_cells(conn: Connection, round_id: int, tallies: Iterable[CellCounts]) -> None:
    """Replace all cells of a round. One statement for each part: together they may be large."""
    version = await conn.fetchval(_Q.next_rebuild, round_id)
    await conn.execute(_Q.delete_cells, round_id)
    for tally in tallies:
        await conn.execute(_Q.add_cells, round_id, version, *_columns_of(tally))


def _columns_of(tally: CellCounts) -> list[Sequence[object]]:
    """Return the columns of key, n and sums. Sums are text literals, since unnest flattens arrays of
    arrays.
    """
    keys = zip(*(msgspec.structs.astuple(key) for key in tally), strict=True)
    literals = [f"{{{','.join(map(str, count.sums))}}}" for count in tally.values()]
    return [*keys, [count.n for count in tally.values()], literals]


async def iterate_cells(conn: Connection, round_id: int) -> AsyncIterator[tuple[CellKey, CellCount]]:
    """Iterate over a round's cells, inside a transaction."""
    async for row in conn.cursor(_Q.list_cells, round_id, prefetch=500):
        yield CellKey(*row[:9]), CellCount(row["n"], row["sums"])


async def iterate_counted(conn: Connection, round_id: int) -> AsyncIterator[UncountedResponse]:
    """Iterate over the responses that the cells should count, inside a transaction."""
    async for row in conn.cursor(_Q.list_counted, round_id, prefetch=5_000):
        yield UncountedResponse(row[0], CellKey(*row[1:10]), row["from_terminal"], row["answers"])


async def delete_uncounted(conn: Connection) -> None:
    await conn.execute(_Q.delete_uncounted)


async def count_stored(conn: Connection) -> dict[int, StoredCounts]:
    """Return the counts by round."""
    rows = await conn.fetch(_Q.count_stored)
    return {row["round_id"]: StoredCounts(row["responses"], row["waiting"]) for row in rows}


async def count_orphans(conn: Connection) -> OrphanCounts:
    row = await conn.fetchrow(_Q.count_orphans)
    assert row is not None  # an aggregate has one row
    return OrphanCounts(*row)
