"""The commands of docs/guides/interviews.md run in a shell, and print what it shows."""

from pathlib import Path

from sipas.postgres.pool import Connection
from tests.docs.blocks import blocks_of
from tests.docs.test_one_stop_guide import MARK, printed

GUIDE = blocks_of("guides/interviews.md")


async def test_the_guide_does_what_it_says(dsn: str, conn: Connection, tmp_path: Path) -> None:
    script = f"\necho '{MARK}'\n".join(text for kind, text in GUIDE if kind == "sh")
    said, _ = await printed(script, dsn, "http://test", tmp_path)
    (shown,) = (text for kind, text in GUIDE if not kind)
    assert said[-1].startswith(shown), said[-1]
    assert await conn.fetchval("select count(*) from household where person_id is not null") == 5
