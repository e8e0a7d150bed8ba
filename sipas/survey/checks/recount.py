"""Recounts: cells computed from the responses, to check and repair the stored ones."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice

import msgspec
import numpy as np

from sipas.postgres.pool import Connection, Pool
from sipas.queries.catalogue import Round
from sipas.queries.counting import (
    CellCount,
    CellCounts,
    CellKey,
    OrphanCounts,
    StoredCounts,
    UncountedResponse,
    count_orphans,
    count_stored,
    delete_uncounted,
    holding_cells,
    iterate_cells,
    iterate_counted,
    replace_cells,
)
from sipas.queries.transactions import Miscount, count_miscounts
from sipas.survey.catalogue import Catalogue, load_catalogue
from sipas.survey.intake.attributes import counted_attributes
from sipas.survey.intake.counting import CountArray, count_cells
from sipas.survey.invitations.retry import recount_all as recount_finished

_Recount = dict[CellKey, CountArray]  # n of each cell, and its sums
RECOUNT_BATCH_RESPONSES = 20_000  # responses tabulated at a time
_STORED_BATCH_CELLS = 2_000  # cells stored by one statement


class Checked(msgspec.Struct, frozen=True):
    """Results for one round: responses, responses not yet counted, responses counted in cells, and cells that
    differ.
    """

    round: str
    responses: int
    waiting: int
    counted: int
    cells_different: int

    @property
    def agrees(self) -> bool:
        return self.responses == self.waiting + self.counted and not self.cells_different


class Findings(msgspec.Struct, frozen=True):
    """The results of a check. miscounts: of finished transactions."""

    rounds: list[Checked]
    orphans: OrphanCounts
    miscounts: list[Miscount]

    @property
    def agree(self) -> bool:
        cells_agree = all(one.agrees for one in self.rounds) and self.orphans == NO_ORPHANS
        return cells_agree and not self.miscounts


NO_ORPHANS = OrphanCounts(0, 0, 0)


async def check_cells(pool: Pool) -> Findings:
    """Compare stored cells with the responses in one snapshot, while the service goes on collecting."""
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        catalogue = await load_catalogue(conn)
        stored = await count_stored(conn)
        checked = [
            await _check_round(conn, catalogue, round_, stored) for round_ in catalogue.rounds.values()
        ]
        return Findings(checked, await count_orphans(conn), await count_miscounts(conn))


async def _check_round(
    conn: Connection, catalogue: Catalogue, round_: Round, stored: dict[int, StoredCounts]
) -> Checked:
    """Compare one round. The number of responses comes from the database, in case recounting misses some."""
    kept = await _read_kept(conn, round_)
    recounted = await recount(conn, catalogue, round_)
    different = sum(not _same(kept.get(key), recounted.get(key)) for key in kept.keys() | recounted.keys())
    counted = sum(int(cell[0]) for cell in kept.values())
    rows = stored.get(round_.id, StoredCounts(0, 0))
    return Checked(round_.code, rows.responses, rows.waiting, counted, different)


def _same(one: CountArray | None, other: CountArray | None) -> bool:
    return one is not None and other is not None and np.array_equal(one, other)


async def rebuild_cells(pool: Pool) -> Findings:
    """Replace all cells by counts of the responses. Collection goes on; counting waits meanwhile."""
    # Lock before the snapshot: otherwise responses counted in between are counted twice.
    async with pool.acquire() as conn, holding_cells(conn), conn.transaction(isolation="repeatable_read"):
        catalogue = await load_catalogue(conn)
        await delete_uncounted(conn)
        for round_ in catalogue.rounds.values():
            recounted = await recount(conn, catalogue, round_)
            await replace_cells(conn, round_.id, _tallies(recounted))
    async with pool.acquire() as conn:
        await recount_finished(conn)
    return await check_cells(pool)


def _tallies(recounted: _Recount) -> Iterator[CellCounts]:
    """Yield the recounted cells in parts of moderate size."""
    cells = iter(recounted.items())
    while part := dict(islice(cells, _STORED_BATCH_CELLS)):
        yield {key: CellCount(int(cell[0]), cell[1:].tolist()) for key, cell in part.items()}


async def _read_kept(conn: Connection, round_: Round) -> _Recount:
    return {
        key: np.array([count.n, *count.sums], np.int64) async for key, count in iterate_cells(conn, round_.id)
    }


async def recount(conn: Connection, catalogue: Catalogue, round_: Round) -> _Recount:
    scoring, attributes = catalogue.instrument_of(round_).scoring(), counted_attributes(catalogue, round_)
    recounted: _Recount = {}
    async for responses in _chunks(iterate_counted(conn, round_.id)):
        keys, n, sums = count_cells(responses, scoring, attributes)
        for key, cell in zip(keys, np.column_stack([n, sums]), strict=True):
            if key in recounted:
                recounted[key] += cell
            else:
                recounted[key] = cell.copy()
    return recounted


async def _chunks(responses: AsyncIterator[UncountedResponse]) -> AsyncIterator[list[UncountedResponse]]:
    chunk: list[UncountedResponse] = []
    async for response in responses:
        chunk.append(response)
        if len(chunk) == RECOUNT_BATCH_RESPONSES:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
