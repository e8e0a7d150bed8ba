from collections import Counter
from datetime import date
from pathlib import Path
from typing import cast

import pytest

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.links.survey_page import (
    ErrorLine,
    FormSection,
    PageLanguage,
    Question,
    describe_visit,
    parse_form,
    survey_page,
)
from sipas.survey.links.survey_parts import parts_asked

CITY = Path(__file__).resolve().parents[3] / "sipas" / "demo" / "city" / "instrument.toml"
DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return read_instrument(CITY.read_text(encoding="utf-8"))


def sections_of(page: dict[str, object]) -> list[FormSection]:
    return cast(list[FormSection], page["sections"])


def questions_of(page: dict[str, object]) -> dict[str, Question]:
    return {question.id: question for section in sections_of(page) for question in section.questions}


def test_every_item_asked_gets_an_answer_and_what_was_left_open_is_none(instrument: Instrument) -> None:
    answers, errors = parse_form(instrument, instrument.form_for("sms"), {"overall": "5", "access2": ""})
    assert errors == {}
    assert answers["overall"] == 5
    assert list(answers) == [item.id for item in instrument.items()]
    assert {answers[item] for item in answers if item != "overall"} == {None}


def test_a_factors_item_may_not_apply_and_the_overall_question_always_does(instrument: Instrument) -> None:
    form = instrument.form_for("sms")
    answers, errors = parse_form(instrument, form, {"access1": "NA"})
    assert (answers["access1"], errors) == ("NA", {})
    answers, errors = parse_form(instrument, form, {"overall": "NA", "access1": "3"})
    assert errors == {"overall": "errors.unknown_answer"}


@pytest.mark.parametrize("wrong", ["0", "6", "4.0", "-1", "four", " 4", "４", "null"])
def test_a_value_off_the_scale_is_an_error_and_costs_no_other_answer(
    instrument: Instrument, wrong: str
) -> None:
    answers, errors = parse_form(instrument, instrument.form_for("sms"), {"overall": wrong, "results3": "2"})
    assert errors == {"overall": "errors.unknown_answer"}
    assert (answers["overall"], answers["results3"]) == (None, 2)


def test_an_unknown_field_is_an_error_and_costs_no_answer(instrument: Instrument) -> None:
    answers, errors = parse_form(instrument, instrument.form_for("sms"), {"overall": "4", "zzz": "1"})
    assert errors == {"": "errors.unknown_question"}
    assert answers["overall"] == 4


@pytest.mark.parametrize("fields", [{}, {"overall": ""}])
def test_at_least_one_answer_is_needed(instrument: Instrument, fields: dict[str, str]) -> None:
    _, errors = parse_form(instrument, instrument.form_for("sms"), fields)
    assert errors == {"overall": "errors.nothing"}


def test_a_form_that_draws_asks_the_same_items_for_the_same_seed(instrument: Instrument) -> None:
    form = instrument.form_for("kiosk")
    asked = {seed: parts_asked(instrument, form, seed) for seed in (b"one", b"two", b"three", b"four")}
    assert asked == {seed: parts_asked(instrument, form, seed) for seed in asked}
    assert any(parts != asked[b"one"] for parts in asked.values())
    answers, _ = parse_form(instrument, form, {}, seed=b"one")
    assert list(answers) == [item.id for part in asked[b"one"] for item in part.items]


def test_a_form_that_draws_asks_each_item_as_often_as_it_says(instrument: Instrument) -> None:
    form, seeds = instrument.form_for("kiosk"), 6000
    times = Counter(
        item.id
        for seed in range(seeds)
        for part in parts_asked(instrument, form, seed.to_bytes(4))
        for item in part.items
    )
    for item, chance in instrument.probabilities(form).items():
        spread = (seeds * chance * (1 - chance)) ** 0.5
        assert abs(times[item] - seeds * chance) <= 4 * spread, item


def test_the_page_says_who_asks_about_what_and_how_long(instrument: Instrument) -> None:
    page = survey_page(
        instrument, instrument.form_for("sms"), "vi", "Phường Hoàn Kiếm", "Khai sinh", DAY, {}, {}
    )
    assert page["unit"] == "Phường Hoàn Kiếm"
    assert page["about"] == "Về thủ tục “Khai sinh”, đã giải quyết ngày 20/11/2026."
    assert page["minutes"] == 4


def test_the_page_says_of_the_service_what_the_link_knows() -> None:
    assert describe_visit("en", "Birth", DAY) == "About “Birth”, completed on 20 November 2026."
    assert describe_visit("en", "Birth", None) == "About “Birth”."
    assert describe_visit("en", None, DAY) == "About the service completed on 20 November 2026."
    assert describe_visit("en", None, None) == "About your latest visit to this office."


def test_what_was_sent_stays_chosen_and_what_was_wrong_is_said_twice(instrument: Instrument) -> None:
    form, fields = instrument.form_for("sms"), {"overall": "9", "access1": "2", "access2": "NA"}
    _, errors = parse_form(instrument, form, fields)
    page = survey_page(instrument, form, "en", "Unit", None, None, fields, errors)
    questions = questions_of(page)
    chosen = {
        (question.id, choice.value)
        for question in questions.values()
        for choice in question.choices
        if choice.checked
    }
    assert chosen == {("access1", "2"), ("access2", "NA")}
    assert page["errors"] == [ErrorLine(questions["overall"].error or "", "overall")]
    assert page["kept"]


def test_factors_stand_under_their_titles_in_the_language_of_the_page(instrument: Instrument) -> None:
    page = survey_page(instrument, instrument.form_for("sms"), "en", "Unit", None, None, {}, {})
    assert [section.title for section in sections_of(page)][:2] == [None, "Access to the service"]
    labels = [choice.label for choice in questions_of(page)["access1"].choices]
    assert labels[-2:] == ["Very satisfied", "Not applicable"]
    assert page["languages"] == [PageLanguage("vi", "Tiếng Việt")]
