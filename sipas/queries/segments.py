"""Responses waiting to be counted, and the segments that hold the counted ones."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import msgspec
from asyncpg import Record

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("segments")
_REBUILD_TIMEOUT_SECONDS = 3600.0  # for a statement that reads or writes many responses


class StoredResponses(msgspec.Struct, frozen=True):
    """Responses of one round that differ in unit, procedure, kiosk, day and answers alone.

    unit, procedure, kiosk, day, answers: arrays in the database's own binary form; 0 is no procedure or
    kiosk, and days count from 2000-01-01. answers: one array for each response, one after another.
    """

    round_id: int
    service_channel: str | None
    channel: str
    form: str
    language: str
    complete: bool
    time_kept: str | None
    field: str | None
    attributes: str
    from_terminal: bool
    responses: int
    unit: bytes
    procedure: bytes
    kiosk: bytes
    day: bytes
    answers: bytes


ByRound = dict[int, list[StoredResponses]]


class Segment(msgspec.Struct, frozen=True):
    """A sealed block of responses; it holds what the versions `first` to `last` of the round added."""

    first: int
    last: int
    responses: int
    data: bytes = b""


class SegmentsVersion(msgspec.Struct, frozen=True):
    """Grows by one with every segment. A rebuild replaces all segments."""

    rebuilds: int
    number: int


class StoredCounts(msgspec.Struct, frozen=True):
    """A round's stored responses, and how many of them wait to be counted."""

    responses: int
    waiting: int


class OrphanCounts(msgspec.Struct, frozen=True):
    """Rows that no figure would show, or that would be counted twice."""

    responses_of_no_round: int
    waiting_without_response: int
    waiting_twice: int


async def try_lock_segments(conn: Connection) -> bool:
    """Return False if another step holds the lock."""
    return bool(await conn.fetchval(_Q.try_lock_segments))


@asynccontextmanager
async def holding_segments(conn: Connection) -> AsyncIterator[None]:
    """Hold the lock around a transaction, from before its snapshot."""
    await conn.execute(_Q.hold_segments)
    try:
        yield
    finally:
        await conn.execute(_Q.release_segments)


async def take_uncounted(conn: Connection, responses: int) -> ByRound:
    """Return the oldest waiting responses; they wait no longer then."""
    return _by_round(await conn.fetch(_Q.take_uncounted, responses))


async def iterate_counted(conn: Connection, round_id: int | None, pages: int) -> AsyncIterator[ByRound]:
    """Iterate over the responses that segments should hold, of one round or all, by so many pages."""
    await conn.execute(_Q.allow_memory)
    for first in range(0, await conn.fetchval(_Q.count_pages), pages):
        limits = f"({first},0)", f"({first + pages},0)"
        rows = await conn.fetch(_Q.list_counted, round_id, *limits, timeout=_REBUILD_TIMEOUT_SECONDS)
        if rows:
            yield _by_round(rows)


def _by_round(rows: Iterable[Record]) -> ByRound:
    by_round: ByRound = defaultdict(list)
    for row in rows:
        by_round[row["round_id"]].append(StoredResponses(*row))
    return by_round


async def insert_segment(conn: Connection, round_id: int, responses: int, data: bytes) -> None:
    """Add a segment to a round, under the next version."""
    number = await conn.fetchval(_Q.next_version, round_id)
    await conn.execute(_Q.insert_segment, round_id, number, number, responses, data)


async def replace_segments(conn: Connection, round_id: int, merged: Segment) -> None:
    """Replace the segments that the merged one holds."""
    await conn.execute(_Q.delete_segments, round_id, merged.first, merged.last)
    await conn.execute(_Q.insert_segment, round_id, merged.first, merged.last, merged.responses, merged.data)


async def delete_all_segments(conn: Connection, round_id: int) -> None:
    """Delete a round's segments; readers then discard the responses that they have."""
    version = await conn.fetchval(_Q.next_rebuild, round_id)
    await conn.execute(_Q.delete_segments, round_id, 0, version)


async def list_segment_sizes(conn: Connection, round_id: int, segments: int) -> list[Segment]:
    """Return the newest segments without their data, the newest first."""
    return [Segment(*row) for row in await conn.fetch(_Q.list_segment_sizes, round_id, segments)]


async def list_rounds_to_merge(conn: Connection, segments: int) -> list[int]:
    """Return the rounds with at least that many segments, the most first."""
    return [row[0] for row in await conn.fetch(_Q.list_rounds_to_merge, segments)]


async def find_segments_version(conn: Connection, round_id: int) -> SegmentsVersion | None:
    row = await conn.fetchrow(_Q.find_segments_version, round_id)
    return SegmentsVersion(*row) if row else None


async def count_segment_responses(conn: Connection, round_id: int, after: int) -> int:
    """Return the number of responses in the segments that hold something newer than a version."""
    return int(await conn.fetchval(_Q.count_segment_responses, round_id, after))


async def iterate_segments(conn: Connection, round_id: int, after: int) -> AsyncIterator[Segment]:
    """Iterate over the segments that hold something newer than a version, inside a transaction."""
    async for row in conn.cursor(_Q.list_segments, round_id, after, prefetch=8):
        yield Segment(*row)


async def delete_uncounted(conn: Connection) -> None:
    await conn.execute(_Q.delete_uncounted, timeout=_REBUILD_TIMEOUT_SECONDS)


async def recount_kiosk_answers(conn: Connection) -> None:
    await conn.execute(_Q.delete_kiosk_answers)
    await conn.execute(_Q.count_kiosk_answers, timeout=_REBUILD_TIMEOUT_SECONDS)


async def count_stored(conn: Connection) -> dict[int, StoredCounts]:
    """Return the counts by round."""
    rows = await conn.fetch(_Q.count_stored)
    return {row["round_id"]: StoredCounts(row["responses"], row["waiting"]) for row in rows}


async def count_orphans(conn: Connection) -> OrphanCounts:
    row = await conn.fetchrow(_Q.count_orphans)
    assert row is not None  # an aggregate has one row
    return OrphanCounts(*row)
