from dataclasses import replace
from pathlib import Path

import msgspec
import openpyxl
import pytest

from sipas.errors import InputError, StatisticsError, TableError
from sipas.report.indices.index_table import IndexRow, IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.margins import read_margins
from sipas.report.request import EstimateRequest, read_request
from sipas.report.sources.files import READ_AS_WRITTEN, Files, file_source
from sipas.stats.notes import (
    FRAME_PERCENT,
    IDENTICAL_ROWS,
    IDS_ALIKE,
    IDS_REPEATED,
    ITEMS_WITHOUT_ANSWER,
    ITEMS_WITHOUT_COLUMN,
    MARGINS_RESCALED,
    RELATIVE_WEIGHTS,
    SELF_SELECTED,
    UNREAD_SHEETS,
    Note,
)
from sipas.survey.instruments.answer_files import Reading
from sipas.tables import TablePlace
from tests.report.conftest import SIPAS

WHOLE = EstimateRequest()


def written(tmp_path: Path, *lines: str, strata: tuple[str, ...] = (), frame: Path | None = None) -> Files:
    responses = tmp_path / "responses.csv"
    responses.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Files(responses, SIPAS / "instrument.toml", strata, frame)


def test_a_column_that_is_not_there_is_named_beside_those_that_are(sipas_files: Files) -> None:
    with pytest.raises(
        InputError, match=r"there is no column 'colour' .*; the columns are response_id, city"
    ):
        file_source(sipas_files, read_request([("by", "colour")]))


def test_a_stratum_column_that_is_not_there_is_an_error_of_the_file(sipas_files: Files) -> None:
    with pytest.raises(TableError, match=r"responses.csv, row 1, column floor: is missing"):
        file_source(replace(sipas_files, strata=("floor",)), WHOLE)


def test_a_response_that_stands_twice_is_refused_where_it_does(tmp_path: Path) -> None:
    files = written(tmp_path, "response_id,f1q1", "a,4", "b,5", "a,3")
    with pytest.raises(TableError, match=r"responses.csv, row 4, column response_id: a stands in row 2 too"):
        file_source(files, WHOLE)


def test_a_file_without_an_item_of_the_instrument_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        TableError,
        match=r"row 1: has no column of an item; .* the columns response_id, q1",
    ):
        file_source(written(tmp_path, "response_id,q1", "a,4"), WHOLE)


def test_the_same_stratum_twice_in_the_frame_is_refused(tmp_path: Path) -> None:
    frame = tmp_path / "frame.csv"
    frame.write_text("unit,count\nA,10\nA,10\n")
    with pytest.raises(TableError, match=r"frame.csv, row 3: is the same as an earlier row"):
        file_source(written(tmp_path, "unit,f1q1", "A,4", strata=("unit",), frame=frame), WHOLE)


def test_a_frame_finer_than_the_strata_is_added_up(tmp_path: Path) -> None:
    frame = tmp_path / "frame.csv"
    frame.write_text("unit,floor,count\nA,1,10\nA,2,30\nB,1,60\n")
    rows = ["A,4"] * 6 + ["B,1"] * 6
    files = written(tmp_path, "unit,f1q1", *rows, strata=("unit",), frame=frame)
    request = read_request([("measure", "item:f1q1"), ("by", "unit"), ("by", "")])
    a, b, whole = index_table(request, file_source(files, request)).rows
    assert (a.population, b.population, whole.population) == (40, 60, 100)
    assert whole.estimate == pytest.approx(0.4)


def framed(tmp_path: Path, *counts: int) -> Files:
    """Ten answers of each unit, and a frame of these counts."""
    frame = tmp_path / "frame.csv"
    units = dict(zip("ABCD", counts, strict=True))
    frame.write_text("unit,count\n" + "".join(f"{unit},{count}\n" for unit, count in units.items()))
    rows = [f"{unit}-{n},{unit},{5 if n < 7 else 1}" for unit in units for n in range(10)]
    return written(tmp_path, "response_id,unit,f1q1", *rows, strata=("unit",), frame=frame)


@pytest.mark.parametrize("counts", [(24, 12, 54, 10), (23, 12, 54, 10), (24, 13, 54, 10)])
def test_a_frame_of_percentages_needs_review(tmp_path: Path, counts: tuple[int, ...]) -> None:
    request = read_request([("by", ""), ("by", "unit")])
    for row in index_table(request, file_source(framed(tmp_path, *counts), request)).rows:
        assert FRAME_PERCENT in row.notes
        assert not row.reliable
    (row,) = index_table(WHOLE, file_source(framed(tmp_path, 240, 120, 540, 100), WHOLE)).rows
    assert FRAME_PERCENT not in row.notes


def test_raising_percentages_to_the_responses_is_not_advised(tmp_path: Path) -> None:
    with pytest.raises(StatisticsError, match="add up to 100, as percentages do") as caught:
        index_table(WHOLE, file_source(framed(tmp_path, 24, 12, 60, 4), WHOLE))
    assert "raised" not in str(caught.value)


@pytest.mark.parametrize("asked", [("by", "year"), ("where", "year=2025")])
def test_years_that_the_frame_tells_apart_must_be_strata(tmp_path: Path, asked: tuple[str, str]) -> None:
    """Weights by unit alone would give both years the same mix of transactions."""
    frame = tmp_path / "frame.csv"
    frame.write_text("unit,year,count\nA,2024,10\nA,2025,30\n")
    rows = ["A,2024,4"] * 6 + ["A,2025,1"] * 6
    files = written(tmp_path, "unit,year,f1q1", *rows, strata=("unit",), frame=frame)
    with pytest.raises(TableError, match=r"frame.csv, column year: divides strata, .* add it to --strata"):
        file_source(files, read_request([asked]))
    apart = replace(files, strata=("unit", "year"))
    by_year = read_request([("by", "year"), ("measure", "item:f1q1")])
    table = index_table(by_year, file_source(apart, by_year))
    assert [row.estimate for row in table.rows] == [1.0, 0.0]


def test_a_unit_of_the_frame_that_nobody_answered_for_has_a_row_without_figures(tmp_path: Path) -> None:
    frame = tmp_path / "frame.csv"
    frame.write_text("unit,count\nA,10\nB,30\n")
    files = written(tmp_path, "unit,f1q1", *["A,4"] * 6, strata=("unit",), frame=frame)
    request = read_request([("by", "unit")])
    table = index_table(request, file_source(files, request))
    assert [(row.by["unit"], row.estimate, row.n) for row in table.rows] == [("A", 1.0, 6), ("B", None, 0)]
    assert table.header.coverage == 0.25


def test_walk_up_answers_are_told_from_invited_ones_by_the_channel_column(tmp_path: Path) -> None:
    rows = ["kiosk,5"] * 4 + ["web,5"] * 2 + ["sms,1"] * 4
    files = written(tmp_path, "channel,f1q1", *rows)
    for channels, estimate, n in (("all", 0.6, 10), ("invited", 0.0, 4), ("walk-up", 1.0, 6)):
        request = read_request([("channels", channels), ("measure", "item:f1q1")])
        (row,) = index_table(request, file_source(files, request)).rows
        assert row.estimate == pytest.approx(estimate)
        assert row.n == n
        assert (SELF_SELECTED in row.notes) == (channels != "invited")


def test_channels_cannot_be_chosen_where_the_file_does_not_know_them(tmp_path: Path) -> None:
    request = read_request([("channels", "invited")])
    with pytest.raises(InputError, match="channels: 'invited' needs a column `channel`"):
        index_table(request, file_source(written(tmp_path, "f1q1", "4"), request))


def test_flagged_answers_count_unless_they_are_left_out(tmp_path: Path) -> None:
    files = written(tmp_path, "flagged,f1q1", "fast,5", "true,5", ",1", "false,1", "no,1", "0,1")
    for flagged, n in (("include", 6), ("exclude", 4)):
        request = read_request([("flagged", flagged), ("measure", "item:f1q1")])
        table = index_table(request, file_source(files, request))
        assert (table.rows[0].n, table.header.flagged, table.header.responses) == (n, flagged, n)
    request = read_request([("flagged", "exclude")])
    with pytest.raises(InputError, match="there is no column 'flagged'"):
        file_source(written(tmp_path, "f1q1", "4"), request)


def test_a_period_needs_a_column_of_days(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="has no column submitted_at or date, which a period needs"):
        file_source(written(tmp_path, "f1q1", "4"), read_request([("period", "2026-01..")]))


def test_a_day_that_is_none_is_an_error_of_its_row(tmp_path: Path) -> None:
    files = written(tmp_path, "date,f1q1", "2026-01-31,4", "31 January,4")
    with pytest.raises(TableError, match=r"row 3, column date: '31 January' is no date"):
        file_source(files, read_request([("period", "2026-01..")]))


def test_months_are_those_of_hanoi(tmp_path: Path) -> None:
    files = written(tmp_path, "submitted_at,f1q1", "2026-01-31T16:59:00Z,4", "2026-01-31T17:00:00Z,4")
    request = read_request([("by", "month"), ("by", "quarter"), ("by", "year")])
    rows = index_table(request, file_source(files, request)).rows
    assert [row.by for row in rows] == [
        {"month": "2026-01"}, {"month": "2026-02"}, {"quarter": "2026-Q1"}, {"year": "2026"}
    ]  # fmt: skip


def test_rows_come_in_vietnamese_order_with_missing_values_last(tmp_path: Path) -> None:
    units = ["Đống Đa", "", "Ba Đình", "Dịch Vọng", "Ô Chợ Dừa", "Chi nhánh 10", "Chi nhánh 9"]
    files = written(tmp_path, "unit,f1q1", *(f"{unit},4" for unit in units))
    request = read_request([("by", "unit")])
    found = [row.by["unit"] for row in index_table(request, file_source(files, request)).rows]
    assert found == ["Ba Đình", "Chi nhánh 9", "Chi nhánh 10", "Dịch Vọng", "Đống Đa", "Ô Chợ Dừa", None]


def test_weights_without_a_frame_are_refused(tmp_path: Path) -> None:
    request = read_request([("weights", "post-stratify")])
    with pytest.raises(InputError, match="weights: post-stratify needs a frame, and there is none"):
        index_table(request, file_source(written(tmp_path, "f1q1", "4"), request))


def test_an_index_or_a_measure_that_the_instrument_has_not_is_refused(sipas_files: Files) -> None:
    for option, message in (
        (("index", "official"), "has no index 'official'; its indices are pooled, equal-factors"),
        (("measure", "factor:speed"), "has no factor 'speed'; it has factor1"),
        (("measure", "item:q9"), "has no item 'q9'; it has f1q1"),
    ):
        request = read_request([option])
        with pytest.raises(InputError, match=message):
            index_table(request, file_source(sipas_files, request))


def test_a_value_that_neither_responses_nor_frame_have_is_refused(tmp_path: Path) -> None:
    frame = tmp_path / "frame.csv"
    frame.write_text("unit,count\nA,10\nB,30\n")
    files = written(tmp_path, "unit,f1q1", *["A,4"] * 6, strata=("unit",), frame=frame)
    with pytest.raises(InputError, match=r"where: no response has unit=U99; there are A, B$"):
        file_source(files, read_request([("where", "unit=U99")]))
    unanswered = read_request([("where", "unit=B")])
    assert [row.n for row in index_table(unanswered, file_source(files, unanswered)).rows] == [0]


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


@pytest.mark.parametrize(
    "counts", ["0.36,0.64,0.5,0.5", "36,64,50,50", "36,64,49.95,50", "0.3333,0.6667,0.5,0.5"]
)
def test_shares_and_percentages_are_no_counts(tmp_path: Path, counts: str) -> None:
    row, table = raked(tmp_path, counts)
    assert (row.population, row.deff) == (None, None)
    assert RELATIVE_WEIGHTS in row.notes
    assert (MARGINS_RESCALED(names=("sex",)) in table.header.weights.notes) == ("49.95" in counts)


def test_shares_of_a_frame_stand_for_its_transactions(tmp_path: Path) -> None:
    (tmp_path / "frame.csv").write_text("unit,count\nA,100\nB,300\n")
    row, _ = raked(tmp_path, "0.36,0.64,0.5,0.5", frame=tmp_path / "frame.csv")
    assert row.population == 400
    assert RELATIVE_WEIGHTS not in row.notes


def test_counts_that_differ_by_rounding_are_brought_in_line_and_others_refused(tmp_path: Path) -> None:
    row, table = raked(tmp_path, "3600,6400,5000,5002")
    assert row.population == 10000
    assert MARGINS_RESCALED(names=("sex",)) in table.header.weights.notes
    with pytest.raises(TableError, match="the margins do not agree in their totals"):
        raked(tmp_path, "180,320,250,251")


@pytest.mark.parametrize("weights", [("800", "3.200"), ("150", '"1,200"')])
def test_weights_that_may_be_thousands_are_refused(tmp_path: Path, weights: tuple[str, str]) -> None:
    rows = [f"{place},{weight},4" for place, weight in enumerate(weights)]
    request = read_request([("weight-column", "w")])
    with pytest.raises(TableError, match=r"row 3, column w: .* may be [13]200 or a decimal number"):
        file_source(written(tmp_path, "response_id,w,f1q1", *rows), request)


@pytest.mark.parametrize("weights", [("2", "1.125"), ("150", "3.200", "0.5")])
def test_weights_with_three_decimals_are_read(tmp_path: Path, weights: tuple[str, ...]) -> None:
    rows = [f"{place},{weight},4" for place, weight in enumerate(weights)]
    request = read_request([("weight-column", "w")])
    assert file_source(written(tmp_path, "response_id,w,f1q1", *rows), request).cells.n.sum() == len(weights)


def raked(tmp_path: Path, counts: str, frame: Path | None = None) -> tuple[IndexRow, IndexTable]:
    """Answers by unit A, B and sex F, M, raked to counts in this order."""
    rows = [f"{i},{'AB'[i % 2]},{'FM'[i // 2 % 2]},{4 if i % 3 else 1}" for i in range(24)]
    files = written(tmp_path, "response_id,unit,sex,f1q1", *rows, frame=frame)
    lines = zip(("unit,A", "unit,B", "sex,F", "sex,M"), counts.split(","), strict=True)
    (tmp_path / "m.csv").write_text("margin,level,count\n" + "".join(f"{a},{b}\n" for a, b in lines))
    request = msgspec.structs.replace(WHOLE, weights="rake", margins=read_margins(tmp_path / "m.csv"))
    table = index_table(request, file_source(replace(files, strata=("unit",)), request))
    return table.rows[0], table
