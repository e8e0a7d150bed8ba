"""`sipas compare`, from files and from rounds."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Outcome, Sipas

REFERENCE = Path(__file__).parents[1] / "reference"
KANSAS_CITY = REFERENCE / "kansas_city"
FILES = (
    *("--responses", KANSAS_CITY / "responses.csv", "--instrument", KANSAS_CITY / "instrument.toml"),
    *("--strata", "round,district"),
)


def rows(outcome: Outcome) -> list[dict[str, Any]]:
    assert outcome.exit_code == 0, outcome.err
    found: list[dict[str, Any]] = outcome.json["rows"]
    return found


def test_rounds_of_a_file_differ_as_r_says(sipas: Sipas) -> None:
    options = (*FILES, "--by", "round", "--against", "2021Q3", "--format", "json")
    (row,) = rows(sipas("compare", *options))
    with (KANSAS_CITY / "expected_differences.csv").open(encoding="utf-8", newline="") as file:
        (theirs,) = (r for r in csv.DictReader(file) if (r["by"], r["factor"]) == ("round", "overall"))
    assert row["difference"] == pytest.approx(float(theirs["difference_of_indices"]), rel=1e-9)
    assert row["se"] == pytest.approx(float(theirs["se"]), rel=1e-9)
    assert row["verdict"] == "cannot_tell"
    assert row["detectable"] > row["high"] - row["difference"]


def test_a_comparison_is_a_table_or_a_file_as_its_name_says(sipas: Sipas, tmp_path: Path) -> None:
    options = ("compare", *FILES, "--by", "district", "--adjust", "bh")
    text = sipas(*options).out
    assert text.splitlines()[0].split()[:4] == ["district", "against", "measure", "difference"]
    assert "against rest · p adjusted by bh for each measure and table" in text
    assert sipas(*options, "-o", tmp_path / "rest.csv").out == ""
    table = list(csv.DictReader(io.StringIO((tmp_path / "rest.csv").read_text(encoding="utf-8"))))
    assert [row["district"] for row in table] == [f"CD{n}" for n in range(1, 7)]


def test_units_of_a_round_are_compared_with_those_of_another(city: Sipas, tmp_path: Path) -> None:
    opened = city(
        *("round", "open", "--id", "spring", "--instrument", "sipas-22@1", "--strata", "unit"),
        *("--from", "2025-08-01", "--to", "2025-08-31"),
    )
    assert opened.exit_code == 0, opened.err
    for code, day, satisfied in (("spring", "2025-08-09", 0.5), ("autumn", "2025-09-09", 0.9)):
        answers = [f"{code}{n},S01,{day},{4 if n < 100 * satisfied else 2}" for n in range(100)]
        responses = tmp_path / f"{code}.csv"
        responses.write_text("\n".join(["response_id,unit,submitted_at,overall", *answers]) + "\n")
        imported = city("import", "responses", responses, "--round", code)
        assert imported.exit_code == 0, imported.err
    options = ("--round", "autumn", "--against-round", "spring", "--by", "unit", "--format", "json")
    (row,) = (row for row in rows(city("compare", *options)) if row["n"])
    assert (row["by"], row["against"]) == ({"unit": "S01"}, {"round": "spring", "unit": "S01"})
    assert row["difference"] == pytest.approx(0.4)
    assert row["verdict"] == "better"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (FILES, "by: name the columns whose values are to be compared"),
        ((*FILES, "--against-round", "x"), "--against-round is in the database; of files say --before"),
        ((*FILES, "--by", "district", "--against", "CD9"), "against: there is no district=CD9"),
        ((*FILES, "--by", "district", "--adjust", "x"), "adjust: 'x' is not available; available: holm, bh"),
        ((*FILES, "--by", "district", "--format", "xml"), "format: 'xml' is not one of json, csv, table"),
        (("--round", "spring", "--by", "unit"), "there is no round 'spring'"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(sipas: Sipas, options: tuple[object, ...], message: str) -> None:
    outcome = sipas("compare", *options)
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.fixture
def two_files(tmp_path: Path) -> tuple[Path, Path]:
    """The two rounds of Kansas City by unit; in the second CD1 and CD2 are one."""
    files = tmp_path / "before.csv", tmp_path / "now.csv"
    with (KANSAS_CITY / "responses.csv").open(encoding="utf-8", newline="") as source:
        answers = list(csv.DictReader(source))
    for file, code in zip(files, ("2021Q3", "2022Q1"), strict=True):
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow([{"district": "unit"}.get(name, name) for name in answers[0]])
            for row in answers:
                merged = code == "2022Q1" and row["district"] in ("CD1", "CD2")
                if row["round"] == code:
                    writer.writerow((row | {"district": "NORTH"} if merged else row).values())
    return files


def test_a_file_is_compared_with_one_of_before_across_a_merger(
    sipas: Sipas, two_files: tuple[Path, Path], tmp_path: Path
) -> None:
    before, now = two_files
    succession = tmp_path / "succession.csv"
    succession.write_text("old_code,new_code,share\nCD1,NORTH,\nCD2,NORTH,1\n")
    files = ("--responses", now, "--instrument", KANSAS_CITY / "instrument.toml", "--strata", "unit")
    options = ("compare", *files, "--before", before, "--by", "unit", "--format", "json")
    merged = {row["by"]["unit"]: row for row in rows(sipas(*options, "--succession", succession))}
    assert (merged["NORTH"]["n"], merged["NORTH"]["against_n"], merged["NORTH"]["covered"]) == (339, 319, 1)
    assert merged["NORTH"]["against"] == {"round": "before.csv", "unit": "NORTH"}
    apart = {row["by"]["unit"]: row for row in rows(sipas(*options))}
    assert apart["NORTH"]["difference"] is None
    assert apart["CD3"]["difference"] == merged["CD3"]["difference"]
    one_file = (*FILES, "--by", "round,district", "--against", "round=2021Q3", "--format", "json")
    theirs = {row["by"]["district"]: row for row in rows(sipas("compare", *one_file))}
    assert merged["CD3"]["difference"] == pytest.approx(theirs["CD3"]["difference"], rel=1e-12)


def test_a_weighted_round_is_not_compared_with_one_that_is_not(sipas: Sipas) -> None:
    answers = REFERENCE / "sipas" / "responses.csv"
    files = ("--responses", answers, "--instrument", REFERENCE / "sipas" / "instrument.toml")
    frame = REFERENCE / "sipas" / "frame.csv"
    strata = ("--strata", "unit,procedure_group,channel")
    weighted = (*files, "--frame", frame, "--frame-count", "N_h", *strata, "--by", "unit")
    before = ("--before", answers, "--format", "json")
    outcome = sipas("compare", *weighted, *before)
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert "is weighted by post-stratify and responses.csv by none" in outcome.err
    for options in (("--before-frame", frame), ("--weights", "none")):
        assert {row["difference"] for row in rows(sipas("compare", *weighted, *before, *options))} == {0}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--succession",), "--succession needs --before FILE"),
        (("--before-frame",), "--before-frame needs --before FILE"),
    ],
)
def test_what_belongs_to_a_round_before_needs_one(
    sipas: Sipas, options: tuple[str, ...], message: str
) -> None:
    outcome = sipas("compare", *FILES, "--by", "district", *options, KANSAS_CITY / "responses.csv")
    assert (outcome.exit_code, outcome.err) == (2, f"error: {message}\n")
