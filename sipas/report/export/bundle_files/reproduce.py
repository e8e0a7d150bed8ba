"""Computes the figures of tables/expected.csv from data/responses.csv, and compares.

Run it in the unpacked folder: python reproduce.py

It needs `sipas`, which makes the weights anew from the frame. Where `svy` and `polars` are installed too,
they estimate the measures that are one ratio of totals from the weights of the file.
"""

import csv
import importlib.util
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DIGITS = 4
Difference = tuple[list[str], list[str]]
HEADER = ["measure", "unit", "n", "estimate", "se"]


def read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SETTINGS = {row["name"]: row["value"] for row in read("data/settings.csv")}


def options() -> list[str]:
    """Return the options of `sipas estimate`."""
    given = [
        "--responses",
        "data/responses.csv",
        "--instrument",
        "instrument.toml",
        "--index",
        SETTINGS["index"],
    ]
    if SETTINGS["weights"] == "given":
        given += ["--weight-column", "weight", "--strata", "stratum"]
    else:
        given += ["--strata", SETTINGS["strata"], "--weights", SETTINGS["weights"]]
    if SETTINGS["weights"] == "post-stratify":
        given += ["--frame", "data/frame.csv", "--frame-count", "transactions", "--out-of-date", "review"]
        given += ["--collapse", SETTINGS["collapse"]]
    if SETTINGS["filtered"] == "true":
        given += ["--where", "in_filter=1"]
    return given


def estimate(measure: str, *by: str) -> list[dict[str, Any]]:
    """Return the rows of `sipas estimate`."""
    from sipas.cli import main as sipas

    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.json"
        tables = [part for columns in by for part in ("--by", columns)]
        if sipas(["estimate", *options(), "--measure", measure, *tables, "-o", str(table)]):
            sys.exit("sipas estimate has failed")
        rows: list[dict[str, Any]] = json.loads(table.read_text(encoding="utf-8"))["rows"]
        return rows


def percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.{DIGITS}f}"


def line(row: dict[str, Any]) -> list[str]:
    se = percent(row["se"]) if SETTINGS["errors"] == "yes" else ""
    return [row["measure"], row["by"].get("unit") or "", str(row["n"]), percent(row["estimate"]), se]


def computed_by_sipas() -> dict[tuple[str, str], list[str]]:
    measures = {row["measure"] for row in read("data/measures.csv")}
    rows = estimate("overall", "", "unit")
    if any(name.startswith("factor:") for name in measures):
        rows += estimate("factors", "")
    return {(row["measure"], row["by"].get("unit") or ""): line(row) for row in rows}


def computed_by_svy() -> dict[str, list[str]]:
    """Return the whole's measures that are one ratio, where all strata have a finite population."""
    import polars as pl
    import svy

    people = pl.read_csv(
        HERE / "data/responses.csv",
        null_values=["", "NA", "-"],
        infer_schema_length=None,
        schema_overrides={"unit": pl.String, "form": pl.String},
    ).filter(pl.col("weight") > 0)
    ratios: dict[str, dict[str, list[str]]] = {}
    chances: dict[str, set[float]] = {}
    for row in read("data/measures.csv"):
        ratios.setdefault(row["measure"], {}).setdefault(row["ratio"], []).append(row["item"])
    for row in read("data/asking.csv"):
        chances.setdefault(row["item"], set()).add(float(row["probability"]))
    found = {}
    for measure, parts in ratios.items():
        items = next(iter(parts.values()))
        if len(parts) > 1 or any(chances[item] != {1.0} for item in items):
            continue
        satisfied = int(SETTINGS["satisfied"])
        frame = people.with_columns(
            y=pl.sum_horizontal((pl.col(item) >= satisfied).cast(pl.Float64).fill_null(0) for item in items),
            x=pl.sum_horizontal(pl.col(item).is_not_null().cast(pl.Float64) for item in items),
        )
        design = {"stratum": "stratum", "wgt": "weight", "singleton": "center"}
        if SETTINGS["weights"] == "post-stratify":
            design["pop_size"] = "fpc"
        result = svy.Sample(frame, svy.Design(**design)).estimation.ratio("y", "x").to_polars()
        found[measure] = [percent(result[name][0]) for name in ("est", "se")]
    return found


def compare_with_svy(expected: list[list[str]]) -> list[Difference]:
    """Return the figures that differ."""
    if any(importlib.util.find_spec(name) is None for name in ("svy", "polars")):
        return []
    responses = [row for row in read("data/responses.csv") if float(row["weight"]) > 0]
    complete = SETTINGS["weights"] == "none" or all(row["fpc"] for row in responses)
    if SETTINGS["filtered"] == "true" or SETTINGS["errors"] == "no" or not complete:
        return []
    by_measure = {row[0]: row for row in expected if not row[1]}
    wrong: list[Difference] = []
    for measure, (estimate_, se) in computed_by_svy().items():
        row = by_measure.get(measure)
        if row is not None and [estimate_, se] != row[3:]:
            wrong.append((row, [measure, "", row[2], estimate_, se]))
        print("svy", measure, estimate_, se, file=sys.stderr)
    return wrong


def main() -> int:
    os.chdir(HERE)
    expected = [list(row.values()) for row in read("tables/expected.csv")]
    ours = computed_by_sipas()
    print(",".join(HEADER))
    wrong: list[Difference] = []
    for row in expected:
        found = ours.get((row[0], row[1]), [row[0], row[1], "", "", ""])
        print(",".join(found))
        if found != row:
            wrong.append((row, found))
    wrong += compare_with_svy(expected)
    if wrong:
        print(f"{len(wrong)} of {len(expected)} figures differ, such as: {wrong[0]}", file=sys.stderr)
        return 1
    print(f"all {len(expected)} figures equal tables/expected.csv", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
