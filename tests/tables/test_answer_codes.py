import pytest

from sipas.errors import InputError
from sipas.tables import AnswerCoding, missing_codes
from sipas.tables.answer_codes import AnswerCodes, OffScaleError

LABELS = {"rất không hài lòng": 1, "không hài lòng": 2, "rất hài lòng": 5}
CODING = AnswerCoding((1, 2, 3, 4, 5), LABELS, missing_codes(['99,-9,"Không biết"', "Từ chối"]))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("5", 5), ("5.0", 5), ("4,00", 4), (" 3 ", 3), ("A5", 5), ("a01", 1), ("AO02", 2)),
        *(("Rất hài lòng", 5), ("RẤT  KHÔNG HÀI LÒNG", 1), ("5 - Rất hài lòng", 5), ("Rất hài lòng (5)", 5)),
        *(("", -1), (".", -1), ("nan", -1), ("NaN", -1), ("NULL", -1), ("None", -1), ("<NA>", -1)),
        *(("NA", -2), ("n/a", -2), ("-", -3)),
        *(("Rất hài lòng.", 5), ("5.", 5), ("５", 5), ("(5) Rất hài lòng", 5), ("5 Rất hài lòng", 5)),
        *(("Rat hai long", 5), ("KHONG HAI LONG!", 2), ("5 điểm", 5), ("4 diem", 4), ("Điểm 3", 3)),
        *(("Rất hài lòng - 5", 5), ("[1] Rat khong hai long", 1)),
        *(("99", -1), ("99.0", -1), ("-9", -1), ("không biết", -1), ("Từ chối", -1)),
    ],
)
def test_a_text_stands_for_an_answer(text: str, code: int) -> None:
    assert AnswerCodes(CODING)[text] == code


@pytest.mark.parametrize("text", ["6", "-5", "5.5", "A6", "98", "Tạm được", "0", "15 điểm", "Rất hải lòn"])
def test_a_text_that_stands_for_none_is_refused(text: str) -> None:
    with pytest.raises(OffScaleError, match="add --missing"):
        CODING.code(text)


@pytest.mark.parametrize("text", ["5/5", "2;4", "4 - Rất hài lòng", "Rất hài lòng lắm", "rat hai long qua"])
def test_a_text_that_holds_an_answer_is_not_taken_for_a_code_of_no_answer(text: str) -> None:
    with pytest.raises(OffScaleError, match="write the point or the label alone") as caught:
        CODING.code(text)
    assert "--missing" not in str(caught.value)


def test_labels_that_differ_in_diacritics_alone_are_not_read_without_them() -> None:
    with pytest.raises(OffScaleError):
        AnswerCoding((1, 2), {"đã": 1, "đá": 2}).code("da")


def test_letters_before_numbers_count_answers_and_not_points() -> None:
    """A1 is the first answer, whichever point that is: only where points count from 1 are they the same."""
    with pytest.raises(OffScaleError):
        AnswerCoding((0, 1, 2)).code("A1")


@pytest.mark.parametrize("text", ["5", "5.0", "rất hài lòng"])
def test_a_point_of_the_scale_cannot_be_a_code_of_no_answer(text: str) -> None:
    with pytest.raises(InputError, match="is an answer on the scale"):
        AnswerCoding((1, 2, 3, 4, 5), LABELS, missing_codes([text])).refuse_missing_points()
