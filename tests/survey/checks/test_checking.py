"""What is counted, held against the responses: tampered with, repaired, and counted on meanwhile."""

import asyncio
from random import Random

import pytest

from sipas.postgres.pool import Connection, Pool
from sipas.queries.segments import OrphanCounts
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.checks import checking
from sipas.survey.checks.checking import NO_ORPHANS, Checked, check_segments, rebuild_all
from sipas.survey.segments import sealing
from sipas.survey.segments.sealing import seal_step, seal_waiting_responses
from tests.cast import Town
from tests.survey.collected import store
from tests.survey.segments.tampering import TAMPERINGS, tamper


@pytest.fixture
async def catalogue(pool: Pool, town: Town) -> LiveCatalogue:
    return LiveCatalogue(pool)


@pytest.fixture
async def counted(pool: Pool, conn: Connection, town: Town, catalogue: LiveCatalogue) -> Random:
    """300 responses counted and 20 that wait; the random numbers go on from there."""
    random = Random(1)
    for _ in range(3):
        await store(conn, town, 100, random)
    await seal_waiting_responses(pool, catalogue)
    await store(conn, town, 20, random)
    return random


async def test_what_was_counted_agrees_with_the_responses(pool: Pool, counted: Random) -> None:
    findings = await check_segments(pool)
    assert findings.rounds == [Checked("autumn", 320, 20, 300, 0)]
    assert findings.orphans == NO_ORPHANS
    assert findings.agree


async def test_a_round_without_answers_agrees(pool: Pool, town: Town) -> None:
    findings = await check_segments(pool)
    assert findings.rounds == [Checked("autumn", 0, 0, 0, 0)]
    assert findings.agree


@pytest.mark.parametrize("what", TAMPERINGS)
async def test_a_segment_tampered_with_is_found_and_repaired(
    what: str, pool: Pool, conn: Connection, catalogue: LiveCatalogue, counted: Random
) -> None:
    await tamper(conn, what)
    (found,) = (await check_segments(pool)).rounds
    assert found.different or found.counted != 300
    repaired = await rebuild_all(pool)
    assert repaired.agree
    assert repaired.rounds == [Checked("autumn", 320, 0, 320, 0)]
    assert (await check_segments(pool)).agree


async def test_counting_goes_on_exactly_after_a_repair(
    pool: Pool, conn: Connection, town: Town, catalogue: LiveCatalogue, counted: Random
) -> None:
    await tamper(conn, "a segment gone")
    await rebuild_all(pool)
    await store(conn, town, 50, counted)
    await seal_waiting_responses(pool, catalogue)
    assert (await check_segments(pool)).rounds == [Checked("autumn", 370, 0, 370, 0)]


async def test_entries_that_wait_in_vain_or_twice_are_found_and_repaired(
    pool: Pool, conn: Connection, counted: Random
) -> None:
    await conn.execute("insert into uncounted (ids) values (array[gen_random_uuid(), gen_random_uuid()])")
    await conn.execute("insert into uncounted (ids) select ids from uncounted order by batch limit 1")
    findings = await check_segments(pool)
    assert findings.orphans == OrphanCounts(0, waiting_without_response=2, waiting_twice=20)
    assert not findings.agree
    assert (await rebuild_all(pool)).agree


async def test_a_response_counted_while_it_still_waits_is_found(
    pool: Pool, conn: Connection, counted: Random
) -> None:
    await conn.execute(
        "insert into uncounted (ids) select array_agg(id) from (select id from response limit 5) as counted"
    )
    findings = await check_segments(pool)
    assert not findings.agree
    assert findings.rounds[0].different == 5
    assert (await rebuild_all(pool)).agree


async def test_responses_of_no_round_are_found(
    pool: Pool, conn: Connection, town: Town, counted: Random
) -> None:
    await conn.execute("create temporary table copied as select * from response limit 3")
    await conn.execute("update copied set id = gen_random_uuid(), round_id = 77")
    await conn.execute("insert into response select * from copied")
    findings = await check_segments(pool)
    assert findings.orphans == OrphanCounts(
        responses_of_no_round=3, waiting_without_response=0, waiting_twice=0
    )
    assert not findings.agree


async def test_checks_and_repairs_beside_intake_and_counting_find_nothing_to_complain_of(
    pool: Pool, town: Town, catalogue: LiveCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small chunks, so that a repair has many moments at which others may come between."""
    monkeypatch.setattr(checking, "REBUILD_BATCH_PAGES", 1)
    monkeypatch.setattr(sealing, "REBUILD_BATCH_PAGES", 1)
    collecting = True

    async def collect(random: Random) -> None:
        async with pool.acquire() as conn:
            for _ in range(60):
                await store(conn, town, random.randrange(1, 8), random)

    async def count() -> None:
        while collecting:
            await seal_step(pool, catalogue)

    async def repair() -> None:
        while collecting:
            assert (await check_segments(pool)).agree
            assert (await rebuild_all(pool)).agree

    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(count())
        group.create_task(repair())
        await asyncio.gather(*(collect(Random(seed)) for seed in range(3)))
        collecting = False
    await seal_waiting_responses(pool, catalogue)
    (found,) = (await check_segments(pool)).rounds
    assert found == Checked("autumn", found.responses, 0, found.responses, 0)
    assert found.responses > 180
