"""The code of docs/guides/library.md runs, block after block, and prints what the page shows."""

import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import ROOT, blocks_of

PAGE = blocks_of("guides/library.md")
LONGEST_LEAGUE = 40  # lines of Python, from a CSV to a league table with rank ranges


def test_the_page_prints_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {}
    for (kind, code), (shown_as, shown) in zip(PAGE[::2], PAGE[1::2], strict=True):
        assert (kind, shown_as) == ("python", "")
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(code, str(Path("docs/guides/library.md")), "exec"), names)
        assert printed.getvalue() == shown


def test_the_league_table_takes_few_lines() -> None:
    _, league = PAGE[2]
    assert "rank_joint" in league
    assert len(league.splitlines()) <= LONGEST_LEAGUE
