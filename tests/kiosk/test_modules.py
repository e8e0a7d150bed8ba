"""The modules of kiosk/ that need no browser, tested in Node.js by the suites beside this file."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.kiosk.node import KIOSK, NODE

HERE = Path(__file__).parent
FILES = [file for file in KIOSK.rglob("*") if file.is_file()]


@pytest.mark.parametrize("suite", sorted(HERE.glob("*.test.js")), ids=lambda suite: suite.stem)
def test_the_module_passes_its_suite(suite: Path) -> None:
    run = subprocess.run([NODE, "--no-warnings", "--test", suite], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    passed = re.search(r"^(?:ℹ|#) pass (\d+)", run.stdout, re.MULTILINE)
    assert passed
    assert int(passed[1]) > 0


def test_all_that_ships_weighs_less_than_220_kilobytes() -> None:
    assert sum(file.stat().st_size for file in FILES) < 220_000


def test_nothing_is_fetched_from_elsewhere() -> None:
    addresses = {a for file in FILES for a in re.findall(r"https?://[^\s\"'`]+", file.read_text("utf-8"))}
    assert addresses == {"http://www.w3.org/2000/svg"}
