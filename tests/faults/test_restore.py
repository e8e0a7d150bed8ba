"""A dump restored into a new cluster, with answers that were still waiting, goes on exactly.

Transaction ids start anew there: whatever remembered one as a watermark would pass answers over.
"""

import subprocess
from pathlib import Path
from random import Random

import pytest

from sipas.postgres.embedded import running
from sipas.postgres.migrate import migrate
from sipas.postgres.owner import find_owner
from sipas.postgres.pool import Pool, open_pool
from sipas.report.indices.index_table import IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.request import read_request
from sipas.report.sources.rounds import Rounds
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.checks.checking import Checked, check_segments
from sipas.survey.segments.sealing import seal_waiting_responses
from tests.cast import Town, build_town
from tests.databases import execute, with_database
from tests.scratch import scratch
from tests.survey.collected import store

REQUEST = read_request(
    [("round", "autumn"), ("by", "procedure,sex"), ("measure", "items"), ("weights", "none")]
)


async def fill(dsn: str) -> tuple[Town, Checked]:
    """200 responses counted, 50 that wait."""
    await migrate(dsn)
    random = Random(1)
    async with await open_pool(dsn) as pool, pool.acquire() as conn:
        town = await build_town(conn)
        await store(conn, town, 200, random)
        await seal_waiting_responses(pool, LiveCatalogue(pool))
        await store(conn, town, 50, random)
        (checked,) = (await check_segments(pool)).rounds
    return town, checked


async def add_and_count(pool: Pool, town: Town, number: int) -> Checked:
    async with pool.acquire() as conn:
        await store(conn, town, number, Random(2))
    await seal_waiting_responses(pool, LiveCatalogue(pool))
    findings = await check_segments(pool)
    assert findings.agree
    (checked,) = findings.rounds
    return checked


def run(program: str, binaries: Path, *arguments: str) -> None:
    done = subprocess.run([binaries / program, *arguments], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("form", ["custom", "plain"])
async def test_answers_added_to_a_restored_database_are_counted_exactly(form: str, tmp_path: Path) -> None:
    dump = str(tmp_path / "dump")
    with scratch() as here, running(here) as dsn:
        binaries = find_owner(here).binaries
        town, before = await fill(dsn)
        assert before == Checked("autumn", 250, 50, 200, 0)
        run("pg_dump", binaries, f"--format={form}", f"--file={dump}", dsn)
        async with await open_pool(dsn) as pool:
            assert (await add_and_count(pool, town, 100)).counted == 350
            expected = index_table(REQUEST, await Rounds(pool, LiveCatalogue(pool)).source(REQUEST))

    with scratch() as there, running(there) as dsn:
        await execute(dsn, "create database restored template template0")
        restored = with_database(dsn, "restored")
        if form == "custom":
            run("pg_restore", binaries, "--exit-on-error", f"--dbname={restored}", dump)
        else:
            quiet = ("--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
            run("psql", binaries, *quiet, f"--file={dump}", restored)
        assert await migrate(restored) == []
        async with await open_pool(restored) as pool:
            assert (await check_segments(pool)).rounds == [before]
            assert await add_and_count(pool, town, 100) == Checked("autumn", 350, 0, 350, 0)
            found = index_table(REQUEST, await Rounds(pool, LiveCatalogue(pool)).source(REQUEST))
    assert figures(found) == figures(expected)


def figures(table: IndexTable) -> list[tuple[object, ...]]:
    return [
        (row.by, row.measure, row.n, row.estimate and pytest.approx(row.estimate, rel=1e-12))
        for row in table.rows
    ]
