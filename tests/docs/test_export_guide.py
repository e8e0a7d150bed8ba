"""The commands of docs/guides/export.md run, and the file gives the figures of its round."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import CITY, Sipas
from tests.docs.blocks import blocks_of

GUIDE = blocks_of("guides/export.md")


@pytest.fixture
def opened(sipas: Sipas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sipas:
    """Round `2026q4` with 90 answers of three units."""
    monkeypatch.chdir(tmp_path)
    for kind in ("units", "procedures"):
        assert sipas("import", kind, CITY / f"{kind}.csv").exit_code == 0
    assert sipas("import", "instrument", CITY / "instrument.toml").exit_code == 0
    opening = ("--id", "2026q4", "--instrument", "sipas-22@1", "--strata", "unit", "--from", "2026-10-01")
    assert sipas("round", "open", *opening).exit_code == 0
    answers = "".join(f"{i},S0{1 + i % 3},{4 if i % 4 else 2}\n" for i in range(90))
    Path("responses.csv").write_text(f"response_id,unit,overall\n{answers}")
    assert sipas("import", "responses", "responses.csv", "--round", "2026q4").exit_code == 0
    return sipas


def figures(table: str) -> list[list[str]]:
    """The estimates and intervals of a table of text."""
    return [line.split()[:8] for line in table.split("\n\n")[0].splitlines()[1:]]


def test_the_guide_does_what_it_says(opened: Sipas) -> None:
    printed = []
    for text in (text for kind, text in GUIDE if kind == "sh"):
        for command in text.splitlines():
            outcome = opened(*shlex.split(command)[1:])
            assert outcome.exit_code == 0, outcome.err
            printed.append(outcome.out)
    of_file, of_round = printed[-2:]
    assert figures(of_file) == figures(of_round)
    assert {"2026q4.sav", "2026q4.html", "2026q4.zip"} <= {path.name for path in Path().iterdir()}


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_lines_for_r_give_the_estimate(opened: Sipas) -> None:
    assert opened("export", "--round", "2026q4", "-o", "2026q4.csv").exit_code == 0
    (script,) = (text for kind, text in GUIDE if kind == "r")
    Path("script.R").write_text(script, encoding="utf-8")
    done = subprocess.run(["Rscript", "script.R"], capture_output=True, text=True, check=False)
    if "there is no package" in done.stderr:
        pytest.skip("R's package survey is not installed")
    assert done.returncode == 0, done.stderr
    assert "0.74444" in done.stdout
