"""Exports read back by other programs: numbers, labels, missing codes, dates and names."""

import csv
import json
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import polars
import pyarrow.parquet as pq
import pyreadstat
import pytest

from sipas.report.export.build_export import build_export
from sipas.report.export.export_table import ExportTable
from sipas.report.export.exporting import TABLE_FORMATS, read_export_request, write_table
from tests.report.conftest import Reference


@pytest.fixture
async def exported(household_round: Reference, tmp_path: Path) -> dict[str, Path]:
    snapshot = await household_round.rounds.snapshot("households")
    table = build_export(snapshot, read_export_request([("round", "households")]), "vi")
    return save_all(table, tmp_path)


def save_all(table: ExportTable, folder: Path) -> dict[str, Path]:
    paths = {format_: folder / f"export.{format_}" for format_ in TABLE_FORMATS}
    for format_, path in paths.items():
        with path.open("wb") as file:
            write_table(table, format_, file)
    return paths


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_format_holds_the_same_answers(exported: dict[str, Path]) -> None:
    rows = read_csv(exported["csv"])
    codes = {"": -1, "NA": -2, "-": -3}
    answers = [codes.get(row["accountability1"]) or int(row["accountability1"]) for row in rows]
    assert {-1, -2} < set(answers)
    sav, _ = pyreadstat.read_sav(exported["sav"], user_missing=True)
    dta, _ = pyreadstat.read_dta(exported["dta"], user_missing=True)
    sheet = openpyxl.load_workbook(exported["xlsx"])["responses"]
    header, *cells = sheet.iter_rows(values_only=True)
    in_book = [row[header.index("accountability1")] for row in cells]
    tags = {-1: "a", -2: "b", -3: "c"}
    assert sav["accountability1"].tolist() == answers
    assert dta["accountability1"].tolist() == [tags.get(one, one) for one in answers]
    assert polars.read_parquet(exported["parquet"])["accountability1"].to_list() == answers
    assert in_book == [{-1: None, -2: "NA", -3: "-"}.get(one, one) for one in answers]
    assert [row["response_id"] for row in rows] == [str(n) for n in range(1, 301)]


def test_labels_and_missing_codes_are_those_of_the_questionnaire(exported: dict[str, Path]) -> None:
    sav: Any = pyreadstat.read_sav(exported["sav"], user_missing=True)[1]
    dta: Any = pyreadstat.read_dta(exported["dta"], user_missing=True)[1]
    labels = sav.variable_value_labels["accountability1"]
    assert (labels[-1], labels[-3]) == ("không trả lời", "không được hỏi")
    assert labels[5] == dta.variable_value_labels["accountability1"][5]
    assert dta.variable_value_labels["accountability1"]["b"] == "không áp dụng"
    assert [one["lo"] for one in sav.missing_ranges["q5"]] == [-1, -2, -3]
    assert dta.missing_user_values["accountability1"] == ["a", "b"]
    assert sav.column_names_to_labels["weight"].startswith("trọng số")
    assert list(sav.variable_value_labels["sex"]) == list(dta.variable_value_labels["sex"]) == [1, 2]
    assert sav.variable_measure["accountability1"] == "ordinal"


def test_several_choices_are_a_column_for_each_option(exported: dict[str, Path]) -> None:
    frame = polars.read_parquet(exported["parquet"])
    options = [name for name in frame.columns if name.startswith("q2.")]
    assert len(options) > 2
    assert set(frame[options[0]].to_list()) <= {0, 1, -1}
    dta: Any = pyreadstat.read_dta(exported["dta"], metadataonly=True)[1]
    assert "q2_press" in dta.column_names
    assert " – " in dta.column_names_to_labels["q2_press"]


def test_dates_are_dates_and_numbers_are_numbers(exported: dict[str, Path]) -> None:
    frame = polars.read_parquet(exported["parquet"])
    assert frame["date"].dtype == polars.Date
    assert frame["weight"].dtype == polars.Float64
    sav, _ = pyreadstat.read_sav(exported["sav"])
    assert sav["date"][0] == date(2026, 1, 1)
    sheet = openpyxl.load_workbook(exported["xlsx"])["responses"]
    header = [cell.value for cell in sheet[1]]
    first = sheet[2][header.index("date")]
    assert first.is_date
    assert first.value.date() == date(2026, 1, 1)


def test_texts_that_begin_like_formulas_stay_text(exported: dict[str, Path]) -> None:
    assert {row["unit_name"] for row in read_csv(exported["csv"])} == {"'=A+1", "B", "C"}
    sheet = openpyxl.load_workbook(exported["xlsx"])["responses"]
    column = [cell.value for cell in sheet[1]].index("unit_name")
    cells = [row[column] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.quotePrefix for cell in cells if cell.value == "=A+1"} == {True}


def test_each_file_says_what_was_coarsened(exported: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(exported["xlsx"])
    notes = " ".join(str(row[0]) for row in book["sipas notes"].iter_rows(values_only=True))
    _, sav = pyreadstat.read_sav(exported["sav"], metadataonly=True)
    facts = json.loads(pq.read_schema(exported["parquet"]).metadata[b"sipas"])
    assert "tên cụm" in notes
    assert "tên cụm" in " ".join(sav.notes)
    assert "clusters" in [one["code"] for one in facts["coarsened"]]
    assert facts["watermark"]["responses"] == 300


def test_villages_are_numbers_without_order_or_name(exported: dict[str, Path]) -> None:
    rows = read_csv(exported["csv"])
    assert {row["cluster"] for row in rows} == {str(n) for n in range(1, 31)}
    assert not any("Thôn" in value for row in rows for value in row.values())


def test_rows_are_in_an_order_that_their_content_alone_determines(exported: dict[str, Path]) -> None:
    frame = polars.read_parquet(exported["parquet"])
    adults = frame["adults"].to_list()  # 1, 2, 3, 4, 1, … in the order of arrival
    assert sum(one % 4 + 1 == other for one, other in pairwise(adults)) < 150
