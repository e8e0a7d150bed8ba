"""Household samples in files, calibrated to a frame and margins, against R's numbers."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Sipas
from tests.stats.designs.expected import read_expected
from tests.stats.designs.test_households import FOLDER, QUANTITIES

ADULTS = ("--responses", FOLDER / "all_adults.csv", "--instrument", FOLDER / "instrument.toml")
ONE = ("--responses", FOLDER / "one_adult.csv", "--instrument", FOLDER / "instrument.toml")
STAGES = ("--strata", "district", "--cluster", "psu,hh", "--nest")
COUNTED = (*STAGES, "--cluster-count", "villages,households")
FRAME = ("--frame", FOLDER / "frame.csv")
MARGINS = ("--margins", FOLDER / "margins.csv")
WEIGHT, PERSON_WEIGHT = ("--weight-column", "weight"), ("--weight-column", "person_weight")
JSON = ("--format", "json")


@pytest.fixture
def sex_and_age(tmp_path: Path) -> Path:
    """The margins without that of the frame's districts."""
    lines = (FOLDER / "margins.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "margins.csv"
    path.write_text("\n".join(line for line in lines if not line.startswith("district")), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("design", "options"),
    [
        ("stages", (*ADULTS, *WEIGHT, *STAGES)),
        ("stages_fpc", (*ADULTS, *WEIGHT, *COUNTED)),
        ("stages_post_stratified", (*ADULTS, *WEIGHT, *STAGES, *FRAME)),
        ("stages_fpc_linear", (*ADULTS, *WEIGHT, *COUNTED, "--weights", "linear", *MARGINS)),
        ("stages_logit", (*ADULTS, *WEIGHT, *STAGES, "--weights", "logit", "--bounds", "0.3,3", *MARGINS)),
        ("person_post_stratified", (*ONE, *PERSON_WEIGHT, *STAGES, *FRAME)),
        ("person_raking", (*ONE, *PERSON_WEIGHT, *STAGES, "--weights", "rake", *MARGINS)),
    ],
)
def test_files_of_households_give_the_numbers_of_r(
    sipas: Sipas, design: str, options: Sequence[object]
) -> None:
    agree(sipas, design, options)


def test_a_frame_and_margins_calibrate_to_both_at_once(sipas: Sipas, sex_and_age: Path) -> None:
    options = (*ADULTS, *WEIGHT, *STAGES, *FRAME, "--weights", "linear", "--margins", sex_and_age)
    agree(sipas, "stages_linear", options)


def agree(sipas: Sipas, design: str, options: Sequence[object]) -> None:
    outcome = sipas("estimate", *options, "--by", "", "--by", "sex,age", "--measure", "all", *JSON)
    assert outcome.exit_code == 0, outcome.err
    theirs, compared = read_expected(FOLDER)[design], 0
    for row in outcome.json["rows"]:
        place = row["measure"], ",".join(f"{name}={level}" for name, level in row["by"].items())
        for quantity in QUANTITIES:
            if (*place, quantity) in theirs:
                value = theirs[(*place, quantity)]
                assert row[quantity] == pytest.approx(value, rel=1e-6), (place, quantity)
                compared += 1
    assert compared == 80  # eight quantities of two items, two factors and an index, in two domains


def test_table_and_csv_show_clusters_and_the_intraclass_correlation(sipas: Sipas) -> None:
    asked = ("estimate", *ADULTS, *WEIGHT, *STAGES)
    (row,) = csv.DictReader(io.StringIO(sipas(*asked, "--format", "csv").out))
    theirs = read_expected(FOLDER)["stages"]
    assert int(row["clusters"]) == 21
    assert float(row["roh"]) == pytest.approx(theirs["overall:pooled", "", "roh"], rel=1e-9)
    header, line = sipas(*asked).out.splitlines()[:2]
    assert header.split()[7:9] == ["clusters", "roh"]
    assert f"{theirs['overall:pooled', '', 'roh']:.3f}" in line
    (plain,) = csv.DictReader(io.StringIO(sipas("estimate", *ONE, *PERSON_WEIGHT, "--format", "csv").out))
    assert (plain["clusters"], plain["roh"]) == ("", "")


def test_the_finite_population_factor_is_on_where_clusters_are_counted(sipas: Sipas) -> None:
    for design, fpc in ((STAGES, False), (COUNTED, True), ((*STAGES, *FRAME), False)):
        found = sipas("estimate", *ADULTS, *WEIGHT, *design, *JSON).json
        assert found["intervals"]["fpc"] is fpc
    text = sipas("estimate", *ADULTS, *WEIGHT, *STAGES).out
    assert "without finite-population factor · variance by linearization, clusters psu, hh" in text
    framed = found["weights"]
    assert (framed["method"], framed["column"], framed["pooled"]) == ("post-stratify", "weight", [])


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ((*FRAME, "--weights", "linear", *MARGINS), "margin district is in the frame already"),
        ((*FRAME, "--out-of-date", "review"), "--out-of-date is not available with clusters"),
        (("--cluster-count", "villages,households,hh"), "--cluster-count names 3 columns, and --cluster 2"),
        (("--cluster", "psu"), "--cluster names a column twice: psu, hh, psu"),
        (("--cluster-count", "adults"), "the population of D1, 1, has two values"),
    ],
)
def test_what_does_not_go_together_is_refused_for_households(
    sipas: Sipas, options: Sequence[object], problem: str
) -> None:
    outcome = sipas("estimate", *ADULTS, *WEIGHT, *STAGES, *options)
    assert outcome.exit_code == 2
    assert problem in outcome.err


def test_a_frame_without_a_stratum_of_the_sample_says_which(sipas: Sipas, tmp_path: Path) -> None:
    lines = (FOLDER / "frame.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "frame.csv"
    path.write_text("\n".join(lines[:-1]), encoding="utf-8")
    outcome = sipas("estimate", *ADULTS, *WEIGHT, *STAGES, "--frame", path)
    assert outcome.exit_code == 2
    assert "margin district: level D5 has no count" in outcome.err
    assert "the others have D1, D2, D3, D4" in outcome.err


def test_people_without_an_age_are_counted_where_margins_need_it(sipas: Sipas, tmp_path: Path) -> None:
    text = (FOLDER / "all_adults.csv").read_text(encoding="utf-8")
    path = tmp_path / "answers.csv"
    path.write_text(text.replace(",60+,", ",,"), encoding="utf-8")
    files = ("--responses", path, *ADULTS[2:], *WEIGHT, *STAGES)
    outcome = sipas("estimate", *files, "--weights", "rake", *MARGINS)
    assert outcome.exit_code == 2
    assert "margin age: 95 responses have no value in age; leave them out" in outcome.err


def test_a_chart_shows_the_answers_of_clusters_by_point(sipas: Sipas, tmp_path: Path) -> None:
    file = tmp_path / "points.svg"
    options = (*ADULTS, *WEIGHT, *STAGES, "--weights", "rake", *MARGINS, "--measure", "items", "--by", "sex")
    outcome = sipas("chart", "distribution", *options, "-o", file)
    assert outcome.exit_code == 0, outcome.err
    assert file.read_text(encoding="utf-8").startswith("<svg")
