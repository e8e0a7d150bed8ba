"""The commands of docs/one-stop.md run in a shell, against a service, and print what it shows."""

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from sipas.postgres.pool import Connection
from tests.cast import Town
from tests.docs.blocks import blocks_of
from tests.serving import SECRET, serving

GUIDE = blocks_of("one-stop.md")
PROCEDURE = "insert into procedure (code, name, field) values ('1.001193', 'Đăng ký khai sinh', 'Hộ tịch')"
MARK = "---- a command ends here ----"


async def printed(script: str, dsn: str, address: str, folder: Path) -> list[str]:
    """What each command of the script prints."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SIPAS_DATABASE_URL": dsn,
        "SIPAS_SECRET": SECRET.decode(),
        "SIPAS_PUBLIC_URL": address,
    }
    shell = await asyncio.create_subprocess_exec(
        *("sh", "-eu", "-c", script),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await shell.communicate()
    assert (shell.returncode, err.decode()) == (0, "")
    return out.decode().split(f"{MARK}\n")


async def test_the_guide_does_what_it_says(dsn: str, conn: Connection, town: Town, tmp_path: Path) -> None:
    await conn.execute(PROCEDURE)
    await conn.execute("update round set opens_at = '2026-01-01'")
    commands = [text for kind, text in GUIDE if kind == "sh"]
    async with serving(dsn) as address:
        script = f"\necho '{MARK}'\n".join(commands)
        _, _, posted, imported, mended = await printed(script, dsn, address, tmp_path)
    shown = [msgspec.json.decode(text) for kind, text in GUIDE if kind == "json"]
    assert [msgspec.json.decode(posted), msgspec.json.decode(imported)] == shown
    assert "99999" in mended
    assert await conn.fetchval("select sum(transactions)::int from transaction_count") == 2
