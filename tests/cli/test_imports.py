from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import CITY, Sipas


def test_the_catalogue_comes_in_and_repeats_change_nothing(sipas: Sipas) -> None:
    first = sipas("import", "units", CITY / "units.csv")
    assert (first.exit_code, first.err) == (0, "")
    assert first.json == {"added": 711, "changed": 0, "unchanged": 0}
    assert sipas("import", "units", CITY / "units.csv").json["unchanged"] == 711
    assert sipas("import", "successions", CITY / "successions.csv").json["added"] > 526
    assert sipas("import", "procedures", CITY / "procedures.csv").json["added"] >= 60
    assert sipas("import", "instrument", CITY / "instrument.toml").json["added"] == 1
    assert sipas("import", "instrument", CITY / "instrument.toml").json["unchanged"] == 1


def test_a_frame_and_responses_come_in_under_the_files_own_names(city: Sipas, tmp_path: Path) -> None:
    frame = tmp_path / "frame.csv"
    frame.write_text("ward;tthc;channel;N\n00070;2.000815;counter;120\n", encoding="utf-8")
    mapped = ["--map", "unit=ward", "--map", "procedure=tthc", "--map", "service_channel=channel"]
    outcome = city("import", "frame", frame, "--round", "autumn", "--count", "N", *mapped)
    assert outcome.json == {"strata": 1, "transactions": 120}
    responses = tmp_path / "responses.csv"
    responses.write_text(
        "response_id,wave,ward,tthc,channel,overall\n"
        "1,A,00070,2.000815,counter,5\n2,A,00070,2.000815,counter,4\n3,B,00070,2.000815,counter,4\n",
        encoding="utf-8",
    )
    command = ["import", "responses", responses, "--round", "autumn", *mapped, "--channel", "tablet"]
    assert city(*command, "--where", "wave=A").json == {"stored": 2, "duplicate": 0}
    assert city(*command).json == {"stored": 1, "duplicate": 2}


def test_a_bad_file_is_one_line_with_file_row_and_column(sipas: Sipas, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text("code,name,type,valid_from\nA,A,city,32/01/2025\n", encoding="utf-8")
    outcome = sipas("import", "units", file)
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert outcome.err == (
        "error: units.csv, row 2, column valid_from: '32/01/2025' is no date; "
        "write it as 2025-07-01 or 01/07/2025\n"
    )


@pytest.mark.parametrize("pair", ["district", "unit=", "=district"])
def test_a_map_is_of_the_form_ours_theirs(sipas: Sipas, tmp_path: Path, pair: str) -> None:
    file = tmp_path / "r.csv"
    file.touch()
    outcome = sipas("import", "responses", file, "--round", "R", "--map", pair)
    assert outcome.exit_code == 2
    assert f"'{pair}' is not of the form NEW=OLD" in outcome.err


def test_an_empty_file_is_one_line(sipas: Sipas, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.touch()
    outcome = sipas("import", "procedures", file)
    assert (outcome.exit_code, outcome.err) == (
        2,
        "error: r.csv: is empty; its first row must name the columns\n",
    )


def test_answers_given_in_the_last_hour_of_a_day_in_vietnam_are_of_that_day(
    city: Sipas, tmp_path: Path
) -> None:
    yesterday = (datetime.now(UTC) + timedelta(hours=7) - timedelta(days=1)).date()
    file = tmp_path / "r.csv"
    file.write_text(
        f"response_id,unit,overall,submitted_at\n1,00070,5,{yesterday.strftime('%d/%m/%Y')} 23:30\n",
        encoding="utf-8",
    )
    assert city("import", "responses", file, "--round", "autumn").json == {"stored": 1, "duplicate": 0}


def test_a_wrong_import_is_named_corrected_and_taken_back(city: Sipas, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    command = ("import", "responses", file, "--round", "autumn")
    file.write_text("ResponseId,unit,overall,Access1\n1,00070,5,4\n", encoding="utf-8")
    refused = city(*command)
    assert refused.exit_code == 2
    assert "no column for item" in refused.err
    assert "--map access1=Access1" in refused.err
    brought = city(*command, "--without", "access1")
    assert brought.json == {"stored": 1, "duplicate": 0}
    assert "warning: r.csv has no column for items" in brought.err
    book = openpyxl.Workbook()
    for sheet in (book["Sheet"], book.create_sheet("Quý 2")):
        sheet.append(["response_id", "unit", "overall", "access1", "access2"])
        sheet.append(["2", "00070", 5, 4])
        sheet.append(["02", "00070", 5, 4])
    book.save(tmp_path / "r.xlsx")
    empty = city("import", "responses", tmp_path / "r.xlsx", "--round", "autumn")
    assert "warning: r.xlsx has no answer in the columns of items access2\n" in empty.err
    assert "warning: r.xlsx has response ids that differ from others in zeros alone: 02; each" in empty.err
    assert "warning: r.xlsx has further sheets with data, which were not read: Quý 2; --sheet NA" in empty.err
    file.write_text("ResponseId,unit,overall,Access1\n1,00070,5,4\n", encoding="utf-8")
    corrected = city(*command, "--map", "access1=Access1", "--replace")
    assert corrected.json == {"stored": 0, "duplicate": 0, "replaced": 1}
    first, _, second = city("import", "log", "--round", "autumn").json
    assert (first["file"], second["replaced"], first["withdrawn_at"]) == ("r.csv", 1, None)
    undone = city("import", "undo", second["id"])
    assert undone.json == {"file": "r.csv", "withdrawn": 1, "not_restored": 1, "earlier_files": ["r.csv"]}
    assert "1 of these had replaced responses of r.csv, which do not come back by themselves" in undone.err
    assert city("import", "undo", second["id"]).exit_code == 2
    assert city("check").exit_code == 0
