"""The commands of docs/guides/one-stop.md run in a shell, against a service, and print what it shows."""

import asyncio
import os
import re
import sys
from pathlib import Path

import msgspec

from sipas.postgres.pool import Connection
from tests.docs.blocks import ROOT, blocks_of
from tests.serving import SECRET, client_of, serving

GUIDE = blocks_of("guides/one-stop.md")
MARK = "---- a command ends here ----"


async def printed(script: str, dsn: str, address: str, folder: Path) -> tuple[list[str], str]:
    """What each block of the script prints, and what is logged."""
    never_quiet = folder / "sms.toml"
    never_quiet.write_text("quiet = { from = 00:00:00, until = 00:00:00 }", encoding="utf-8")
    environment = {
        "SIPAS_SMS": str(never_quiet),
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
    assert shell.returncode == 0, err.decode()
    return out.decode().split(f"{MARK}\n"), err.decode()


async def test_the_guide_does_what_it_says(dsn: str, conn: Connection, tmp_path: Path) -> None:
    """From an empty database to a survey that can be answered."""
    (tmp_path / "sipas").symlink_to(ROOT / "sipas")
    script = f"\necho '{MARK}'\n".join(text for kind, text in GUIDE if kind == "sh")
    async with serving(dsn) as address, client_of(address) as client:
        said, logged = await printed(script, dsn, address, tmp_path)
        _, _, _, posted, imported, sent, mended = said
        [link] = re.findall(r"http://\S+/s/\w{11}", logged)
        assert (await client.get(link)).status_code == 200
    shown = [msgspec.json.decode(text) for kind, text in GUIDE if kind == "json"]
    assert [msgspec.json.decode(posted), msgspec.json.decode(imported)] == shown
    assert '"accepted": 1' in sent
    assert "99999" in mended
    assert await conn.fetchval("select sum(transactions)::int from transaction_count") == 2
