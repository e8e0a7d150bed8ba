"""The commands of docs/quickstart.md and docs/guides/files.md run, and print what the pages show."""

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


@pytest.mark.parametrize(("page", "outputs"), [("quickstart.md", 2), ("guides/files.md", 0)])
def test_the_page_prints_what_it_shows(
    page: str,
    outputs: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    monkeypatch.chdir(tmp_path)
    blocks = blocks_of(page)
    compared = 0
    for (kind, text), (next_kind, shown) in zip(blocks, [*blocks[1:], ("sh", "")], strict=True):
        if kind == "sh":
            run(text)
            printed = capsys.readouterr().out
            if next_kind == "" and not shown.startswith("sipas"):
                assert printed.startswith(shown)
                compared += 1
    assert compared == outputs
