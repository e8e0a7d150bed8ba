"""Recounting: cells computed anew from the responses themselves, to check what is kept and to repair it."""

from collections.abc import AsyncIterator

import msgspec

from sipas.postgres.pool import Connection, Pool
from sipas.queries.catalogue import Round
from sipas.queries.counting import (
    Count,
    Stored,
    Strays,
    Tally,
    Uncounted,
    count_stored,
    count_strays,
    delete_uncounted,
    holding_cells,
    iterate_counted,
    list_cells,
    replace_cells,
)
from sipas.stats.scoring import Scoring
from sipas.survey.catalogue import load_catalogue
from sipas.survey.counting import tabulate

CHUNK = 20_000  # responses tabulated at a time


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
    rounds: list[Checked]
    strays: Strays

    @property
    def agree(self) -> bool:
        return all(one.agrees for one in self.rounds) and self.strays == NONE_ASTRAY


NONE_ASTRAY = Strays(0, 0, 0)


async def check_cells(pool: Pool) -> Findings:
    """Compares in one snapshot, beside a service that goes on collecting."""
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        catalogue = await load_catalogue(conn)
        stored = await count_stored(conn)
        checked = [
            await check_round(conn, round_, catalogue.instrument_of(round_).scoring(), stored)
            for round_ in catalogue.rounds.values()
        ]
        return Findings(checked, await count_strays(conn))


async def check_round(
    conn: Connection, round_: Round, scoring: Scoring, stored: dict[int, Stored]
) -> Checked:
    """The number of responses comes from the database and not from recounting, which might pass some over."""
    kept = await list_cells(conn, round_.id)
    recounted = await recount(conn, round_, scoring)
    different = sum(kept.get(key) != recounted.get(key) for key in kept.keys() | recounted.keys())
    rows = stored.get(round_.id, Stored(0, 0))
    return Checked(round_.code, rows.responses, rows.waiting, total(kept), different)


def total(tally: Tally) -> int:
    return sum(count.n for count in tally.values())


async def rebuild_cells(pool: Pool) -> Findings:
    """Replaces all cells by what the responses say; collecting goes on, counting waits meanwhile."""
    # The lock comes before the snapshot: what another step counts in between would be counted twice.
    async with pool.acquire() as conn, holding_cells(conn), conn.transaction(isolation="repeatable_read"):
        catalogue = await load_catalogue(conn)
        await delete_uncounted(conn)
        for round_ in catalogue.rounds.values():
            tally = await recount(conn, round_, catalogue.instrument_of(round_).scoring())
            await replace_cells(conn, round_.id, tally)
    return await check_cells(pool)


async def recount(conn: Connection, round_: Round, scoring: Scoring) -> Tally:
    tally: Tally = {}
    async for responses in chunks(iterate_counted(conn, round_.id)):
        for key, count in tabulate(responses, scoring).items():
            held = tally.get(key)
            tally[key] = count if held is None else added(held, count)
    return tally


def added(one: Count, other: Count) -> Count:
    return Count(one.n + other.n, [a + b for a, b in zip(one.sums, other.sums, strict=True)])


async def chunks(responses: AsyncIterator[Uncounted]) -> AsyncIterator[list[Uncounted]]:
    chunk: list[Uncounted] = []
    async for response in responses:
        chunk.append(response)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
