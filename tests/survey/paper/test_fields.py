"""What typed codes mean, and which of them are mistakes."""

from datetime import UTC, date, datetime

import pytest

from sipas.queries.catalogue import Round
from sipas.survey.catalogue import Catalogue
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.paper.codes import read_typed
from sipas.survey.paper.fields import PaperSheet
from sipas.survey.paper.head import read_day
from tests.survey.instruments.ward import WARD

TYPED = {
    "sex": "2", "interest1": "4", "channels": "1 3", "channels_other": "loa phường", "paid": "2",
    "times": "7", "used": "1", "seats": "5", "signs": "/", "correct": ".", "opinion": "thêm ghế",
}  # fmt: skip


def paper(source: str = WARD) -> PaperSheet:
    round_ = Round(1, "r", 1, ("unit",), "tree", None, datetime(2026, 11, 1, tzinfo=UTC), None)
    return PaperSheet(Catalogue(1, {}, {}, {1: read_instrument(source, "ward.toml")}, {"r": round_}), round_)


def test_codes_stand_for_the_answers_of_every_kind() -> None:
    read = paper().read(TYPED)
    assert read.mistakes == {}
    assert read.answers == {
        "sex": "F", "interest1": 4, "channels": ["tv", "other"], "channels_other": "loa phường",
        "paid": "once", "times": 7, "used": True, "seats": 5, "signs": "NA", "correct": None,
        "opinion": "thêm ghế",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("item", "typed", "normal"),
    [
        *(("channels", typed, "1 3") for typed in ("13", "31", "3, 1", " 1  3 ", "1+3")),
        *(("seats", typed, ".") for typed in (",", "-", " . ")),
        ("signs", "na", "/"),
        ("times", "007", "7"),
        ("opinion", "Thêm \n ghế", "Thêm ghế"),
        ("opinion", "the\u0302m", "thêm"),
    ],
)
def test_what_means_the_same_is_no_difference(item: str, typed: str, normal: str) -> None:
    assert paper().read({**TYPED, item: typed}).normal[item] == normal


@pytest.mark.parametrize(
    ("item", "typed", "mistake"),
    [
        ("sex", "3", "unknown_code"),
        ("sex", "F", "unknown_code"),
        ("seats", "6", "unknown_code"),
        ("seats", "/", "unknown_code"),  # always applies
        ("seats", "x", "unknown_code"),  # is not drawn
        ("channels", "14", "unknown_code"),
        ("channels", "11", "twice"),
        ("times", "100", "number"),
        ("times", "7" * 5000, "number"),
        ("used", "0", "unknown_code"),
        ("opinion", "a" * 4001, "long_text"),
        ("channels_other", "", "empty"),  # the option that asks for it is chosen
        ("correct", "  ", "empty"),
    ],
)
def test_a_mistake_is_named(item: str, typed: str, mistake: str) -> None:
    assert paper().read({**TYPED, item: typed}).mistakes == {item: mistake}


def test_a_question_that_should_not_be_asked_may_be_empty_and_its_answer_is_named() -> None:
    skipped = paper().read({**TYPED, "paid": "1", "times": ""})
    assert (skipped.mistakes, skipped.left_out, skipped.normal["times"]) == ({}, (), ".")
    assert paper().read({**TYPED, "paid": "1", "times": "3"}).left_out == ("times",)


def test_a_form_that_draws_says_which_questions_it_does_not_have() -> None:
    drawing = paper(WARD.replace('["sms"]', '["sms", "paper"]'))
    assert [item.id for item in drawing.items] == ["used", "seats", "signs", "correct"]
    read = drawing.read({"used": "1", "seats": "x", "signs": "X", "correct": "4"})
    assert (read.mistakes, read.answers) == ({}, {"used": True, "correct": 4})


def test_a_scale_of_more_than_nine_points_is_typed_as_it_is() -> None:
    points = ", ".join(map(str, range(11)))
    labels = ", ".join(f'"{n}"' for n in range(11))
    ten = WARD.replace("points = [1, 2, 3, 4]", f"points = [{points}]").replace(
        'labels.vi = ["Không quan tâm", "Ít quan tâm", "Quan tâm", "Rất quan tâm"]', f"labels.vi = [{labels}]"
    )
    instrument = paper(ten).instrument
    assert read_typed(instrument, instrument.items_by_id["interest1"], "10").answer == 10


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("3/11/2026", date(2026, 11, 3)),
        ("03-11-2026", date(2026, 11, 3)),
        ("2026-11-03", date(2026, 11, 3)),
        ("3.11", date(2026, 11, 3)),
        ("31/12", date(2025, 12, 31)),  # the last one
        ("31/2/2026", None),
        ("29/2", None),
        ("yesterday", None),
    ],
)
def test_days_are_read_as_they_are_typed(typed: str, day: date | None) -> None:
    assert read_day(typed, date(2026, 12, 1)) == day
