"""No reference number is forgotten: tests/reference/matched.toml says what matches it, or why nothing."""

import csv
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stats.surveys import REFERENCE, read_json

JSON = ("sipas/expected.json", "sipas/expected_wilson_survey45.json", "api/expected.json")
TABLES = (
    "sipas/expected_weights.csv",
    "kansas_city/expected.csv",
    "kansas_city/expected_differences.csv",
    "housing/expected.csv",
    "api/apiclus1_expected_weights.csv",
)
# What a row of a table is about.
KEYS = {"response_id", "cds", "by", "level", "factor", "domain", "difference"}

TESTS = Path(__file__).parent


def numbers(found: object, place: str) -> Iterator[str]:
    """Where numbers are; those of a list have one place."""
    if isinstance(found, dict):
        for name, part in found.items():
            yield from numbers(part, f"{place}/{name}")
    elif isinstance(found, list):
        if any(isinstance(part, list | float | int) for part in found):
            yield place
    elif isinstance(found, float | int) and not isinstance(found, bool):
        yield place


def places() -> list[str]:
    found = [place for file in JSON for place in numbers(read_json(file), file)]
    for file in TABLES:
        with (REFERENCE / file).open(encoding="utf-8", newline="") as rows:
            found += [f"{file}/{name}" for name in next(csv.reader(rows)) if name not in KEYS]
    return found


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
def register() -> dict[str, dict[str, str]]:
    return tomllib.loads((REFERENCE / "matched.toml").read_text(encoding="utf-8"))


def test_every_number_has_a_test_or_a_reason_and_only_one(register: dict[str, dict[str, str]]) -> None:
    parts = (register["matched"], register["not_matched"])
    patterns = [pattern(written) for part in parts for written in part]
    found = {place: sum(bool(p.fullmatch(place)) for p in patterns) for place in places()}
    assert len(found) > 2000
    assert not [place for place, times in found.items() if times == 0]
    assert not [place for place, times in found.items() if times > 1]


def test_nothing_is_listed_that_is_not_there(register: dict[str, dict[str, str]]) -> None:
    found = places()
    for part in register.values():
        for written in part:
            assert any(map(pattern(written).fullmatch, found)), written


def test_the_tests_that_are_named_exist(register: dict[str, dict[str, str]]) -> None:
    for test in sorted(set(register["matched"].values())):
        file, name = test.split("::")
        assert f"\ndef {name}(" in (TESTS / file).read_text(encoding="utf-8"), test


def test_what_is_not_matched_has_a_reason(register: dict[str, dict[str, str]]) -> None:
    for part in ("not_matched", "in_part"):
        assert all(reason.endswith(".") for reason in register[part].values())
