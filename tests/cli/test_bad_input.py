"""Input that no estimate can be made from: one line that names the offending values, and exit code 2."""

import csv
from pathlib import Path

import pytest

from tests.cli.conftest import Sipas

SIPAS = Path(__file__).parents[1] / "reference" / "sipas"
STRATA = ("--strata", "unit,procedure_group,channel")
ANSWERS = ("--responses", SIPAS / "responses.csv")
INSTRUMENT = ("--instrument", SIPAS / "instrument.toml")
FIRST = "unit=U01, procedure_group=P1, channel=counter"


def refused(sipas: Sipas, *options: object) -> str:
    """The one line that `sipas estimate` says before it exits with 2."""
    outcome = sipas("estimate", *ANSWERS, *STRATA, *options)
    assert (outcome.exit_code, outcome.out, outcome.err.count("\n")) == (2, "", 1), outcome.err
    return outcome.err


def frame(path: Path, first: str | None) -> Path:
    """The reference frame with this count in its first row, or without that row."""
    with (SIPAS / "frame.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    changed = [{**rows[0], "N_h": first}, *rows[1:]] if first is not None else rows[1:]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(changed)
    return path


@pytest.mark.parametrize(
    ("count", "message"),
    [
        ("-3", "frame.csv, row 2, column N_h: -3 is negative; a count is 0 or more"),
        ("inf", "frame.csv, row 2, column N_h: 'inf' is no whole number"),
        ("nan", "frame.csv, row 2, column N_h: 'nan' is no whole number"),
        ("", "frame.csv, row 2, column N_h: is empty"),
        ("2.5", "frame.csv, row 2, column N_h: '2.5' is no whole number"),
        ("9223372036854775807", "frame.csv, row 2, column N_h: '9223372036854775807' is no whole number"),
        (
            "5",
            f"the frame has fewer transactions than there are responses in {FIRST} (responses: 35, tr",
        ),
        ("0", f"{FIRST} (responses: 35, transactions: 0)"),
        (None, "the frame has no stratum unit=U01, procedure_group=P1, channel=counter. Of unit=U01,"),
    ],
)
def test_counts_of_the_frame(sipas: Sipas, tmp_path: Path, count: str | None, message: str) -> None:
    counted = ("--frame", frame(tmp_path / "frame.csv", count), "--frame-count", "N_h")
    assert message in refused(sipas, *INSTRUMENT, *counted)


@pytest.mark.parametrize(
    ("weight", "total"), [("0.35", "1.1"), ("-0.25", "0.5"), ("nan", "nan"), ("inf", "inf")]
)
def test_weights_of_an_index(sipas: Sipas, tmp_path: Path, weight: str, total: str) -> None:
    text = (SIPAS / "instrument.toml").read_text(encoding="utf-8")
    instrument = tmp_path / "instrument.toml"
    instrument.write_text(text.replace("factor4 = 0.25", f"factor4 = {weight}"), encoding="utf-8")
    message = "index weighted-factors: weights must be 0 or more and sum to 1; they sum to"
    assert f"{message} {total}" in refused(sipas, "--instrument", instrument)


@pytest.mark.parametrize("level", ["0", "1", "1.5", "-1", "nan", "high"])
def test_a_level_outside_0_and_1(sipas: Sipas, level: str) -> None:
    assert f"level: '{level}' is not a confidence level" in refused(sipas, *INSTRUMENT, "--level", level)


@pytest.mark.parametrize("option", [("--by", "colour"), ("--where", "colour=red")])
def test_a_column_that_does_not_exist(sipas: Sipas, option: tuple[str, str]) -> None:
    assert "there is no column 'colour' in the responses; the columns are" in refused(
        sipas, *INSTRUMENT, *option
    )


@pytest.mark.parametrize(
    ("margins", "message"),
    [
        ("unit,U01,-5", "margins.csv, row 2, column Freq: -5 is negative; a count is 0 or more"),
        ("unit,U01,inf", "margins.csv, row 2, column Freq: 'inf' is no number"),
        ("unit,U01,", "margins.csv, row 2, column Freq: is empty"),
        ("unit,U99,10", "margin unit has no count for level U01, which 357 responses have"),
        ("colour,red,10", "there is no column 'colour'"),
    ],
)
def test_counts_of_margins(sipas: Sipas, tmp_path: Path, margins: str, message: str) -> None:
    file = tmp_path / "margins.csv"
    file.write_text(f"margin,level,Freq\n{margins}\n")
    assert message in refused(sipas, *INSTRUMENT, "--weights", "rake", "--margins", file)


@pytest.mark.parametrize("command", ["estimate", "ranks", "chart league", "plan"])
def test_a_file_in_a_folder_that_is_not_there_is_refused_before_anything_is_read(
    sipas: Sipas, command: str
) -> None:
    outcome = sipas(*command.split(), "--round", "none", "-o", "/nosuch/x.svg")
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert "/nosuch/x.svg: there is no folder /nosuch; make it first" in outcome.err
