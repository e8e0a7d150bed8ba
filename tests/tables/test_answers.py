import unicodedata
from pathlib import Path

import pytest

from sipas.errors import TableError
from sipas.survey.intake.answer_coding import NOT_ANSWERED, NOT_APPLICABLE, NOT_ASKED
from sipas.tables import AnswerCoding, AnswerFile, AnswerTable, read_answers
from sipas.tables.answer_codes import ABSENT
from sipas.tables.cells import parse_count

CODING = AnswerCoding((1, 2, 3, 4, 5))
NFD = unicodedata.normalize("NFD", "Nữ")
RESPONSES = f"""response_id,sex,q2,q1
1,Nữ,5,1
2,,,NA
3, Nam ,-,3
4,{NFD},4, 2
"""


def read(
    tmp_path: Path, content: str = RESPONSES, items: tuple[str, ...] = ("q1", "q2", "q3")
) -> AnswerTable:
    path = tmp_path / "responses.csv"
    path.write_text(content, encoding="utf-8")
    return read_answers(path, items, CODING, AnswerFile(required=("response_id",)))


def test_answers_stand_in_instrument_order_with_a_code_for_each_kind_of_missing(tmp_path: Path) -> None:
    table = read(tmp_path)
    assert table.answers.tolist() == [[1, 5, -3], [-2, -1, -3], [3, -3, -3], [2, 4, -3]]
    assert table.asked == ("q1", "q2")


def test_the_codes_are_those_of_stored_answers() -> None:
    assert {"": NOT_ANSWERED, "NA": NOT_APPLICABLE, "-": NOT_ASKED} == ABSENT


def test_texts_that_differ_in_spaces_or_composition_alone_share_a_code(tmp_path: Path) -> None:
    sex = read(tmp_path).columns["sex"]
    assert sex.levels == ("Nữ", "Nam")
    assert sex.codes.tolist() == [0, -1, 1, 0]


def test_rows_are_taken_by_value_and_keep_their_numbers(tmp_path: Path) -> None:
    table = read(tmp_path).where("sex", NFD)
    assert table.rows.tolist() == [2, 5]
    assert table.columns["response_id"].levels == ("1", "4")
    assert table.columns["response_id"].codes.tolist() == [0, 1]
    assert table.columns["sex"].levels == ("Nữ",)
    assert table.answers.tolist() == [[1, 5, -3], [2, 4, -3]]


def test_an_empty_cell_stays_empty_in_the_rows_taken(tmp_path: Path) -> None:
    table = read(tmp_path).where("response_id", "2")
    assert table.columns["sex"].codes.tolist() == [-1]
    assert table.columns["sex"].levels == ()


@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [
        ("age", "1", "responses.csv, row 1, column age: is missing; the columns are response_id, sex"),
        ("sex", "X", "responses.csv, column sex: no row holds 'X'"),
    ],
)
def test_rows_that_cannot_be_taken_are_an_error(
    tmp_path: Path, column: str, value: str, complaint: str
) -> None:
    with pytest.raises(TableError) as caught:
        read(tmp_path).where(column, value)
    assert str(caught.value) == complaint


def test_an_answer_off_the_scale_is_named_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        read(tmp_path, "response_id,q1\n" + "1,5\n" * 500 + "2,6\n")
    assert str(caught.value) == (
        "responses.csv, row 502, column q1: '6' is no answer; "
        "an answer is one of 1, 2, 3, 4, 5, empty, NA or -. If it stands for no answer, add --missing 6"
    )


def test_a_column_is_parsed_once_a_level(tmp_path: Path) -> None:
    table = read(tmp_path, "response_id,n\n1,3\n2,\n3,4\n4,3\n", ())
    assert table.parsed("n", parse_count) == [3, 4]


def test_a_level_that_cannot_be_parsed_is_an_error_at_its_first_row(tmp_path: Path) -> None:
    table = read(tmp_path, "response_id,n\n1,3\n2,\n3,-4\n4,-4\n", ())
    with pytest.raises(TableError, match=r"row 4, column n: -4 is negative"):
        table.parsed("n", parse_count)


def test_a_column_that_no_row_may_leave_empty(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"row 3, column sex: is empty"):
        read(tmp_path).get("sex")


def test_a_file_without_items_is_read_by_column_as_well(tmp_path: Path) -> None:
    table = read(tmp_path, items=())
    assert table.answers.shape == (4, 0)
    assert table.columns["q1"].levels == ("1", "NA", "3", "2")


def test_many_batches_make_one_table(tmp_path: Path) -> None:
    rows = [f"{i},{'Nữ' if i % 3 else 'Nam'},{i % 5 + 1}" for i in range(1_001)]
    table = read(tmp_path, "\n".join(["response_id,sex,q1", *rows]))
    assert table.answers[:, 0].tolist() == [i % 5 + 1 for i in range(1_001)]
    assert [table.columns["sex"].levels[code] for code in table.columns["sex"].codes[:3]] == [
        "Nam",
        "Nữ",
        "Nữ",
    ]
    assert table.rows[-1] == 1_002
