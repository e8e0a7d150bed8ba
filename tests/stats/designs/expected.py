"""R's numbers in an `expected.csv`, by design."""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

Place = tuple[str, str, str]  # measure, domain, quantity


@cache
def read_expected(folder: Path) -> dict[str, dict[Place, float]]:
    found: dict[str, dict[Place, float]] = defaultdict(dict)
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["design"]][row["measure"], row["domain"], row["quantity"]] = float(row["value"])
    return found
