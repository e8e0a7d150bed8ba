"""Files of responses as other programs write them: ids, items, labels, headers and sheets."""

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from sipas.errors import InputError, TableError
from sipas.report.indices.indices import index_table
from sipas.report.request import EstimateRequest, read_request
from sipas.report.sources.files import READ_AS_WRITTEN, Files, file_source
from sipas.stats.notes import (
    IDENTICAL_ROWS,
    IDS_ALIKE,
    IDS_REPEATED,
    ITEMS_WITHOUT_ANSWER,
    ITEMS_WITHOUT_COLUMN,
    UNREAD_SHEETS,
    Note,
)
from sipas.survey.instruments.answer_files import Reading
from sipas.tables import TablePlace

WHOLE = EstimateRequest()

QUESTIONS = """id = "mini"
version = 1
languages = ["vi", "en"]
title = { vi = "Khảo sát", en = "Survey" }
questions = [ { id = "overall", text = { vi = "Ông/Bà có hài lòng không?", en = "Are you satisfied?" } } ]
[scale]
points = [1, 2, 3, 4, 5]
satisfied = 4
labels.vi = ["Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"]
labels.en = ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"]
[[factors]]
id = "service"
title = { vi = "Phục vụ", en = "Service" }
items = [
  { id = "q1", text = { vi = "Thái độ?", en = "Manner?" } },
  { id = "q2", text = { vi = "Thời gian?", en = "Time?" } },
]
[[indices]]
id = "pooled"
kind = "pooled"
[[forms]]
id = "full"
steps = [{ ask = "overall" }, { ask = "service" }]
[[forms]]
id = "short"
steps = [{ ask = "overall" }, { ask = "q1" }]
"""


def mini(tmp_path: Path, *lines: str, reading: Reading = READ_AS_WRITTEN) -> Files:
    (tmp_path / "mini.toml").write_text(QUESTIONS, encoding="utf-8")
    (tmp_path / "r.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Files(tmp_path / "r.csv", tmp_path / "mini.toml", reading=reading)


def pooled(files: Files) -> float | None:
    return index_table(WHOLE, file_source(files, WHOLE)).rows[0].estimate


@pytest.mark.parametrize("name", ["Q2", "q02", "q_2", "q2_1", "service/q2", "q2. Thời gian", "q2[SQ001]"])
def test_a_column_that_looks_like_an_item_is_no_attribute(tmp_path: Path, name: str) -> None:
    lines = (f"response_id,overall,q1,{name}", "1,5,4,1", "2,5,4,2")
    with pytest.raises(TableError, match="row 1: there is no column for item q2, and column") as caught:
        file_source(mini(tmp_path, *lines), WHOLE)
    assert f"q2={name}" in str(caught.value)
    assert pooled(mini(tmp_path, *lines, reading=Reading(rename={"q2": name}))) == 0.5
    assert pooled(mini(tmp_path, *lines, reading=Reading(without=("q2",)))) == 1.0


def test_an_item_that_the_form_does_not_ask_needs_no_column(tmp_path: Path) -> None:
    assert pooled(mini(tmp_path, "response_id,form,overall,q1,Q2", "1,short,5,4,x", "2,short,5,1,y")) == 0.5


def test_what_is_declared_as_not_asked_must_be_an_item_without_a_column(tmp_path: Path) -> None:
    lines = ("response_id,overall,q1", "1,5,4")
    for item, complaint in (("q3", "--without q3: there is no such item"), ("q1", "has a column q1")):
        with pytest.raises(InputError, match=complaint):
            file_source(mini(tmp_path, *lines, reading=Reading(without=(item,))), WHOLE)


def test_a_column_that_looks_like_the_answer_channel_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="column Channel: looks like the column channel; add --map channel="):
        file_source(mini(tmp_path, "Channel,overall,q1,q2", "kiosk,5,4,4"), WHOLE)


@pytest.mark.parametrize(
    "name",
    [
        *("ResponseId", "Response ID", "id", "Mã phiếu", "_uuid", "_id"),
        *("KEY", "interview__id", "caseid", "respid", "id. Response ID"),
    ],
)
def test_a_response_that_stands_twice_is_refused_under_every_name_of_its_id(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(TableError, match=f"row 4, column {name}: a stands in row 2 too; keep one of them"):
        file_source(mini(tmp_path, f"{name},overall,q1,q2", "a,5,4,4", "b,5,4,4", "a,5,4,4"), WHOLE)


def notes_of(files: Files) -> list[Note]:
    return list(file_source(files, WHOLE).notes)


def test_ids_that_differ_in_zeros_alone_are_named(tmp_path: Path) -> None:
    rows = [f"{id_},{5 if place % 2 else 4},4,4" for place, id_ in enumerate(("4", "04", "4.0", "5", "60.0"))]
    assert notes_of(mini(tmp_path, "response_id,overall,q1,q2", *rows)) == [
        IDS_ALIKE(n=2, column="response_id", names=("04", "4.0"))
    ]


@pytest.mark.parametrize("name", ["visit_id", "Khóa key", "STT"])
def test_repeated_values_of_a_column_that_may_name_responses_are_counted(tmp_path: Path, name: str) -> None:
    rows = [f"{id_},U,5,4,{1 + place % 5}" for place, id_ in enumerate("abcdefgha")]
    assert notes_of(mini(tmp_path, f"{name},unit_id,overall,q1,q2", *rows)) == [
        IDS_REPEATED(n=1, column=name)
    ]


def test_rows_without_an_id_that_are_the_same_are_counted(tmp_path: Path) -> None:
    files = mini(tmp_path, "response_id,overall,q1,q2", "a,5,4,4", ",5,4,4", ",5,4,4", ",5,4,3")
    assert notes_of(files) == [IDENTICAL_ROWS(n=1)]


def test_sheets_with_data_that_are_not_read_are_named(tmp_path: Path) -> None:
    files = mini(tmp_path, "response_id,overall,q1,q2", "a,5,4,4")
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("Quý 2"), book.create_sheet("Trống")):
        assert sheet is not None
        for row in (("response_id", "overall", "q1", "q2"), (sheet.title, 5, 4, 4)):
            if sheet.title != "Trống":
                sheet.append(row)
    book.save(tmp_path / "r.xlsx")
    both = replace(files, responses=tmp_path / "r.xlsx")
    assert notes_of(both) == [UNREAD_SHEETS(file="r.xlsx", names=("Quý 2",))]
    assert notes_of(replace(both, reading=Reading(place=TablePlace("Quý 2")))) == []


def test_an_id_that_the_request_uses_as_a_column_does_not_name_responses(tmp_path: Path) -> None:
    files = mini(tmp_path, "id,overall,q1,q2", "a,5,4,4", "b,5,4,4", "a,5,4,4")
    request = read_request([("by", "id")])
    assert [row.n for row in index_table(request, file_source(files, request)).rows] == [2, 1]


def test_labels_of_the_scale_in_every_language_are_answers(tmp_path: Path) -> None:
    rows = ("1,RẤT HÀI LÒNG,Hài  lòng,5 - Rất hài lòng", "2,Very satisfied,neutral,A2", "3,5.0,4.0,nan")
    source = file_source(mini(tmp_path, "response_id,overall,q1,q2", *rows), WHOLE)
    (row,) = index_table(WHOLE, source).rows
    assert row.estimate == pytest.approx(3 / 5)


def test_the_question_below_or_above_its_name_is_no_response(tmp_path: Path) -> None:
    names, texts = "response_id,overall,q1,q2", "ID,<b>Ông/Bà có hài lòng không?</b>,Thái độ?,Thời gian?"
    ids = '"{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}",""'
    for header in ((names, texts), (names, texts, ids), (texts, names), (names, ids)):
        source = file_source(mini(tmp_path, *header, "1,5,4,1", "2,5,4,2"), WHOLE)
        assert index_table(WHOLE, source).header.responses == 2


def test_the_renamings_of_responses_hold_for_the_frame_that_needs_them(tmp_path: Path) -> None:
    (tmp_path / "frame.csv").write_text("district,count\nA,10\nB,30\n")
    files = mini(
        tmp_path, "district,overall,q1,q2", "A,5,4,4", "B,1,1,1", reading=Reading({"unit": "district"})
    )
    framed = replace(files, strata=("unit",), frame=tmp_path / "frame.csv")
    assert pooled(framed) == pytest.approx(0.25)


def test_items_that_a_file_lacks_stand_beside_every_figure_of_theirs(tmp_path: Path) -> None:
    files = mini(tmp_path, "response_id,overall,q1,ward", "1,5,4,A", "2,5,1,B")
    request = read_request([("measure", "all")])
    found = {row.measure: row.notes for row in index_table(request, file_source(files, request)).rows}
    note = ITEMS_WITHOUT_COLUMN(items=1, names=("q2",), others=("ward",))
    having = {measure for measure, notes in found.items() if note in notes}
    assert having == {"overall:pooled", "factor:service", "item:q2"}
    declared = replace(files, reading=Reading(without=("q2",)))
    (row,) = index_table(WHOLE, file_source(declared, WHOLE)).rows
    assert note not in row.notes


def test_items_whose_column_is_empty_stand_beside_every_figure_of_theirs(tmp_path: Path) -> None:
    files = mini(tmp_path, "response_id,overall,q1,q2", "1,5,4,", "2,5,1,NA")
    note = ITEMS_WITHOUT_ANSWER(items=1, names=("q2",))
    (row,) = index_table(WHOLE, file_source(files, WHOLE)).rows
    assert note in row.notes
    said_why = mini(tmp_path, "response_id,overall,q1,q2", "1,5,4,-", "2,5,1,NA")
    (row,) = index_table(WHOLE, file_source(said_why, WHOLE)).rows
    assert note not in row.notes


def test_rows_that_are_the_same_in_every_cell_are_counted_where_no_column_names_responses(
    tmp_path: Path,
) -> None:
    files = mini(tmp_path, "ward,overall,q1,q2", "A,5,4,4", "A,5,4,4", "A,5,4,3", "B,5,4,4", "A,5,4,4")
    assert IDENTICAL_ROWS(n=2) in index_table(WHOLE, file_source(files, WHOLE)).header.notes
