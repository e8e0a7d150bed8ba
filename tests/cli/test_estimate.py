"""`sipas estimate`: from files against R's numbers, and its manners."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import polars
import pytest

from tests.cli.conftest import Outcome, Sipas

SIPAS = Path(__file__).parents[1] / "reference" / "sipas"
ANSWERS = ("--responses", SIPAS / "responses.csv", "--instrument", SIPAS / "instrument.toml")
STRATA = ("--strata", "unit,procedure_group,channel")
FRAME = (*STRATA, "--frame", SIPAS / "frame.csv", "--frame-count", "N_h")
AS_R_DOES = ("--collapse", "none", "--effective-n", "design", "--format", "json")


@pytest.fixture(scope="module")
def expected() -> Any:
    return json.loads((SIPAS / "expected.json").read_text(encoding="utf-8"))


def rows(outcome: Outcome) -> list[dict[str, Any]]:
    assert outcome.exit_code == 0, outcome.err
    found: list[dict[str, Any]] = outcome.json["rows"]
    return found


def test_the_instrument_of_a_file_may_be_one_that_ships(sipas: Sipas, tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_text("overall\n5\n4\n2\n", encoding="utf-8")
    asked = ("estimate", "--responses", answers, "--measure", "item:overall", "--format", "json")
    (row,) = sipas(*asked, "--instrument", "sipas-22").json["rows"]
    assert row["estimate"] == pytest.approx(2 / 3)
    outcome = sipas(*asked, "--instrument", "sipas-9")
    assert outcome.exit_code == 2
    assert "there is no file sipas-9, and no instrument of that id ships" in outcome.err


def test_items_by_unit_are_those_of_r(sipas: Sipas, expected: Any) -> None:
    for ci, theirs in (("logit", "xlogit"), ("beta", "beta"), ("wald", "mean")):
        options = (*ANSWERS, *FRAME, *AS_R_DOES, "--measure", "items", "--by", "unit", "--ci", ci)
        for row in rows(sipas("estimate", *options)):
            r = expected["items_by_unit"][row["by"]["unit"]].get(row["measure"].removeprefix("item:"))
            if r is None:
                continue
            assert row["estimate"] == pytest.approx(r["top2"], rel=1e-9)
            assert row["se"] == pytest.approx(r["top2_se"], rel=1e-9)
            assert (row["n"], row["df"]) == (r["n_answered"], r["degf"])
            assert row["deff"] == pytest.approx(r["top2_deff"], rel=1e-9)
            assert [row["low"], row["high"]] == pytest.approx(r["top2_ci95"][theirs], rel=1e-9)


def test_the_mean_of_factor_indices_by_unit_is_that_of_r(sipas: Sipas, expected: Any) -> None:
    options = (*ANSWERS, *FRAME, *AS_R_DOES, "--index", "equal-factors", "--by", "unit")
    r = expected["mean_of_factor_indices_by_unit"]
    found = rows(sipas("estimate", *options))
    assert [row["by"]["unit"] for row in found] == r["domain"]
    assert [row["measure"] for row in found] == ["overall:equal-factors"] * 10
    assert [row["estimate"] for row in found] == pytest.approx(r["index"], rel=1e-9)
    assert [row["se"] for row in found] == pytest.approx(r["se"], rel=1e-9)


def test_the_finite_population_factor_can_be_left_out(sipas: Sipas, expected: Any) -> None:
    options = (*ANSWERS, *FRAME, *AS_R_DOES, "--no-fpc", "--measure", "item:f1q1")
    (row,) = rows(sipas("estimate", *options))
    assert row["se"] == pytest.approx(expected["items_overall_nofpc"]["f1q1"]["top2_se"], rel=1e-9)


def test_a_mean_is_on_the_scale(sipas: Sipas, expected: Any) -> None:
    (row,) = rows(
        sipas("estimate", *ANSWERS, *FRAME, *AS_R_DOES, "--measure", "item:f1q1", "--statistic", "mean")
    )
    assert row["estimate"] == pytest.approx(expected["items_overall"]["f1q1"]["score"], rel=1e-9)
    assert row["se"] == pytest.approx(expected["items_overall"]["f1q1"]["score_se"], rel=1e-9)
    assert row["ci"] == "wald"


def test_a_file_is_written_in_the_format_that_its_name_says(sipas: Sipas, tmp_path: Path) -> None:
    options = ("estimate", *ANSWERS, *FRAME, "--by", "unit")
    for name in ("out.csv", "out.json", "out.txt"):
        outcome = sipas(*options, "-o", tmp_path / name)
        assert (outcome.exit_code, outcome.out) == (0, "")
    table = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text())))
    found = json.loads((tmp_path / "out.json").read_text())["rows"]
    assert [float(row["estimate"]) for row in table] == [row["estimate"] for row in found]
    assert (tmp_path / "out.txt").read_text().startswith("unit")


def test_strata_given_one_by_one_add_up(sipas: Sipas) -> None:
    frame = ("--frame", SIPAS / "frame.csv", "--frame-count", "N_h", "--format", "json")
    one_by_one = [part for name in STRATA[1].split(",") for part in ("--strata", name)]
    assert rows(sipas("estimate", *ANSWERS, *frame, *one_by_one)) == rows(
        sipas("estimate", *ANSWERS, *frame, *STRATA)
    )


def test_the_option_for_a_frame_s_count_is_named_where_its_column_is_missing(sipas: Sipas) -> None:
    outcome = sipas("estimate", *ANSWERS, *STRATA, "--frame", SIPAS / "frame.csv")
    assert outcome.exit_code == 2
    assert "name the one that counts transactions: --frame-count COLUMN" in outcome.err


def test_results_alone_go_to_stdout(sipas: Sipas) -> None:
    outcome = sipas("estimate", *ANSWERS, *STRATA, "--format", "csv")
    assert outcome.out.startswith("measure,statistic,estimate,")
    assert outcome.err == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((*ANSWERS, "--round", "autumn"), "--round and --responses are alternatives"),
        (ANSWERS[:2], "--responses needs --instrument FILE"),
        (("--strata", "unit", "--round", "autumn"), "--strata needs --responses FILE"),
        ((*ANSWERS, "--frame-count", "N"), "--frame-count needs --frame FILE"),
        ((*ANSWERS, "--weights", "rake"), "weights: rake needs a frame or margins, and there is none"),
        ((*ANSWERS, "--by", "colour"), "there is no column 'colour' in the responses"),
        ((*ANSWERS, "--strata", "floor"), "responses.csv, row 1, column floor: is missing"),
        ((*ANSWERS, "--format", "xml"), "format: 'xml' is not one of json, csv, table"),
        (("--round", "spring"), "there is no round 'spring'"),
        ((), "round: name one; the rounds are: none yet"),
    ],
)
def test_wrong_usage_and_input_say_so_in_one_line_and_exit_2(
    sipas: Sipas, options: tuple[object, ...], message: str
) -> None:
    outcome = sipas("estimate", *options)
    assert outcome.exit_code == 2
    assert outcome.out == ""
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_round_of_the_database_is_estimated_too(city: Sipas, tmp_path: Path) -> None:
    responses = tmp_path / "responses.csv"
    answers = "\n".join(f"{i},S01,{4 if i % 4 else 2}" for i in range(40))
    responses.write_text(f"response_id,unit,overall\n{answers}\n")
    assert city("import", "responses", responses, "--round", "autumn").exit_code == 0
    (row,) = rows(city("estimate", "--round", "autumn", "--by", "unit_type", "--format", "json"))
    assert row["by"] == {"unit_type": "department"}
    assert (row["estimate"], row["n"]) == (0.75, 40)


def test_the_jackknife_beside_each_standard_error_is_that_of_r(sipas: Sipas, expected: Any) -> None:
    options = (*ANSWERS, *FRAME, *AS_R_DOES, "--measure", "factors", "--second-opinion", "jackknife")
    for row in rows(sipas("estimate", *options)):
        r = expected["jkn"]["overall"][row["measure"].removeprefix("factor:")]
        assert row["se_replicates"] == pytest.approx(r["se"], rel=1e-9)


def test_a_bootstrap_repeats_itself_and_agrees_with_linearisation(sipas: Sipas) -> None:
    options = (*ANSWERS, *FRAME, "--no-fpc", "--by", "channel", "--format", "json", "--second-opinion")
    first, again, other = (
        sipas("estimate", *options, asked) for asked in ("bootstrap", "bootstrap:1", "bootstrap:2")
    )
    assert first.out == again.out
    assert first.out != other.out
    assert first.json["intervals"]["replicates"] == "bootstrap, seed 1"
    for row in rows(first):
        assert row["se_replicates"] == pytest.approx(row["se"], rel=0.05)


def test_a_second_opinion_is_asked_for_by_name(sipas: Sipas) -> None:
    for asked in ("jackknife:1", "bootstrap:x", "brr"):
        outcome = sipas("estimate", *ANSWERS, *STRATA, "--second-opinion", asked)
        assert (outcome.exit_code, outcome.out) == (2, "")
        assert f"second-opinion: '{asked}' is not one of jackknife, bootstrap, bootstrap:SEED" in outcome.err


def test_design_effects_of_both_kinds_and_that_of_weighting_stand_beside_a_share(
    sipas: Sipas, expected: Any
) -> None:
    options = (*ANSWERS, *FRAME, *AS_R_DOES, "--measure", "item:f1q1")
    (row,) = rows(sipas("estimate", *options))
    assert row["deff_replace"] == pytest.approx(
        expected["items_overall"]["f1q1"]["top2_deff_replace"], rel=1e-9
    )
    assert 1 < row["kish"] < 4
    assert row["rescaled"] is None


def test_a_mean_is_rescaled_to_a_hundred_too(sipas: Sipas) -> None:
    options = (*ANSWERS, *FRAME, "--statistic", "mean")
    (row,) = rows(sipas("estimate", *options, "--format", "json"))
    for name, on_scale in (("rescaled", "estimate"), ("rescaled_low", "low"), ("rescaled_high", "high")):
        assert row[name] == pytest.approx(100 * (row[on_scale] - 1) / 4)
    assert sipas("estimate", *options).out.split()[7:10] == ["rescaled", "rescaled_low", "rescaled_high"]


def test_answers_by_other_channels_are_said_to_count_as_invited(sipas: Sipas, tmp_path: Path) -> None:
    channels = (*["kiosk"] * 3, *["sms"] * 3, *["paper"] * 2, "")
    lines = [f"{n},U01,{channel},{4 + n % 2}" for n, channel in enumerate(channels)]
    (tmp_path / "r.csv").write_text("\n".join(["response_id,unit,channel,f1q1", *lines]))
    (tmp_path / "f.csv").write_text("unit,count\nU01,100\n")
    files = ("--responses", tmp_path / "r.csv", "--instrument", SIPAS / "instrument.toml", "--strata", "unit")
    framed = sipas("estimate", *files, "--frame", tmp_path / "f.csv", "--by", "channel", "--format", "json")
    said = {note["code"]: note for note in framed.json["notes"]}
    assert said["counted-as-invited"]["params"] == {"n": 3}
    assert said["counted-as-invited"]["text"].endswith("counted as invited: 3")
    assert "own-mix" in said
    plain = sipas("estimate", *files, "--format", "json").json["notes"]
    assert "counted-as-invited" not in {note["code"] for note in plain}


def test_a_table_is_written_as_a_workbook_and_as_parquet(sipas: Sipas, tmp_path: Path) -> None:
    asked = ("estimate", *ANSWERS, *FRAME, "--by", "unit", "--by", "")
    expected = sipas(*asked, "--format", "json").json["rows"]
    for name in ("table.xlsx", "table.parquet"):
        assert sipas(*asked, "-o", tmp_path / name).exit_code == 0
    frame = polars.read_parquet(tmp_path / "table.parquet")
    book = openpyxl.load_workbook(tmp_path / "table.xlsx")
    header, *cells = book["table"].iter_rows(values_only=True)
    for name in ("estimate", "se", "n", "population"):
        theirs = [row[name] for row in expected]
        assert frame[name].to_list() == theirs
        assert [row[header.index(name)] for row in cells] == theirs
    assert frame["unit"].to_list() == [row["by"].get("unit") for row in expected]
    assert frame["clusters"].dtype == polars.Float64
    assert "index pooled of sipas-22@1" in [row[0].value for row in book["sipas notes"]]
    refused = sipas("plan", "size", "--margin", "0.04", "-o", tmp_path / "plan.xlsx")
    assert refused.exit_code == 2
    assert refused.err.count("\n") == 1
