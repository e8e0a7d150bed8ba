"""CSV as spreadsheets and people really write it."""

import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sipas.errors import TableError
from sipas.tables import TablePlace, read_table
from sipas.tables.cells import parse_count, parse_day

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: str | bytes) -> Path:
        path = tmp_path / "units.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def cells(path: Path) -> list[list[str]]:
    return [list(row.cells.values()) for row in read_table(path).rows]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("mark", ["", "\N{ZERO WIDTH NO-BREAK SPACE}"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_byte_order_marks_and_line_ends_make_no_difference(
    write: Write, separator: str, mark: str, end: str
) -> None:
    lines = [["code", "name"], ["00070", "Phường Hoàn Kiếm"], ["00004", "Phường Ba Đình"]]
    table = read_table(write(mark + end.join(separator.join(line) for line in lines) + end))
    assert table.header == ("code", "name")
    assert [list(row.cells.values()) for row in table.rows] == lines[1:]


def test_a_declared_separator_that_the_header_does_not_hold_is_not_taken(write: Write) -> None:
    assert cells(write("sep=,\ncode;name\n1;Đ\n")) == [["1", "Đ"]]
    assert cells(write("sep=;\ncode\n1\n")) == [["1"]]


def test_a_separator_stands_in_the_rows_too(write: Write) -> None:
    assert cells(write("code;manner, tone;time, fee, result\n1;5;4\n")) == [["1", "5", "4"]]


def test_quotes_hold_separators_quotes_and_line_breaks(write: Write) -> None:
    path = write('code,name\n1,"Sở ""Nội vụ"", Hà Nội"\n2,"một\nhai"\n3,ba\n')
    assert cells(path) == [["1", 'Sở "Nội vụ", Hà Nội'], ["2", "một\nhai"], ["3", "ba"]]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(write: Write) -> None:
    table = read_table(write('code,name\n1,"một\nhai"\n\n,\n3,ba\n'))
    assert [row.number for row in table.rows] == [2, 5]


def test_a_code_kept_as_text_by_a_formula_is_that_text(write: Write) -> None:
    assert cells(write('code;name\n="00070";Hoàn Kiếm\n"=""00004""";Ba Đình\n')) == [
        ["00070", "Hoàn Kiếm"],
        ["00004", "Ba Đình"],
    ]


def test_cells_and_headers_are_trimmed_and_composed(write: Write) -> None:
    decomposed = unicodedata.normalize("NFD", " Phường Ễ ")
    table = read_table(write(f"code,{unicodedata.normalize('NFD', 'tên')}\n 1 ,{decomposed}\n"))
    assert table.header == ("code", "tên")
    assert table.rows[0].cells == {"code": "1", "tên": "Phường Ễ"}


def test_columns_are_renamed(write: Write) -> None:
    table = read_table(write("district,n\nCD1,3\n"), ["unit"], {"unit": "district"})
    assert table.rows[0].cells == {"unit": "CD1", "n": "3"}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "units.csv: is empty; its first row must name the columns"),
        ("code,name\n", "units.csv: has a header and no rows"),
        ("code,name\n\n,\n", "units.csv: has a header and no rows"),
        ("code,name,code\n1,2,3\n", "units.csv, row 1, column code: stands twice in the header; rename one"),
        ("code,,name\n1,2,3\n", "units.csv, row 1: column 2 has no name"),
        ("kode,name\n1,2\n", "units.csv, row 1, column code: is missing; the columns are kode, name"),
        ("code,name\n1,2\n3\n", "units.csv, row 3, column name: has 1 cells where the header has 2"),
        ("code,name\n1,2\n3,4,5\n", "units.csv, row 3: has 3 cells where the header has 2"),
        ('code,name\n1,2\n3,"four\n5,6\n', "units.csv, row 3: unexpected end of data; is a quote opened"),
        (
            "code,name\n1,2\n3,\0\n",
            "units.csv, row 3: byte 17 is NUL, so this is no text; save the file as CSV",
        ),
        (
            b"code,name\n1,2\n3,\xc3\x28\n",
            "units.csv, row 3: byte 17 is not UTF-8; save the file as CSV UTF-8",
        ),
        ("code,name\n1,Đ\n".encode("utf-16"), "units.csv: is UTF-16, not UTF-8; save the file as CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0rest", "units.csv: is an old .xls workbook; save it as XLSX or as CSV UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(
    write: Write, content: str | bytes, complaint: str
) -> None:
    with pytest.raises(TableError) as caught:
        read_table(write(content), required=("code", "name"))
    assert str(caught.value).startswith(complaint)


def test_bytes_that_are_not_utf8_are_found_far_into_a_file(write: Write) -> None:
    content = b"code,name\n" + b"1,one\n" * 20_000 + b"2,t\xeau\n"
    with pytest.raises(TableError, match=r"row 20002: byte 120014 is not UTF-8"):
        read_table(write(content))


def test_a_column_to_rename_must_be_there(write: Write) -> None:
    with pytest.raises(TableError, match=r"row 1, column quan: is missing; unit was to be taken from it"):
        read_table(write("district,n\nCD1,3\n"), rename={"unit": "quan"})


def test_a_column_to_rename_must_not_meet_its_new_name(write: Write) -> None:
    with pytest.raises(
        TableError, match=r"row 1, column unit: the file has a column unit of its own, so distr"
    ):
        read_table(write("district,unit\nCD1,U1\n"), rename={"unit": "district"})


def test_columns_may_change_places(write: Write) -> None:
    table = read_table(write("a,b\n1,2\n"), rename={"a": "b", "b": "a"})
    assert table.rows[0].cells == {"b": "1", "a": "2"}


def test_a_row_says_what_is_wrong_with_a_cell(write: Write) -> None:
    row = read_table(write("code,count,from\n,-3,30/02/2025\n")).rows[0]
    with pytest.raises(TableError, match=r"units.csv, row 2, column code: is empty"):
        row.get("code")
    with pytest.raises(TableError, match=r"row 2, column count: -3 is negative; a count is 0 or more"):
        row.get_as("count", parse_count)
    with pytest.raises(
        TableError, match=r"row 2, column from: '30/02/2025' is no date; write it as 2025-07-01"
    ):
        row.find_as("from", parse_day)


def test_a_row_gives_what_its_cells_stand_for(write: Write) -> None:
    row = read_table(write("code,count,from,to\n1,12,01/07/2025,\n")).rows[0]
    assert row.get_as("count", parse_count) == 12
    assert row.find_as("from", parse_day) == date(2025, 7, 1)
    assert row.find_as("to", parse_day) is None
    assert row.find("no such column") is None


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_first_line_that_declares_the_separator_is_no_header(write: Write, separator: str) -> None:
    table = read_table(write(f"\ufeffsep={separator}\ncode{separator}name\n1{separator}Đ\n"))
    assert table.header == ("code", "name")
    assert (table.header_row, table.rows[0].number) == (2, 3)


def test_a_sheet_of_a_file_that_has_none_is_refused(write: Write) -> None:
    with pytest.raises(TableError, match="is no workbook, so it has no sheet 'A'"):
        read_table(write("code\n1\n"), place=TablePlace("A"))


def test_a_column_in_other_capitals_than_the_one_needed_is_named(write: Write) -> None:
    with pytest.raises(
        TableError, match=r"column unit: is missing; .* Unit looks like it: .* --map unit=Unit"
    ):
        read_table(write("Unit,count\nA,1\n"), required=("unit", "count"))


def test_skipping_too_many_rows_is_told_as_that(write: Write) -> None:
    with pytest.raises(TableError, match=r"the header seems to be row 1: leave --skip-rows out$"):
        read_table(write("unit,count\nA,1\nB,2\n"), required=("unit",), place=TablePlace(skip_rows=2))
