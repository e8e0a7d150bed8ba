"""Every CSV that leaves: no cell is a formula to a spreadsheet, and none breaks a row."""

import csv
import io
import re
from pathlib import Path

import pytest

from sipas.tables import parse_table
from sipas.tables.writer import csv_bytes, inert

SOURCES = Path(__file__).parents[2]
WRITERS = re.compile(r"csv\.(writer|DictWriter)|from csv import")


@pytest.mark.parametrize(
    "text",
    [
        *("=cmd|'/c calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\ufeff=1", "＝1+1"),
        *("--", "-x", "+", "=", "@", "-1 2", "+e5"),
    ],
)
def test_a_text_that_begins_like_a_formula_is_a_text_and_comes_back(text: str) -> None:
    content = csv_bytes(["ward"], [[text]])
    ((cell,),) = list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]
    assert cell == f"'{text}"
    assert parse_table("f.csv", content).rows[0].cells["ward"] == text.strip()


@pytest.mark.parametrize("text", ["-0.5", "-1e-05", "+84912345678", "12", ".5", "-", "–", "a=b", "Nữ", ""])
def test_numbers_and_other_texts_are_as_they_are(text: str) -> None:
    assert inert(text) == text


def test_every_end_of_line_inside_a_cell_is_quoted() -> None:
    cells = ["a\rb", "c\nd", "e\r\nf", 'g"h', "i,j", "k"]
    content = csv_bytes(
        ["one", "two", "three", "four", "five", "six"], [cells, [None, 1, 0.5, "", True, "x"]]
    )
    rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    assert rows[1:] == [cells, ["", "1", "0.5", "", "True", "x"]]
    assert content.count(b"\r") == content.count(b"a\r") + content.count(b"\r\n")


def test_the_names_of_columns_are_cells_too() -> None:
    assert csv_bytes(["=1+1", "n"], []) == b"'=1+1,n\n"


def test_a_row_of_one_empty_cell_is_a_row() -> None:
    assert csv_bytes(["a"], [[""], ["x"]]) == b'a\n""\nx\n'


@pytest.mark.parametrize("folder", ["sipas", "studies"])
def test_nothing_else_writes_csv(folder: str) -> None:
    for path in (SOURCES / folder).rglob("*.py"):
        assert not WRITERS.search(path.read_text(encoding="utf-8")), path
