"""The commands of docs/guides/planning.md run, print what the guide shows, and draw what its script draws."""

import csv
import runpy
import shlex
from pathlib import Path

import pytest

from sipas.cli import main
from tests.docs.blocks import ROOT, blocks_of

GUIDE = blocks_of("guides/planning.md")


def blocks(kind: str) -> list[str]:
    return [text for its_kind, text in GUIDE if its_kind == kind]


def write_transactions(file: Path) -> None:
    """As many of each stratum as the frame counts."""
    lines = ["transaction_id,unit,procedure_group,channel,phone"]
    for row in csv.DictReader((ROOT / "tests/reference/sipas/frame.csv").read_text("utf-8").splitlines()):
        stratum = (row["unit"], row["procedure_group"], row["channel"])
        names = ("-".join((*stratum, str(i))) for i in range(int(row["N_h"])))
        lines += [",".join((name, *stratum, "")) for name in names]
    file.write_text("\n".join(lines), "utf-8")


def run(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command prints."""
    program, *arguments = shlex.split(command.replace("\\\n", " "))
    assert program == "sipas"
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_the_guide_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    monkeypatch.chdir(tmp_path)
    write_transactions(Path("transactions.csv"))
    _, printed, _, _ = (run(command, capsys) for command in blocks("sh"))
    (shown,) = blocks("")
    assert printed.startswith(shown)
    drawn = list(csv.DictReader(Path("invited.csv").read_text("utf-8").splitlines()))
    assert len(drawn) == int(shown.splitlines()[1].split()[3])
    (script,) = blocks("python")
    Path("repeat.py").write_text(script, encoding="utf-8")
    repeated = runpy.run_path("repeat.py")["drawn"]
    assert sorted(row["transaction_id"] for row in drawn) == sorted(repeated)
