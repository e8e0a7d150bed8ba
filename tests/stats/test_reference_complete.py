"""No reference number is forgotten: tests/reference/matched.toml says what compares it, or why nothing."""

import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from functools import cache

import pytest

from tests.stats.goldens import REFERENCE, numbered

Part = dict[str, str]


def pattern(written: str) -> re.Pattern[str]:
    """`*` stands for any one name, `{a,b}` for one of these."""
    parts = re.split(r"(\*|\{[^}]*\})", written)
    meant = {"*": "[^/]+"}
    return re.compile(
        "".join(
            "(?:" + "|".join(map(re.escape, part[1:-1].split(","))) + ")"
            if part.startswith("{")
            else meant.get(part, re.escape(part))
            for part in parts
        )
    )


@pytest.fixture(scope="module")
def register() -> dict[str, Part]:
    return tomllib.loads((REFERENCE / "matched.toml").read_text(encoding="utf-8"))


@cache
def places() -> dict[str, list[int]]:
    """The serial numbers of each place."""
    found = defaultdict(list)
    for serial, place in numbered()[1].items():
        found[place].append(serial)
    return dict(found)


def said_of(part: Part) -> dict[str, list[str]]:
    """What is written of each place."""
    patterns = [(pattern(written), said) for written, said in part.items()]
    return {place: [said for one, said in patterns if one.fullmatch(place)] for place in places()}


def test_every_number_has_a_test_or_a_reason_and_only_one(register: dict[str, Part]) -> None:
    found = said_of({**register["matched"], **register["not_matched"]})
    assert len(found) > 2000
    assert not [place for place, said in found.items() if len(said) != 1]


def test_nothing_is_listed_that_is_not_there(register: dict[str, Part]) -> None:
    for part in register.values():
        for written in part:
            assert any(map(pattern(written).fullmatch, places())), written


def test_every_number_is_compared_by_the_test_that_is_named(register: dict[str, Part]) -> None:
    """Of a number that is matched in part, the test compares some of its place."""
    tests, in_part = said_of(register["matched"]), said_of(register["in_part"])
    compared = comparisons({test for named in tests.values() for test in named})
    for place, serials in places().items():
        for test in tests[place]:
            missing = [serial for serial in serials if (str(serial), test) not in compared]
            assert not missing or (in_part[place] and len(missing) < len(serials)), (place, test)


def comparisons(tests: set[str]) -> set[tuple[str, str]]:
    """The serial number and the test of every comparison that these tests make."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.stats.goldens", *(f"tests/stats/{test}" for test in sorted(tests))],
        cwd=REFERENCE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]
    pairs = (line.partition(" ") for line in run.stdout.splitlines())
    return {(serial, test) for serial, _, test in pairs if serial.isdigit()}


def test_what_is_not_matched_has_a_reason(register: dict[str, Part]) -> None:
    for part in ("not_matched", "in_part"):
        assert all(reason.endswith(".") for reason in register[part].values())
