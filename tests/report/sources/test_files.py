"""Files as sources: columns, frames, periods, margins and weights."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from sipas.errors import InputError, StatisticsError, TableError
from sipas.report.indices.index_table import IndexRow, IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.margins import read_margins
from sipas.report.request import EstimateRequest, read_request
from sipas.report.sources.files import Files, file_source
from sipas.stats.notes import (
    FRAME_PERCENT,
    MARGINS_RESCALED,
    RELATIVE_WEIGHTS,
    SELF_SELECTED,
)
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
        (("measure", "item:q9"), "has no item 'q9' to estimate; it has f1q1"),
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
