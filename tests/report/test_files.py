from dataclasses import replace
from pathlib import Path

import pytest

from sipas.errors import InputError, TableError
from sipas.report.files import Files, read_source
from sipas.report.indices import SELF_SELECTED, index_table
from sipas.report.request import EstimateRequest, read_request
from tests.report.conftest import SIPAS

WHOLE = EstimateRequest()


def written(tmp_path: Path, *lines: str, strata: tuple[str, ...] = (), frame: Path | None = None) -> Files:
    responses = tmp_path / "responses.csv"
    responses.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Files(responses, SIPAS / "instrument.toml", strata, frame)


def test_a_column_that_is_not_there_is_named_beside_those_that_are(sipas_files: Files) -> None:
    with pytest.raises(InputError, match=r"there is no column 'colour' .*; there are response_id, city"):
        read_source(sipas_files, read_request([("by", "colour")]))


def test_a_stratum_column_that_is_not_there_is_an_error_of_the_file(sipas_files: Files) -> None:
    with pytest.raises(TableError, match=r"responses.csv, row 1, column floor: is missing"):
        read_source(replace(sipas_files, strata=("floor",)), WHOLE)


def test_a_response_that_stands_twice_is_refused_where_it_does(tmp_path: Path) -> None:
    files = written(tmp_path, "response_id,f1q1", "a,4", "b,5", "a,3")
    with pytest.raises(TableError, match=r"responses.csv, row 4, column response_id: a stands in an earlier"):
        read_source(files, WHOLE)


def test_a_file_without_an_item_of_the_instrument_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="has no column of an item of sipas-22@1"):
        read_source(written(tmp_path, "response_id,q1", "a,4"), WHOLE)


def test_the_same_stratum_twice_in_the_frame_is_refused(tmp_path: Path) -> None:
    frame = tmp_path / "frame.csv"
    frame.write_text("unit,count\nA,10\nA,10\n")
    with pytest.raises(TableError, match=r"frame.csv, row 3: is the same as an earlier row"):
        read_source(written(tmp_path, "unit,f1q1", "A,4", strata=("unit",), frame=frame), WHOLE)


def test_a_frame_finer_than_the_strata_is_added_up(tmp_path: Path) -> None:
    frame = tmp_path / "frame.csv"
    frame.write_text("unit,floor,count\nA,1,10\nA,2,30\nB,1,60\n")
    rows = ["A,4"] * 6 + ["B,1"] * 6
    files = written(tmp_path, "unit,f1q1", *rows, strata=("unit",), frame=frame)
    request = read_request([("measure", "item:f1q1"), ("by", "unit"), ("by", "")])
    a, b, whole = index_table(request, read_source(files, request)).rows
    assert (a.population, b.population, whole.population) == (40, 60, 100)
    assert whole.estimate == pytest.approx(0.4)


def test_a_unit_of_the_frame_that_nobody_answered_for_has_a_row_without_figures(tmp_path: Path) -> None:
    frame = tmp_path / "frame.csv"
    frame.write_text("unit,count\nA,10\nB,30\n")
    files = written(tmp_path, "unit,f1q1", *["A,4"] * 6, strata=("unit",), frame=frame)
    request = read_request([("by", "unit")])
    table = index_table(request, read_source(files, request))
    assert [(row.by["unit"], row.estimate, row.n) for row in table.rows] == [("A", 1.0, 6), ("B", None, 0)]
    assert table.coverage == 0.25


def test_walk_up_answers_are_told_from_invited_ones_by_the_channel_column(tmp_path: Path) -> None:
    rows = ["kiosk,5"] * 4 + ["web,5"] * 2 + ["sms,1"] * 4
    files = written(tmp_path, "channel,f1q1", *rows)
    for channels, estimate, n in (("all", 0.6, 10), ("invited", 0.0, 4), ("walk-up", 1.0, 6)):
        request = read_request([("channels", channels), ("measure", "item:f1q1")])
        (row,) = index_table(request, read_source(files, request)).rows
        assert row.estimate == pytest.approx(estimate)
        assert row.n == n
        assert (SELF_SELECTED in row.notes) == (channels != "invited")


def test_channels_cannot_be_chosen_where_the_file_does_not_know_them(tmp_path: Path) -> None:
    request = read_request([("channels", "invited")])
    with pytest.raises(InputError, match="channels: 'invited' needs a column `channel`"):
        index_table(request, read_source(written(tmp_path, "f1q1", "4"), request))


def test_a_period_needs_a_column_of_days(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="has no column submitted_at or date, which a period needs"):
        read_source(written(tmp_path, "f1q1", "4"), read_request([("period", "2026-01..")]))


def test_a_day_that_is_none_is_an_error_of_its_row(tmp_path: Path) -> None:
    files = written(tmp_path, "date,f1q1", "2026-01-31,4", "31 January,4")
    with pytest.raises(TableError, match=r"row 3, column date: '31 January' is no date"):
        read_source(files, read_request([("period", "2026-01..")]))


def test_months_are_those_of_hanoi(tmp_path: Path) -> None:
    files = written(tmp_path, "submitted_at,f1q1", "2026-01-31T16:59:00Z,4", "2026-01-31T17:00:00Z,4")
    request = read_request([("by", "month"), ("by", "quarter"), ("by", "year")])
    rows = index_table(request, read_source(files, request)).rows
    assert [row.by for row in rows] == [
        {"month": "2026-01"}, {"month": "2026-02"}, {"quarter": "2026-Q1"}, {"year": "2026"}
    ]  # fmt: skip


def test_rows_come_in_vietnamese_order_with_missing_values_last(tmp_path: Path) -> None:
    units = ["Đống Đa", "", "Ba Đình", "Dịch Vọng", "Ô Chợ Dừa", "Chi nhánh 10", "Chi nhánh 9"]
    files = written(tmp_path, "unit,f1q1", *(f"{unit},4" for unit in units))
    request = read_request([("by", "unit")])
    found = [row.by["unit"] for row in index_table(request, read_source(files, request)).rows]
    assert found == ["Ba Đình", "Chi nhánh 9", "Chi nhánh 10", "Dịch Vọng", "Đống Đa", "Ô Chợ Dừa", None]


def test_weights_without_a_frame_are_refused(tmp_path: Path) -> None:
    request = read_request([("weights", "post-stratify")])
    with pytest.raises(InputError, match="weights: post-stratify needs a frame, and there is none"):
        index_table(request, read_source(written(tmp_path, "f1q1", "4"), request))


def test_an_index_or_a_measure_that_the_instrument_has_not_is_refused(sipas_files: Files) -> None:
    for option, message in (
        (("index", "official"), "has no index 'official'; it has pooled, equal-factors"),
        (("measure", "factor:speed"), "has no factor 'speed'; it has factor1"),
        (("measure", "item:q9"), "has no item 'q9'; it has f1q1"),
    ):
        request = read_request([option])
        with pytest.raises(InputError, match=message):
            index_table(request, read_source(sipas_files, request))


def test_a_value_that_neither_responses_nor_frame_have_is_refused(tmp_path: Path) -> None:
    frame = tmp_path / "frame.csv"
    frame.write_text("unit,count\nA,10\nB,30\n")
    files = written(tmp_path, "unit,f1q1", *["A,4"] * 6, strata=("unit",), frame=frame)
    with pytest.raises(InputError, match=r"where: no response has unit=U99; there are A, B$"):
        read_source(files, read_request([("where", "unit=U99")]))
    unanswered = read_request([("where", "unit=B")])
    assert [row.n for row in index_table(unanswered, read_source(files, unanswered)).rows] == [0]
