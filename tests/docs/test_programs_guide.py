"""The snippets of docs/guides/programs.md run where their program is there, and give the round's figures."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pyreadstat
import pytest

from tests.cli.conftest import Sipas
from tests.docs.blocks import blocks_of
from tests.docs.test_export_guide import opened
from tests.serving import client_of, serving

__all__ = ["opened"]
GUIDE = blocks_of("guides/programs.md")
PUBLIC = "https://survey.example.vn"
UNITS = ["S01", "S02", "S03"]
SHARES = ["0.733", "0.733", "0.766"]  # the first digits; every fourth answer is a 2


def snippets(kind: str) -> list[str]:
    return [text for found, text in GUIDE if found == kind]


@dataclass(frozen=True)
class Served:
    """A service with round `2026q4`, and a key to read it."""

    address: str
    key: str

    async def run(self, command: list[str], script: Path, text: str) -> str:
        """Return what a script prints that was written for the public address."""
        written = text.replace(PUBLIC, self.address)
        await asyncio.to_thread(script.write_text, written, encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            *(*command, str(script)),
            env={**os.environ, "SIPAS_KEY": self.key},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        if b"there is no package" in err:
            pytest.skip("R's package survey is not installed")
        assert process.returncode == 0, err.decode()
        return out.decode()


@pytest.fixture
async def served(opened: Sipas, dsn: str) -> AsyncIterator[Served]:
    (command,) = snippets("sh")
    key = (await asyncio.to_thread(opened, *command.split()[1:])).json["key"]
    async with serving(dsn) as address:
        yield Served(address, key)


async def export(sipas: Sipas, file: str) -> None:
    outcome = await asyncio.to_thread(sipas, "export", "--round", "2026q4", "-o", file)
    assert outcome.exit_code == 0, outcome.err


def require_figures(printed: str) -> None:
    rows = [line for line in printed.splitlines() if any(unit in line for unit in UNITS)]
    for unit, share in zip(UNITS, SHARES, strict=True):
        assert any(unit in row and share in row for row in rows), printed


async def test_python_reads_figures_and_responses(opened: Sipas, served: Served, tmp_path: Path) -> None:
    figures, responses = snippets("python")
    await export(opened, "2026q4.parquet")
    for text in (figures, responses):
        require_figures(await served.run([sys.executable], tmp_path / "script.py", text))


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
async def test_r_reads_figures_and_responses(opened: Sipas, served: Served, tmp_path: Path) -> None:
    await export(opened, "2026q4.csv")
    for text in snippets("r"):
        require_figures(await served.run(["Rscript"], tmp_path / "script.R", text))


async def test_the_address_of_power_query_gives_the_columns_that_it_types(served: Served) -> None:
    (query,) = snippets("powerquery")
    path = re.findall(r'RelativePath = "(.*)"', query)
    parameters = dict(re.findall(r'(\w+) = "(\w+)"', query.partition("Query = [")[2].partition("]")[0]))
    typed = re.findall(r'\{"(\w+)", (?:type number|Int64\.Type)\}', query)
    async with client_of(served.address) as client:
        headers = {"Authorization": f"Bearer {served.key}"}
        answer = await client.get(f"/{path[0]}", params=parameters, headers=headers)
    assert answer.status_code == httpx.codes.OK
    header, *rows = answer.text.removeprefix("\ufeff").splitlines()
    assert len(typed) == 4
    assert set(typed) <= set(header.split(","))
    assert [row.partition(",")[0] for row in rows] == UNITS


def test_spss_and_stata_name_columns_that_their_files_have(opened: Sipas) -> None:
    for kind, ending, read in (
        ("spss", "sav", pyreadstat.read_sav),
        ("spss_complex", "sav", pyreadstat.read_sav),
        ("stata", "dta", pyreadstat.read_dta),
    ):
        (text,) = snippets(kind)
        assert opened("export", "--round", "2026q4", "-o", f"2026q4.{ending}").exit_code == 0
        columns = set(read(f"2026q4.{ending}", metadataonly=True)[1].column_names)
        named = set(re.findall(r"\b(weight|stratum|overall|unit|fpc)\b", text))
        assert named
        assert named <= columns


@pytest.mark.skipif(shutil.which("pspp") is None, reason="PSPP is not installed")
def test_pspp_gives_the_weighted_shares(opened: Sipas, tmp_path: Path) -> None:
    assert opened("export", "--round", "2026q4", "-o", "2026q4.sav").exit_code == 0
    (text,) = snippets("spss")
    Path("script.sps").write_text(text, encoding="utf-8")
    done = subprocess.run(["pspp", "script.sps"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    for share in SHARES:
        assert f"{float(share):.2f}".lstrip("0") in done.stdout
