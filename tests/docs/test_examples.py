"""The scripts of examples/ run: those for files by themselves, those for HTTP against a service."""

import asyncio
import os
import runpy
import sys
from pathlib import Path

import pytest

from sipas.postgres.pool import Connection
from tests.cast import HOAN_KIEM, Town, fresh_code
from tests.docs.blocks import ROOT
from tests.serving import serving

EXAMPLES = ROOT / "examples"


@pytest.mark.parametrize(
    ("script", "printed"),
    [("files.py", "cannot_tell"), ("clusters_and_replicates.py", "overall:pooled")],
)
def test_a_script_for_files_runs(
    script: str, printed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    runpy.run_path(str(EXAMPLES / script))
    assert printed in capsys.readouterr().out


async def output(script: Path, address: str, **variables: str) -> str:
    """Return what a script prints that talks to the service at this address."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(script)),
        env={**os.environ, "SIPAS_PUBLIC_URL": address, **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def test_answers_are_posted_and_their_index_is_read(dsn: str, conn: Connection, town: Town) -> None:
    code = await fresh_code(conn, town)
    async with serving(dsn, open_to_all=True) as address:
        posted = await output(EXAMPLES / "post_answers.py", address, SIPAS_CODE=code)
        read = await output(EXAMPLES / "read_indices.py", address, SIPAS_ROUND="autumn")
    assert posted.splitlines()[-2:] == ["['stored', 'stored']", "['duplicate', 'duplicate']"]
    assert await conn.fetchval("select count(*) from response") == 2
    assert HOAN_KIEM in read
    assert read.splitlines()[-1] == "image/svg+xml True"


def test_there_is_a_test_for_each_script() -> None:
    scripts = {script.name for script in EXAMPLES.glob("*.py")}
    assert scripts == {"files.py", "clusters_and_replicates.py", "post_answers.py", "read_indices.py"}
