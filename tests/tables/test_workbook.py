import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from sipas.errors import TableError
from sipas.tables import AnswerCoding, TablePlace, read_answers, read_table
from sipas.tables.records import FIRST_SHEET, unread_sheets

HALF_PAST_EIGHT = datetime(2025, 7, 1, 8, 30)  # noqa: DTZ001 - a cell has no zone


def save(tmp_path: Path, rows: list[list[object]], **formats: str) -> Path:
    """`formats`: number formats of cells, such as A2="00000"."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    for cell, number_format in formats.items():
        book.active[cell].number_format = number_format
    path = tmp_path / "units.xlsx"
    book.save(path)
    return path


def as_excel_saves(path: Path, calculated: dict[str, str]) -> None:
    """`calculated`: cells of the sheet's XML as openpyxl writes them, and with the values of formulas.

    Where it finds lxml, empty values have two tags.
    """
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace("<v />", "<v></v>")
    for before, after in calculated.items():
        assert before in parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(before, after)
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def test_a_workbook_reads_as_its_csv_would(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["code", "name", "valid_from", "at", "share", "whole", "complete", "note"],
        ["00070", " Hoàn Kiếm ", date(2025, 7, 1), HALF_PAST_EIGHT, 0.25, 12.0, True, None],
    ]
    assert read_table(save(tmp_path, rows)).rows[0].cells == {
        "code": "00070",
        "name": "Hoàn Kiếm",
        "valid_from": "2025-07-01",
        "at": "2025-07-01T08:30:00",
        "share": "0.25",
        "whole": "12",
        "complete": "true",
        "note": "",
    }


def test_a_code_shown_with_zeros_in_front_has_them(tmp_path: Path) -> None:
    path = save(tmp_path, [["code", "n"], [70, 70]], A2="00000")
    assert read_table(path).rows[0].cells == {"code": "00070", "n": "70"}


def test_formatting_beyond_the_columns_is_no_column(tmp_path: Path) -> None:
    path = save(tmp_path, [["code", "name", None], [1, "một", None], [2, None, ""]], D2="0.00")
    table = read_table(path)
    assert table.header == ("code", "name")
    assert [list(row.cells.values()) for row in table.rows] == [["1", "một"], ["2", ""]]


def test_rows_keep_the_numbers_that_the_sheet_shows(tmp_path: Path) -> None:
    path = save(tmp_path, [["code"], [None], [None], ["4"]])
    assert [row.number for row in read_table(path).rows] == [4]


def test_an_error_in_a_cell_is_named_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"units.xlsx, row 3, column B: the cell shows #REF!"):
        read_table(save(tmp_path, [["code", "name"], ["1", "a"], ["2", "#REF!"]]))


def test_a_formula_that_no_program_has_calculated_is_not_read_as_empty(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"row 2, column B: the cell holds .* read it again$"):
        read_table(save(tmp_path, [["code", "q1"], ["2", "=2+3"]]), required=("code",))


def test_a_formula_that_was_calculated_gives_its_value_even_where_that_is_empty(tmp_path: Path) -> None:
    path = save(tmp_path, [["code", "q1", "q2"], [1, "=2+3", "=T(1)"]])
    as_excel_saves(
        path,
        {
            '<c r="B2"><f>2+3</f><v></v>': '<c r="B2"><f>2+3</f><v>5</v>',
            '<c r="C2"><f>T(1)</f><v></v>': '<c r="C2" t="str"><f>T(1)</f><v></v>',
        },
    )
    assert read_table(path).rows[0].cells == {"code": "1", "q1": "5", "q2": ""}


def test_cells_to_the_right_of_the_header_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"units.xlsx, row 2: has 2 cells where the header has 1"):
        read_table(save(tmp_path, [["code"], ["1", "stray"]]))


def test_an_empty_sheet_is_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"units.xlsx: is empty"):
        read_table(save(tmp_path, []))


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "units.xlsx"
    path.write_bytes(b"PK\x03\x04 and then nothing of the kind")
    with pytest.raises(TableError, match=r"units.xlsx: is not an XLSX workbook that can be read"):
        read_table(path)


def test_responses_are_read_from_a_workbook_too(tmp_path: Path) -> None:
    path = save(tmp_path, [["response_id", "q1", "q2"], [1, 5, None], [2, "NA", "-"]])
    table = read_answers(path, ["q1", "q2"], AnswerCoding((1, 2, 3, 4, 5)))
    assert table.answers.tolist() == [[5, -1], [-2, -3]]
    assert table.columns["response_id"].levels == ("1", "2")


def test_a_title_above_the_header_can_be_passed_over(tmp_path: Path) -> None:
    path = save(tmp_path, [["Báo cáo quý 3"], [None], ["code", "name"], ["1", "a"]])
    with pytest.raises(TableError, match=r"the header seems to be row 3: add --skip-rows 2"):
        read_table(path, required=("code", "name"))
    table = read_table(path, required=("code", "name"), place=TablePlace(skip_rows=2))
    assert (table.header_row, [row.number for row in table.rows]) == (3, [4])


def test_another_sheet_is_read_by_its_name(tmp_path: Path) -> None:
    path, book = tmp_path / "units.xlsx", openpyxl.Workbook()
    book.active.append(["Hướng dẫn"])
    book.create_sheet("Dữ liệu").append(["code"])
    book["Dữ liệu"].append(["1"])
    book.save(path)
    assert len(read_table(path, required=("code",), place=TablePlace("Dữ liệu")).rows) == 1
    with pytest.raises(TableError, match='the header seems to be row 1: add --sheet "Dữ liệu"'):
        read_table(path, required=("code",))
    with pytest.raises(TableError, match="the sheets are Sheet, Dữ liệu: --sheet NAME reads another"):
        read_table(path, required=("name",))
    with pytest.raises(TableError, match="has no sheet 'Data'; its sheets are Sheet, Dữ liệu"):
        read_table(path, place=TablePlace("Data"))


def test_sheets_that_hold_a_header_and_rows_are_found_beside_the_first(tmp_path: Path) -> None:
    path = save(tmp_path, [["code"], [1]])
    book = openpyxl.load_workbook(path)
    for title, rows in (
        ("Quý 2", [["code"], [None], [2]]),
        ("Ghi chú", [["Nguồn: Sở Nội vụ"]]),
        ("Trống", []),
    ):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    assert unread_sheets(path, FIRST_SHEET) == ("Quý 2",)
    assert unread_sheets(path, TablePlace("Quý 2")) == ()
