"""Pages of a survey: conditions, fields of each kind, and what a posted page leads to."""

from typing import cast

import pytest

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.links.survey_fields import fields_of
from sipas.survey.links.survey_flow import SurveyFlow
from sipas.survey.links.survey_page import FormSection, parse_form, survey_page
from tests.survey.links.three_points import HEAD

SOURCE = (
    HEAD
    + """[[sections]]
id = "visit"
title = { vi = "Lần đến" }
items = [
  { id = "used", kind = "yes-no", required = true, text = { vi = "Có đến không?" } },
  { id = "rated", text = { vi = "Thế nào?" }, when = { item = "used", values = [true] } },
  { id = "why", kind = "choices", text = { vi = "Vì sao?" }, options = [
    { code = "far", text = { vi = "Xa" } }, { code = "else", other = true, text = { vi = "Khác" } } ] },
]
[[sections]]
id = "not_used"
title = { vi = "Chưa đến" }
when = { item = "used", values = [false] }
items = [ { id = "times", kind = "number", maximum = 9, text = { vi = "Mấy lần?" } } ]
[[sections]]
id = "end"
title = { vi = "Cuối" }
items = [ { id = "note", kind = "text", text = { vi = "Ý kiến?" } } ]
[[indices]]
id = "all"
kind = "pooled"
"""
)


@pytest.fixture
def instrument() -> Instrument:
    return read_instrument(SOURCE)


@pytest.fixture
def flow(instrument: Instrument) -> SurveyFlow:
    return SurveyFlow(Sheet(instrument, instrument.all_forms()[0]), b"")


def test_each_kind_comes_back_from_its_fields(instrument: Instrument) -> None:
    form = instrument.all_forms()[0]
    fields = {
        "used": "yes",
        "rated": "2",
        "why.far": "1",
        "why.else": "1",
        "why_other": " mưa ",
        "times": "7",
    }
    answers, errors = parse_form(instrument, form, fields)
    assert errors == {}
    assert answers == {
        **{"used": True, "rated": 2, "why": ["far", "else"], "why_other": "mưa", "times": 7, "note": None}
    }
    assert parse_form(instrument, form, fields_of(answers)) == (answers, {})


def test_several_options_may_not_apply_where_the_item_says_so() -> None:
    instrument = read_instrument(
        SOURCE.replace('kind = "choices",', 'kind = "choices", not_applicable = true,')
    )
    form = instrument.all_forms()[0]
    answers, errors = parse_form(instrument, form, {"why": "NA"})
    assert (answers["why"], errors) == ("NA", {})
    assert parse_form(instrument, form, fields_of(answers)) == (answers, {})
    page = survey_page(instrument, form, "vi", "", None, None, {"why": "NA"}, {})
    sections = cast("list[FormSection]", page["sections"])
    [why] = [one for part in sections for one in part.questions if one.id == "why"]
    assert [(one.name, one.value) for one in why.choices if one.checked] == [("why", "NA")]
    plain = read_instrument(SOURCE)
    _, errors = parse_form(plain, plain.all_forms()[0], {"why": "NA"})
    assert errors == {"why": "errors.unknown_answer"}


@pytest.mark.parametrize(("item", "kind"), [("times", "number"), ("note", "text")])
def test_a_number_or_a_text_may_not_apply_where_the_item_says_so(item: str, kind: str) -> None:
    instrument = read_instrument(
        SOURCE.replace(f'kind = "{kind}",', f'kind = "{kind}", not_applicable = true,')
    )
    form, box = instrument.all_forms()[0], f"{item}.NA"
    answers, errors = parse_form(instrument, form, {box: "NA", item: " "})
    assert (answers[item], errors) == ("NA", {})
    assert parse_form(instrument, form, fields_of(answers)) == (answers, {})
    written, errors = parse_form(instrument, form, {box: "NA", item: "3"})
    assert (written[item], errors) == (3 if kind == "number" else "3", {})
    page = survey_page(instrument, form, "vi", "", None, None, fields_of(answers), {})
    [shown] = [
        one
        for part in cast("list[FormSection]", page["sections"])
        for one in part.questions
        if one.id == item
    ]
    assert shown.value == ""
    assert [(one.name, one.value, one.checked) for one in shown.choices] == [(box, "NA", True)]
    plain = read_instrument(SOURCE)
    _, errors = parse_form(plain, plain.all_forms()[0], {item: "NA"})
    assert errors == ({item: "errors.not_a_number"} if kind == "number" else {})


@pytest.mark.parametrize("wrong", ["10", "-1", "1.5", "two", "٣", "9" * 5_000])
def test_a_number_out_of_range_is_named(instrument: Instrument, wrong: str) -> None:
    _, errors = parse_form(instrument, instrument.all_forms()[0], {"times": wrong})
    assert errors == {"times": "errors.not_a_number"}


@pytest.mark.parametrize(
    ("used", "shown"), [("yes", [{"rated", "why"}, {"note"}]), ("no", [{"why"}, {"times"}, {"note"}])]
)
def test_only_questions_whose_condition_is_met_are_shown(
    flow: SurveyFlow, used: str, shown: list[set[str]]
) -> None:
    progress, fields = flow.advance({"used": used}, {"Page": "0"}), {"used": used}
    seen = []
    while not progress.finished:
        seen.append({item.id for part in progress.page.parts for item in part.items})
        progress = flow.advance(fields, {"Page": str(progress.page.number)})
    assert seen == shown
    assert progress.page.carried == {"used": used}


def test_a_page_number_of_thousands_of_digits_is_none(flow: SurveyFlow) -> None:
    assert flow.number({"Page": "9" * 5_000}) == 0


def test_an_empty_survey_is_not_finished(flow: SurveyFlow) -> None:
    progress = flow.advance({}, {"Page": "3", "Pass": "1"})
    assert not progress.finished
    assert progress.errors == {"used": "errors.nothing"}
    assert progress.page.number == 0


def test_a_required_question_can_be_passed_after_it_was_named(flow: SurveyFlow) -> None:
    named = flow.advance({}, {"Page": "0"})
    assert named.errors == {"used": "errors.required"}
    assert named.page.passable
    assert flow.advance({}, {"Page": "0", "Pass": "1"}).page.number == 1
