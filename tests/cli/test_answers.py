"""`sipas ranks`, `targets` and `small-areas`, from files and from a round."""

import csv
import io
from pathlib import Path

import pytest

from tests.cli.conftest import Sipas

SIPAS = Path(__file__).parents[1] / "reference" / "sipas"
FILES = (
    *("--responses", SIPAS / "responses.csv", "--instrument", SIPAS / "instrument.toml"),
    *("--strata", "unit,procedure_group,channel"),
    *("--frame", SIPAS / "frame.csv", "--frame-count", "N_h"),
)


def test_units_are_ranked_from_files(sipas: Sipas) -> None:
    table = sipas("ranks", *FILES, "--by", "unit", "--format", "json").json
    assert [row["rank"] for row in table["rows"]] == list(range(1, 11))
    assert table["rows"][0]["by"] == {"unit": "U05"}
    assert (table["draws"], table["seed"]) == (2000, 1)


def test_ranks_are_the_same_each_time(sipas: Sipas) -> None:
    options = ("ranks", *FILES, "--by", "unit", "--format", "csv")
    assert sipas(*options).out == sipas(*options).out


def test_a_target_is_judged_from_files(sipas: Sipas, tmp_path: Path) -> None:
    options = ("targets", *FILES, "--by", "unit", "--by", "", "--target", "0.72")
    text = sipas(*options).out
    assert "cannot tell" in text
    assert "the one-sided 95 % bound decides, not low and high, which are two-sided" in text
    assert "95 % intervals: wilson on robust effective n, without finite-population factor" in text
    assert text.splitlines()[11].startswith("(all)")
    assert sipas(*options, "-o", tmp_path / "targets.csv").out == ""
    rows = list(csv.DictReader(io.StringIO((tmp_path / "targets.csv").read_text(encoding="utf-8"))))
    assert {row["verdict"] for row in rows} == {"met", "not_met", "cannot_tell"}


def test_small_areas_are_modelled_with_what_a_file_knows_of_them(sipas: Sipas, tmp_path: Path) -> None:
    known = tmp_path / "known.csv"
    known.write_text("unit,staff\n" + "".join(f"U{i:02},{i}\n" for i in range(1, 11)), encoding="utf-8")
    table = sipas("small-areas", *FILES, "--by", "unit", "--covariates", known, "--format", "json").json
    assert [c["covariate"] for c in table["models"][0]["coefficients"]] == ["(constant)", "staff"]
    assert len(table["rows"]) == 10


def test_a_round_of_the_database_is_ranked_and_judged_by_its_own_target(city: Sipas, tmp_path: Path) -> None:
    responses = tmp_path / "responses.csv"
    answers = [f"{i},S01,{4 if i % 4 else 2}" for i in range(80)]
    answers += [f"x{i},S02,{5 if i else 1}" for i in range(60)]
    responses.write_text("\n".join(["response_id,unit,overall", *answers, "y,S03,4"]) + "\n")
    assert city("import", "responses", responses, "--round", "autumn").exit_code == 0
    options = ("--round", "autumn", "--by", "unit", "--measure", "item:overall", "--format", "json")
    ranked = city("ranks", *options).json["rows"]
    told = [(row["by"]["unit"], row["rank"], row["rank_low"], row["rank_high"]) for row in ranked[:3]]
    assert told == [("S02", 1, 1, 1), ("S01", 2, 2, 2), ("S03", None, None, None)]
    verdicts = city("targets", *options).json
    assert verdicts["target"] == 0.85
    assert {row["by"]["unit"]: row["verdict"] for row in verdicts["rows"]} == {
        "S01": "not_met", "S02": "met", "S03": "cannot_tell",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("ranks", *FILES), "by: name the columns whose values are to be ranked, such as unit"),
        (("targets", *FILES), "target: there is none; give one, such as 0.85"),
        (
            ("targets", *FILES, "--statistic", "mean", "--target", "0.85"),
            "the target of a mean lies between 1 and 5, not at 0.85",
        ),
        (("targets", *FILES, "--target", "85"), "lies between 0 and 1, not at 85; for 85 % give 0.85"),
        (("targets", *FILES, "--target", "85 %"), "target: '85 %' is no number"),
        (("targets", *FILES, "--target", "1.5"), "the target of a share lies between 0 and 1, not at 1.5"),
        (("targets", *FILES, "--target", "0.8", "--level", "0.5"), "must lie between 0.5 and 1, not at 0.5"),
        (("small-areas", *FILES), "by: name the columns that tell areas apart"),
        (
            ("ranks", *FILES, "--by", "unit", "--format", "xml"),
            "format: 'xml' is not one of json, csv, table",
        ),
    ],
)
def test_wrong_input_says_so_in_one_line_and_exits_2(
    sipas: Sipas, options: tuple[object, ...], message: str
) -> None:
    outcome = sipas(*options)
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
