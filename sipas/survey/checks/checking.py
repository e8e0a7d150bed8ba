"""Checks: segments compared with the responses that they should hold, and their repair."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np

from sipas.errors import DatabaseError
from sipas.postgres.pool import Connection, Pool
from sipas.queries.catalogue import Round
from sipas.queries.segments import (
    OrphanCounts,
    StoredCounts,
    count_orphans,
    count_stored,
    delete_uncounted,
    holding_segments,
    iterate_counted,
    iterate_segments,
    recount_kiosk_answers,
)
from sipas.queries.transactions import Miscount, count_miscounts
from sipas.survey.catalogue import Catalogue, load_catalogue
from sipas.survey.invitations.retry import recount_all as recount_finished
from sipas.survey.segments.row_hashes import Hashes, count_differences, hash_responses
from sipas.survey.segments.sealing import (
    REBUILD_BATCH_PAGES,
    AnswerShape,
    answer_shape,
    rebuild_segments,
    shape_of,
)


class Checked(msgspec.Struct, frozen=True):
    """Results for one round: responses, responses that wait, responses counted in segments, and how many are
    in a segment and not stored, or the other way round.
    """

    round: str
    responses: int
    waiting: int
    counted: int
    different: int

    @property
    def agrees(self) -> bool:
        return self.responses == self.waiting + self.counted and not self.different


class Findings(msgspec.Struct, frozen=True):
    """The results of a check. miscounts: of finished transactions."""

    rounds: list[Checked]
    orphans: OrphanCounts
    miscounts: list[Miscount]

    @property
    def agree(self) -> bool:
        segments_agree = all(one.agrees for one in self.rounds) and self.orphans == NO_ORPHANS
        return segments_agree and not self.miscounts


NO_ORPHANS = OrphanCounts(0, 0, 0)


async def check_segments(pool: Pool) -> Findings:
    """Compare segments with the responses in one snapshot, while the service goes on collecting."""
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        catalogue = await load_catalogue(conn)
        stored, expected = await count_stored(conn), await _hash_counted(conn, catalogue)
        checked = [
            await _check_round(conn, catalogue, round_, stored, expected)
            for round_ in catalogue.rounds.values()
        ]
        return Findings(checked, await count_orphans(conn), await count_miscounts(conn))


async def _check_round(
    conn: Connection,
    catalogue: Catalogue,
    round_: Round,
    stored: dict[int, StoredCounts],
    expected: dict[int, list[Hashes]],
) -> Checked:
    """Compare one round. The number of responses comes from the database, in case reading misses some."""
    held = await _hash_segments(conn, shape_of(catalogue, round_), round_.id)
    different = await asyncio.to_thread(count_differences, held, _joined(expected.get(round_.id, [])))
    rows = stored.get(round_.id, StoredCounts(0, 0))
    return Checked(round_.code, rows.responses, rows.waiting, len(held), different)


async def _hash_segments(conn: Connection, shape: AnswerShape, round_id: int) -> Hashes:
    """A segment that cannot be read, or does not hold what it says, counts as empty."""
    hashes = []
    async for segment in iterate_segments(conn, round_id, 0):
        try:
            columns = await asyncio.to_thread(shape.decode, segment)
        except DatabaseError:
            continue
        if len(columns) == segment.responses:
            hashes.append(await asyncio.to_thread(hash_responses, columns))
    return _joined(hashes)


async def _hash_counted(conn: Connection, catalogue: Catalogue) -> dict[int, list[Hashes]]:
    """Return the hashes of the responses that segments should hold, by round."""
    hashes: defaultdict[int, list[Hashes]] = defaultdict(list)
    async for by_round in iterate_counted(conn, None, REBUILD_BATCH_PAGES):
        for round_id, stored in by_round.items():
            if catalogue.find_round(round_id) is not None:
                columns = await asyncio.to_thread(answer_shape(catalogue, round_id).read, stored)
                hashes[round_id].append(await asyncio.to_thread(hash_responses, columns))
    return hashes


def _joined(hashes: Sequence[Hashes]) -> Hashes:
    return np.concatenate([np.zeros(0, np.uint64), *hashes])


async def rebuild_all(pool: Pool) -> Findings:
    """Replace all segments by the responses. Collection goes on; sealing waits meanwhile."""
    # Lock before the snapshot: otherwise responses sealed in between are counted twice.
    async with (
        pool.acquire() as conn,
        holding_segments(conn),
        conn.transaction(isolation="repeatable_read"),
    ):
        catalogue = await load_catalogue(conn)
        await delete_uncounted(conn)
        await recount_kiosk_answers(conn)
        await rebuild_segments(conn, catalogue)
    async with pool.acquire() as conn:
        await recount_finished(conn)
    return await check_segments(pool)
