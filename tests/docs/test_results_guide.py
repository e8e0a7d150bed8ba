"""The commands of docs/guides/results.md run, and begin as the page shows."""

import shlex
from string import Template

import pytest

from sipas.cli.database import in_database
from sipas.demo.loading import load_kansas_city
from tests.cli.conftest import Sipas
from tests.docs.blocks import ROOT, blocks_of

(_, FIRST), *REST = blocks_of("guides/results.md")
VARIABLES = dict(word.split("=", 1) for word in shlex.split(FIRST))


def shown_after(place: int) -> list[str]:
    """Return the lines that the page shows below a block of commands."""
    kind, text = REST[place + 1] if place + 1 < len(REST) else ("sh", "")
    return text.splitlines() if kind == "" else []


def test_each_command_prints_what_the_page_shows(sipas: Sipas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    in_database(load_kansas_city)
    for place, (kind, text) in enumerate(REST):
        if kind == "sh":
            printed = [run(sipas, command) for command in text.splitlines()]
            shown = shown_after(place)
            assert printed[0][: len(shown)] == shown


def run(sipas: Sipas, command: str) -> list[str]:
    program, *arguments = shlex.split(Template(command).substitute(VARIABLES))
    outcome = sipas(*arguments)
    assert (program, outcome.exit_code, outcome.err) == ("sipas", 0, ""), command
    return outcome.out.splitlines()
