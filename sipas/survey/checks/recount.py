"""Recounting: cells computed anew from the responses themselves, to check what is kept and to repair it."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice

import msgspec
import numpy as np

from sipas.postgres.pool import Connection, Pool
from sipas.queries.catalogue import Round
from sipas.queries.counting import (
    CellKey,
    Count,
    Stored,
    Strays,
    Tally,
    Uncounted,
    count_stored,
    count_strays,
    delete_uncounted,
    holding_cells,
    iterate_cells,
    iterate_counted,
    replace_cells,
)
from sipas.queries.transactions import Miscount, count_miscounts
from sipas.survey.catalogue import Catalogue, load_catalogue
from sipas.survey.intake.attributes import counted_attributes
from sipas.survey.intake.counting import Integers, cells_of
from sipas.survey.invitations.retry import recount as recount_finished

Recount = dict[CellKey, Integers]  # of each cell n, and then its sums
CHUNK = 20_000  # responses tabulated at a time
PART = 2_000  # cells stored by one statement


class Checked(msgspec.Struct, frozen=True):
    """Of one round: its responses, those of them that wait, how many its cells count, and in how many cells
    those differ from the responses."""

    round: str
    responses: int
    waiting: int
    counted: int
    cells_different: int

    @property
    def agrees(self) -> bool:
        return self.responses == self.waiting + self.counted and not self.cells_different


class Findings(msgspec.Struct, frozen=True):
    """miscounts: of finished transactions."""

    rounds: list[Checked]
    strays: Strays
    miscounts: list[Miscount]

    @property
    def agree(self) -> bool:
        cells_agree = all(one.agrees for one in self.rounds) and self.strays == NONE_ASTRAY
        return cells_agree and not self.miscounts


NONE_ASTRAY = Strays(0, 0, 0)


async def check_cells(pool: Pool) -> Findings:
    """Compares in one snapshot, beside a service that goes on collecting."""
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        catalogue = await load_catalogue(conn)
        stored = await count_stored(conn)
        checked = [await check_round(conn, catalogue, round_, stored) for round_ in catalogue.rounds.values()]
        return Findings(checked, await count_strays(conn), await count_miscounts(conn))


async def check_round(
    conn: Connection, catalogue: Catalogue, round_: Round, stored: dict[int, Stored]
) -> Checked:
    """The number of responses comes from the database and not from recounting, which might pass some over."""
    kept = await read_kept(conn, round_)
    recounted = await recount(conn, catalogue, round_)
    different = sum(not same(kept.get(key), recounted.get(key)) for key in kept.keys() | recounted.keys())
    counted = sum(int(cell[0]) for cell in kept.values())
    rows = stored.get(round_.id, Stored(0, 0))
    return Checked(round_.code, rows.responses, rows.waiting, counted, different)


def same(one: Integers | None, other: Integers | None) -> bool:
    return one is not None and other is not None and np.array_equal(one, other)


async def rebuild_cells(pool: Pool) -> Findings:
    """Replaces all cells by what the responses say; collecting goes on, counting waits meanwhile."""
    # The lock comes before the snapshot: what another step counts in between would be counted twice.
    async with pool.acquire() as conn, holding_cells(conn), conn.transaction(isolation="repeatable_read"):
        catalogue = await load_catalogue(conn)
        await delete_uncounted(conn)
        for round_ in catalogue.rounds.values():
            recounted = await recount(conn, catalogue, round_)
            await replace_cells(conn, round_.id, tallies(recounted))
    async with pool.acquire() as conn:
        await recount_finished(conn)
    return await check_cells(pool)


def tallies(recounted: Recount) -> Iterator[Tally]:
    """All of it, in parts of moderate size."""
    cells = iter(recounted.items())
    while part := dict(islice(cells, PART)):
        yield {key: Count(int(cell[0]), cell[1:].tolist()) for key, cell in part.items()}


async def read_kept(conn: Connection, round_: Round) -> Recount:
    return {
        key: np.array([count.n, *count.sums], np.int64) async for key, count in iterate_cells(conn, round_.id)
    }


async def recount(conn: Connection, catalogue: Catalogue, round_: Round) -> Recount:
    scoring, attributes = catalogue.instrument_of(round_).scoring(), counted_attributes(catalogue, round_)
    recounted: Recount = {}
    async for responses in chunks(iterate_counted(conn, round_.id)):
        keys, n, sums = cells_of(responses, scoring, attributes)
        for key, cell in zip(keys, np.column_stack([n, sums]), strict=True):
            if key in recounted:
                recounted[key] += cell
            else:
                recounted[key] = cell.copy()
    return recounted


async def chunks(responses: AsyncIterator[Uncounted]) -> AsyncIterator[list[Uncounted]]:
    chunk: list[Uncounted] = []
    async for response in responses:
        chunk.append(response)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
