"""A questionnaire as one page without script: the context of its template, and the parsing of its form."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate

import msgspec

from sipas.messages import language_name, long_date, text
from sipas.survey.instruments.forms import Form
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.introductions import introductions
from sipas.survey.instruments.items import Item, ItemKind, Section
from sipas.survey.intake.answer_coding import AnswerValue
from sipas.survey.links.marks import symbols
from sipas.survey.links.option_order import in_order
from sipas.survey.links.survey_fields import (
    field_names,
    not_applicable_field,
    parse_item,
    radio_values,
    written,
)
from sipas.survey.links.survey_parts import FormPart, parts_asked

_SECONDS_PER_ITEM = 10
# Fields besides answers; no item can have such a name. Form and Procedure: of posters. Page, Back, Pass: of
# surveys of several pages. Longer: of a short form.
LANGUAGE, DRAFT, STOP, FORM, PROCEDURE, PAGE, BACK, PASS, LONGER = CONTROLS = (
    *("Language", "Draft", "Stop", "Form", "Procedure", "Page", "Back", "Pass", "Longer"),
)


class Choice(msgspec.Struct, frozen=True):
    """A radio button or, of several choices, a box. mark: the index of its point on the main scale; None for
    words only. apart: it is no answer on the scale.
    """

    name: str
    value: str
    label: str
    mark: int | None
    checked: bool
    apart: bool = False


class Question(msgspec.Struct, frozen=True):
    """number: its position in the survey, from 1. display: of its scale, or `options`. value: of a text or
    number; other: the name, value and label of the text beside an option.
    """

    number: int
    id: str
    text: str
    kind: ItemKind
    required: bool
    display: str
    wide: bool
    choices: tuple[Choice, ...]
    error: str | None
    hint: str | None = None
    value: str = ""
    other: tuple[str, str, str] | None = None


class FormSection(msgspec.Struct, frozen=True):
    title: str | None
    intros: tuple[str, ...]
    questions: tuple[Question, ...]


class ErrorLine(msgspec.Struct, frozen=True):
    """A line of the error summary. item: the question it leads to; empty for the page."""

    text: str
    item: str


class WalkUp(msgspec.Struct, frozen=True):
    """Parts of a poster's survey. procedures: by field, to choose from."""

    procedures: Sequence[Mapping[str, object]]
    procedure: str | None = None


class PageLanguage(msgspec.Struct, frozen=True):
    code: str
    name: str


def parse_form(
    instrument: Instrument, form: Form, fields: Mapping[str, str], *, seed: bytes = b""
) -> tuple[dict[str, AnswerValue], dict[str, str]]:
    """Return the answers, one for each asked item, and error keys by item.

    Errors of the whole form are under the empty item. Valid answers are kept.
    """
    items = [item for part in parts_asked(instrument, form, seed) for item in part.items]
    names = {name for item in items for name in field_names(item)}
    errors = {"": "errors.unknown_question"} if fields.keys() - names else {}
    answers: dict[str, AnswerValue] = {}
    for item in items:
        found, error = parse_item(instrument, item, fields)
        answers |= found
        if error:
            errors[item.id] = error
    if not errors and all(answer is None for answer in answers.values()):
        errors[items[0].id] = "errors.nothing"
    return answers, errors


class ShownPage(msgspec.Struct, frozen=True):
    """The page of a survey that is shown. number: from 0; first: the number of its first question.

    passable: required questions without an answer were named already. carried: fields of other pages, which
    the page sends again: a poster keeps no draft, and a draft that was on its way may replace a later one.
    """

    parts: tuple[FormPart, ...]
    number: int = 0
    pages: int = 1
    first: int = 1
    passable: bool = False
    carried: Mapping[str, str] = {}


def survey_page(
    instrument: Instrument,
    form: Form,
    language: str,
    unit_name: str,
    procedure_name: str | None,
    completed_on: date | None,
    fields: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    seed: bytes = b"",
    resumed: bool = False,
    refusable: bool = False,
    page_value: str = "",
    walk_up: WalkUp | None = None,
    shown: ShownPage | None = None,
) -> dict[str, object]:
    """Return the context of survey.html. fields, errors: as sent, and from parse_form; both empty at
    first.

    resumed: the fields come from an earlier visit. refusable: the page offers an opt-out. page_value:
    identifies this page when it is sent. shown: the page of a survey of several pages.
    """
    asked = parts_asked(instrument, form, seed)
    total = sum(len(part.items) for part in asked)
    page = shown or ShownPage(asked)
    sections = [
        _section(instrument, part, first, language, fields, errors, seed)
        for part, first in zip(page.parts, _first_numbers(page), strict=True)
    ]
    return {
        "title": instrument.title[language],
        "unit": unit_name,
        "about": describe_visit(language, procedure_name, completed_on),
        "minutes": max(1, -(-total * _SECONDS_PER_ITEM // 60)),
        "optional": not any(item.required for part in asked for item in part.items),
        "symbols": symbols(instrument.scale),
        "total": total,
        "sections": sections,
        "page": page,
        "kept": any(fields.values()),
        "resumed": resumed,
        "refusable": refusable,
        "longer": form.longer is not None and walk_up is None,
        "page_value": page_value,
        "walk_up": walk_up,
        "errors": list(_error_lines(sections, errors, language, total if page.pages > 1 else None)),
        "languages": [
            PageLanguage(code, language_name(code)) for code in instrument.languages if code != language
        ],
    }


def _error_lines(
    sections: Iterable[FormSection], errors: Mapping[str, str], language: str, total: int | None
) -> Iterator[ErrorLine]:
    """total: of questions, where the lines name the number of theirs."""
    numbers = {question.id: question.number for section in sections for question in section.questions}
    for item, key in errors.items():
        line = text(language, key)
        if total and item in numbers:
            line = f"{text(language, 'survey.question', number=numbers[item], total=total)}: {line}"
        yield ErrorLine(line, item)


def _first_numbers(page: ShownPage) -> list[int]:
    """Return the number of the first question of each part of the page."""
    return list(accumulate((len(part.items) for part in page.parts), initial=page.first))[:-1]


def describe_visit(language: str, procedure_name: str | None, completed_on: date | None) -> str:
    """Describe the service and day, as far as the link knows them."""
    day = long_date(language, completed_on) if completed_on else None
    if procedure_name and day:
        return text(language, "survey.about_procedure_and_day", procedure=procedure_name, day=day)
    if procedure_name:
        return text(language, "survey.about_procedure", procedure=procedure_name)
    return text(language, "survey.about_day", day=day) if day else text(language, "survey.about")


def _section(
    instrument: Instrument,
    part: FormPart,
    first: int,
    language: str,
    fields: Mapping[str, str],
    errors: Mapping[str, str],
    seed: bytes,
) -> FormSection:
    """first: the number of its first question. seed: of the order of options."""
    questions = tuple(
        _question(instrument, item, number, language, fields, errors.get(item.id), seed)
        for number, item in enumerate(part.items, first)
    )
    if part.group is None:
        return FormSection(None, (), questions)
    intros = introductions(instrument, part.group) if isinstance(part.group, Section) else []
    return FormSection(part.group.title[language], tuple(intro[language] for intro in intros), questions)


def _question(
    instrument: Instrument,
    item: Item,
    number: int,
    language: str,
    fields: Mapping[str, str],
    error: str | None,
    seed: bytes,
) -> Question:
    choices = tuple(_choices(instrument, item, language, fields))
    answers = [choice for choice in choices if not choice.apart]
    main = instrument.is_rated(item)
    return Question(
        number=number,
        id=item.id,
        text=item.text[language],
        kind=item.kind,
        required=item.required,
        display=instrument.scale.display if main else "options",
        wide=main and len(instrument.scale.points) <= 5,
        choices=(*in_order(item, answers, seed), *(choice for choice in choices if choice.apart)),
        error=text(language, error) if error else None,
        hint=_hint(item, language),
        value=written(instrument, item, fields)[0] if item.kind in ("number", "text") else "",
        other=_other(item, language, fields),
    )


def _hint(item: Item, language: str) -> str | None:
    if item.hint:
        return item.hint[language]
    if item.kind == "number":
        return text(language, "survey.number", least=item.minimum, most=item.maximum)
    if item.kind == "choices":
        return text(language, "survey.several")
    return text(language, "survey.no_names") if item.kind == "text" else None


def _other(item: Item, language: str, fields: Mapping[str, str]) -> tuple[str, str, str] | None:
    option = next((option for option in item.options if option.other), None)
    if option is None or item.other_id is None:
        return None
    return item.other_id, fields.get(item.other_id, ""), text(language, "survey.other")


def _choices(
    instrument: Instrument, item: Item, language: str, fields: Mapping[str, str]
) -> Iterator[Choice]:
    if item.kind in ("number", "text"):
        if instrument.may_not_apply(item):
            yield _not_applicable(item, language, checked=written(instrument, item, fields)[1])
        return
    if item.kind == "choices":
        for option in item.options:
            name = f"{item.id}.{option.code}"
            yield Choice(name, "1", option.text[language], None, bool(fields.get(name)))
        if instrument.may_not_apply(item):
            yield _not_applicable(item, language, checked=fields.get(item.id) == "NA")
        return
    labels = _labels(instrument, item, language)
    for place, value in enumerate(radio_values(instrument, item)):
        apart = place >= len(labels)
        label = text(language, "survey.not_applicable") if apart else labels[place]
        mark = place if instrument.is_rated(item) and not apart else None
        yield Choice(item.id, value, label, mark, value == fields.get(item.id), apart)


def _not_applicable(item: Item, language: str, *, checked: bool) -> Choice:
    """Return the box of "not applicable" beside an item without radio buttons."""
    label = text(language, "survey.not_applicable")
    return Choice(not_applicable_field(item), "NA", label, None, checked, apart=True)


def _labels(instrument: Instrument, item: Item, language: str) -> Sequence[str]:
    if item.kind == "rating":
        return instrument.scale_of(item).labels[language]
    if item.kind == "choice":
        return [option.text[language] for option in item.options]
    return [text(language, "survey.yes"), text(language, "survey.no")]
