"""Segments are sealed, merged, and read by servers that saw them before and after."""

from random import Random

import pytest

from sipas.postgres.pool import Connection, Pool
from sipas.queries.segments import Segment
from sipas.report.sources.rounds import Rounds
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.checks.checking import check_segments
from sipas.survey.segments.row_hashes import count_differences, hash_responses
from sipas.survey.segments.sealing import choose_to_merge, merge_step, seal_waiting_responses
from tests.cast import Town
from tests.survey.collected import store
from tests.survey.segments.reading import read_columns


async def seal(pool: Pool, conn: Connection, town: Town, sizes: list[int], random: Random) -> None:
    for size in sizes:
        await store(conn, town, size, random)
        await seal_waiting_responses(pool, LiveCatalogue(pool))


async def hold(rounds: Rounds) -> int:
    """Read the round and compare what is held with the segments; return how many responses there are."""
    async with rounds.pool.acquire() as conn:
        held = (await rounds.snapshot("autumn")).responses
        assert count_differences(hash_responses(held), hash_responses(await read_columns(conn))) == 0
    return len(held)


async def segments(conn: Connection) -> list[tuple[int, int, int]]:
    rows = await conn.fetch("select first, last, responses from segment order by first")
    return [tuple(row) for row in rows]


async def test_servers_that_read_before_between_and_after_a_merge_hold_the_same(
    pool: Pool, conn: Connection, town: Town
) -> None:
    random, catalogue = Random(3), LiveCatalogue(pool)
    await catalogue.refresh()
    early, middle, late = (Rounds(pool, catalogue) for _ in range(3))
    await seal(pool, conn, town, [3], random)
    assert await hold(early) == 3
    await seal(pool, conn, town, [2] * 6, random)
    assert await hold(middle) == 15
    await seal(pool, conn, town, [1] * 5, random)
    assert await merge_step(pool, catalogue) == 12
    assert await segments(conn) == [(1, 12, 20)]
    for rounds in (early, middle, late):
        assert await hold(rounds) == 20
    await seal(pool, conn, town, [4], random)
    for rounds in (early, middle, late):
        assert await hold(rounds) == 24
    assert await merge_step(pool, catalogue) == 0
    assert (await check_segments(pool)).agree


async def test_a_round_of_large_segments_does_not_keep_others_from_being_merged(
    pool: Pool, conn: Connection, town: Town
) -> None:
    await seal(pool, conn, town, [1] * 12, Random(4))
    await conn.execute(
        """insert into round (code, instrument_id, strata, index_code, opens_at, closes_at)
            select 'large', instrument_id, strata, index_code, '2020-01-01', '2020-02-01' from round"""
    )
    await conn.execute(
        """insert into segment (round_id, first, last, responses, data)
            select max(round.id), number, number, 1000000, '' from round, generate_series(1, 20) as number
            group by number"""
    )
    catalogue = LiveCatalogue(pool)
    await catalogue.refresh()
    assert await merge_step(pool, catalogue) == 12


@pytest.mark.parametrize(
    ("sizes", "merged"),
    [([1, 1, 1], 3), ([1, 2, 6, 18], 4), ([1, 3, 1], 1), ([900_000, 200_000], 1), ([5, 10, 31, 1], 2)],
)
def test_a_segment_is_merged_with_newer_ones_that_are_together_half_as_large(
    sizes: list[int], merged: int
) -> None:
    newest_first = [Segment(9 - n, 9 - n, size) for n, size in enumerate(sizes)]
    assert choose_to_merge(newest_first) == newest_first[:merged]
