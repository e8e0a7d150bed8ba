"""Sealing: stored responses leave the queue and enter a segment of their round, in one transaction."""

import asyncio
import time

from sipas.postgres.pool import Connection, Pool
from sipas.queries.catalogue import Round
from sipas.queries.segments import (
    Segment,
    StoredResponses,
    delete_all_segments,
    insert_segment,
    iterate_counted,
    iterate_segments,
    list_rounds_to_merge,
    list_segment_sizes,
    replace_segments,
    take_uncounted,
    try_lock_segments,
)
from sipas.survey.catalogue import Catalogue, LiveCatalogue
from sipas.survey.segments.arrow_format import decode_segment, encode_segment
from sipas.survey.segments.attributes import CountedAttributes, counted_attributes
from sipas.survey.segments.response_columns import (
    ResponseColumns,
    concatenate_columns,
    count_responses,
    read_stored,
)

_SEALING_BATCH_RESPONSES = 20_000  # for each transaction
_LOCK_TIMEOUT_SECONDS = 5.0  # for a step of another process; after that sealing is retried later
_MERGED_FROM_SEGMENTS = 12  # a round with fewer segments is left alone
_MERGED_RESPONSES_MAX = 1_000_000  # in one segment
REBUILD_BATCH_PAGES = 8_000  # of the database: about 250,000 responses

_Sealed = tuple[int, int, bytes]  # round, responses, data


async def seal_waiting_responses(pool: Pool, catalogue: LiveCatalogue) -> int:
    """Seal all waiting responses; return how many.

    No connection is held while waiting for another step: readers must not block intake.
    """
    total, deadline = 0, time.monotonic() + _LOCK_TIMEOUT_SECONDS
    async with catalogue.sealing:
        while True:
            sealed = await seal_step(pool, catalogue)
            total += sealed or 0
            if sealed is None and time.monotonic() < deadline:
                await asyncio.sleep(0.02)
            elif sealed is None or sealed < _SEALING_BATCH_RESPONSES:
                return total


async def seal_step(pool: Pool, catalogue: LiveCatalogue) -> int | None:
    """Seal one batch; return how many, or None if another step is running."""
    await catalogue.refresh()
    async with pool.acquire() as conn, conn.transaction():
        if not await try_lock_segments(conn):
            return None
        sealed = 0
        for round_id, stored in (await take_uncounted(conn, _SEALING_BATCH_RESPONSES)).items():
            shape, responses = answer_shape(catalogue.now, round_id), count_responses(stored)
            # In a thread: the event loop must go on taking in answers.
            data = await asyncio.to_thread(shape.seal, stored)
            await insert_segment(conn, round_id, responses, data)
            sealed += responses
    return sealed


async def merge_step(pool: Pool, catalogue: LiveCatalogue) -> int:
    """Merge the small segments of one round into one; return how many were merged."""
    async with pool.acquire() as conn, conn.transaction():
        if not await try_lock_segments(conn):
            return 0
        for round_id in await list_rounds_to_merge(conn, _MERGED_FROM_SEGMENTS):
            chosen = choose_to_merge(await list_segment_sizes(conn, round_id, 10 * _MERGED_FROM_SEGMENTS))
            if len(chosen) > 1:
                shape, first = answer_shape(catalogue.now, round_id), chosen[-1].first
                parts = [one async for one in iterate_segments(conn, round_id, first - 1)]
                await replace_segments(conn, round_id, await asyncio.to_thread(shape.merge, parts))
                return len(chosen)
    return 0


def choose_to_merge(newest_first: list[Segment]) -> list[Segment]:
    """Return the newest segments that should be merged.

    A segment joins the newer ones while it is at most twice as large as they are together. So each response
    is written again only a few times, however many come.
    """
    chosen: list[Segment] = []
    total = 0
    for segment in newest_first:
        if chosen and (segment.responses > 2 * total or total + segment.responses > _MERGED_RESPONSES_MAX):
            break
        chosen.append(segment)
        total += segment.responses
    return chosen


class AnswerShape:
    """The columns of a round's segments: answers, and the attributes that are counted."""

    def __init__(self, answer_ids: tuple[str, ...], counted: CountedAttributes) -> None:
        self.answer_ids = answer_ids
        self.counted = counted

    def read(self, stored: list[StoredResponses]) -> ResponseColumns:
        return read_stored(stored, len(self.answer_ids), self.counted)

    def seal(self, stored: list[StoredResponses]) -> bytes:
        return self.encode(self.read(stored))

    def encode(self, columns: ResponseColumns) -> bytes:
        return encode_segment(columns.sorted(), self.answer_ids)

    def decode(self, segment: Segment) -> ResponseColumns:
        return decode_segment(segment.data, self.answer_ids)

    def merge(self, parts: list[Segment]) -> Segment:
        """Merge segments, oldest first."""
        columns = concatenate_columns([self.decode(part) for part in parts])
        return Segment(parts[0].first, parts[-1].last, len(columns), self.encode(columns))


def answer_shape(catalogue: Catalogue, round_id: int) -> AnswerShape:
    round_ = catalogue.find_round(round_id)
    if round_ is None:
        raise LookupError(f"responses wait for round {round_id}, which the catalogue does not hold")
    return shape_of(catalogue, round_)


def shape_of(catalogue: Catalogue, round_: Round) -> AnswerShape:
    ids = tuple(column.id for column in catalogue.instrument_of(round_).answer_columns())
    return AnswerShape(ids, counted_attributes(catalogue, round_))


async def rebuild_segments(conn: Connection, catalogue: Catalogue, round_: Round | None = None) -> None:
    """Replace the segments of a round, or of all, by those of the responses.

    Inside a transaction that holds the lock.
    """
    for one in catalogue.rounds.values() if round_ is None else (round_,):
        await delete_all_segments(conn, one.id)
    sealing: list[asyncio.Task[_Sealed]] = []
    async for by_round in iterate_counted(conn, round_.id if round_ else None, REBUILD_BATCH_PAGES):
        await _insert_all(conn, sealing)
        sealing = [
            asyncio.create_task(_seal(catalogue, round_id, stored))  # while the next part is read
            for round_id, stored in by_round.items()
            if catalogue.find_round(round_id) is not None  # a check names responses of no round
        ]
    await _insert_all(conn, sealing)


async def _seal(catalogue: Catalogue, round_id: int, stored: list[StoredResponses]) -> _Sealed:
    data = await asyncio.to_thread(answer_shape(catalogue, round_id).seal, stored)
    return round_id, count_responses(stored), data


async def _insert_all(conn: Connection, sealing: list[asyncio.Task[_Sealed]]) -> None:
    for task in sealing:
        await insert_segment(conn, *await task)
