"""A database of a version that kept sums in cells goes on with segments, and loses no response."""

from pathlib import Path
from random import Random

from sipas.postgres.migrate import MIGRATIONS, list_migrations, migrate
from sipas.postgres.pool import open_pool
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.checks.checking import check_segments
from sipas.survey.segments.sealing import seal_waiting_responses
from tests.cast import build_town
from tests.survey.collected import store

_SEGMENTS = 16  # the migration


async def test_responses_that_cells_counted_are_sealed_after_the_migration(
    empty_dsn: str, tmp_path: Path
) -> None:
    for number, migration in list_migrations(MIGRATIONS).items():
        if number < _SEGMENTS:
            (tmp_path / migration.file).write_text(migration.sql, encoding="utf-8")
    await migrate(empty_dsn, tmp_path)
    async with await open_pool(empty_dsn) as pool:
        async with pool.acquire() as conn:
            town = await build_town(conn)
            await store(conn, town, 30, Random(1))
            await conn.execute("delete from uncounted")
            await store(conn, town, 5, Random(2))
        assert _SEGMENTS in await migrate(empty_dsn)
        assert await seal_waiting_responses(pool, LiveCatalogue(pool)) == 35
        findings = await check_segments(pool)
        assert findings.agree
        assert [(one.responses, one.counted) for one in findings.rounds] == [(35, 35)]
