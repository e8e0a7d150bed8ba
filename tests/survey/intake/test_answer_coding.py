"""Answers of all kinds become numbers, texts and attributes, or are refused with the reason."""

from collections.abc import Mapping

import pytest

from sipas.survey.instruments.sheets import Sheet
from sipas.survey.intake.answer_coding import AnswerValue, CodedAnswers, code_answers
from tests.survey.instruments.ward import ward

_WARD = ward()
_FULL, _SHORT = (Sheet(_WARD, form) for form in _WARD.forms)
_ALL: dict[str, AnswerValue] = {
    "sex": "F", "interest1": 4, "channels": ["tv", "other"], "channels_other": "  Loa phường ",
    "paid": "once", "times": 3, "used": True, "seats": 5, "signs": "NA", "correct": 1,
    "opinion": "Gọi 0912 345 678 nhé",
}  # fmt: skip


def _coded(answers: Mapping[str, AnswerValue], sheet: Sheet = _FULL) -> CodedAnswers:
    coded = code_answers(answers, sheet)
    assert isinstance(coded, CodedAnswers), coded
    return coded


def test_answers_of_all_kinds_are_coded_in_the_order_of_the_columns() -> None:
    coded = _coded(_ALL)
    assert coded.answers == (4, 1, 0, 1, 2, 3, 1, 5, -2, 1)
    assert coded.attributes == {"sex": "F"}
    assert coded.texts == {"channels_other": "Loa phường", "opinion": "Gọi •••• ••• ••• nhé"}
    assert coded.missing == ()


def test_what_was_not_answered_and_not_asked_stays_apart() -> None:
    coded = _coded({"sex": None, "channels": None, "used": False, "paid": "NA"} | {"paid": None})
    assert coded.answers == (-3, -1, -1, -1, -1, -3, 0, -3, -3, -3)
    assert coded.attributes == {}


@pytest.mark.parametrize(
    ("item", "answer", "reason"),
    [
        ("seats", 6, "seats: 6 is not on the scale"),
        ("seats", True, "seats: true is not on the scale"),
        ("seats", "5", "seats: 5 is not on the scale"),
        ("seats", "NA", 'seats cannot be "NA"'),
        ("interest1", 5, "interest1: 5 is not on the scale"),
        ("sex", "X", "sex has no option X"),
        ("sex", 1, "sex has no option 1"),
        ("paid", ["no"], "paid has no option ['no']"),
        ("channels", "tv", "channels: the answer is a list of options"),
        ("channels", ["tv", "fax"], "channels has no option fax"),
        ("used", 1, "used: 1 is neither true nor false"),
        ("used", "yes", "used: yes is neither true nor false"),
        ("times", 100, "times: 100 is no whole number from 0 to 99"),
        ("times", True, "times: true is no whole number from 0 to 99"),
        ("opinion", 5, "opinion: the answer is a text"),
        ("opinion", "x" * 4001, "opinion: a text has at most 4,000 characters"),
        ("paid_other", "x", "form full of ward@1 does not ask paid_other"),
    ],
)
def test_an_answer_that_the_item_does_not_have_is_refused(
    item: str, answer: AnswerValue, reason: str
) -> None:
    assert code_answers(_ALL | {item: answer}, _FULL) == reason


def test_answers_that_no_condition_shows_count_as_not_asked() -> None:
    assert _coded(_ALL | {"paid": "no"}).answers[4:6] == (1, -3)
    assert _coded(_ALL | {"paid": None}).answers[4:6] == (-1, -3)


def test_required_items_without_an_answer_are_named() -> None:
    assert _coded(_ALL | {"seats": None, "sex": None}).missing == ("sex", "seats")
    without = {item: answer for item, answer in _ALL.items() if item != "used"}
    assert _coded(without).missing == ("used",)


def test_of_drawn_sections_those_asked_are_required() -> None:
    assert _coded({"used": True, "correct": 4}, _SHORT).missing == ()
    assert _coded({"used": True, "seats": 4}, _SHORT).missing == ("signs",)
    assert _coded({"used": True}, _SHORT).missing == ("rated",)
    refused = code_answers({"used": True, "seats": 4, "correct": 2}, _SHORT)
    assert refused == "form short draws 1 sections of rated, and items of 2 were asked"
