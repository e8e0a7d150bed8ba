"""The commands of docs/quickstart.md that read files run, and print what the page shows."""

import shlex
import subprocess
from pathlib import Path

import pytest

from sipas.cli import main
from tests.docs.blocks import ROOT, blocks_of


def run(commands: str) -> None:
    """Run sipas in this process, and other commands in a shell."""
    if commands.startswith("sipas "):
        assert main(shlex.split(commands.replace("\\\n", " "))[1:]) == 0
    else:
        subprocess.run(["sh", "-eu", "-c", commands], check=True)


def test_the_quickstart_prints_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    monkeypatch.chdir(tmp_path)
    blocks = blocks_of("quickstart.md")
    compared = 0
    for (kind, text), (next_kind, shown) in zip(blocks, [*blocks[1:], ("sh", "")], strict=True):
        if kind == "sh":
            run(text)
            printed = capsys.readouterr().out
            if next_kind == "":
                assert printed.startswith(shown)
                compared += 1
    assert compared == 2
