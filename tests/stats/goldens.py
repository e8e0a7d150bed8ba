"""Every reference number has a place; `python -m tests.stats.goldens` tells which of them tests compare.

It runs the tests that it is given with a serial number in the place of every reference number, and with
comparisons that note down what ours was to be compared with. So it prints a line for each number and test.
"""

import csv
import json
import sys
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

REFERENCE = Path(__file__).parent.parent / "reference"
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

FIRST = 2**40  # of the serial numbers; a float holds them, and no reference number comes near
CLOSE = 2e-6  # the widest relative tolerance that is a comparison: of variances of iterative fits
ROUNDING = 1e-9  # the widest absolute one, relative to the largest of ours


@cache
def numbered() -> tuple[dict[str, Any], dict[int, str]]:
    """The files with serial numbers for numbers, and the place of each; those of a list have one place."""
    serials, places = count(FIRST), dict[int, str]()

    def replaced(found: Any, place: str) -> Any:
        match found:
            case dict():
                return {name: replaced(part, f"{place}/{name}") for name, part in found.items()}
            case list():
                return [replaced(part, place) for part in found]
            case bool() | None | str():
                return found
        places[serial := next(serials)] = place
        return serial

    def of_table(file: str) -> list[dict[str, str]]:
        with (REFERENCE / file).open(encoding="utf-8", newline="") as rows:
            return [
                {name: column(f"{file}/{name}", text) for name, text in row.items()}
                for row in csv.DictReader(rows)
            ]

    def column(place: str, text: str) -> str:
        return text if place.rpartition("/")[2] in KEYS else str(replaced(float(text), place))

    texts = {file: json.loads((REFERENCE / file).read_text(encoding="utf-8")) for file in JSON}
    files = {file: replaced(found, file) for file, found in texts.items()}
    return files | {file: of_table(file) for file in TABLES}, places


class Notes:
    """A plugin of pytest: the numbers that each test wanted ours to be near."""

    def __init__(self) -> None:
        self.wanted: set[tuple[str, int]] = set()
        self.test = ""

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self.test = item.nodeid.removeprefix("tests/stats/").partition("[")[0]

    def compare(self, ours: object, theirs: object, rtol: float = 1e-7, atol: float = 0, **_: object) -> None:
        if rtol <= CLOSE and atol <= ROUNDING * np.abs(np.asarray(ours, dtype=np.float64)).max():
            numbers = np.unique(np.asarray(theirs, dtype=np.float64))
            self.wanted |= {(self.test, int(number)) for number in numbers[numbers >= FIRST].tolist()}


def wanted_by(tests: list[str]) -> Iterator[str]:
    from tests.stats import surveys  # before tests do, which keep the names of its readers

    files, _ = numbered()
    read_rows, notes = surveys.read_rows, Notes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(surveys, "read_json", files.__getitem__)
        patch.setattr(surveys, "read_rows", lambda path: files[path] if path in files else read_rows(path))
        patch.setattr(np.testing, "assert_allclose", notes.compare)
        failed = pytest.main(["-q", "-o", "addopts=--import-mode=importlib", *tests], plugins=[notes])
    if failed:
        raise SystemExit(failed)
    yield from (f"{number} {test}" for test, number in sorted(notes.wanted))


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in wanted_by(sys.argv[1:]))
