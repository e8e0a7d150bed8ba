"""A questionnaire as one page without script: the context of its template, and the parsing of its form."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate
from random import Random

import msgspec

from sipas.messages import language_name, long_date, text
from sipas.survey.instruments.forms import Form
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Factor, Item
from sipas.survey.intake.answer_coding import AnswerValue
from sipas.survey.links.marks import symbols

_SECONDS_PER_ITEM = 10
# Fields besides answers: language, draft, opt-out; of a poster also the form's id and the
# service. No item can have such a name.
LANGUAGE, DRAFT, STOP, FORM, PROCEDURE = CONTROLS = ("Language", "Draft", "Stop", "Form", "Procedure")


class FormPart(msgspec.Struct, frozen=True):
    """The items of one step of a form; a factor's items have its title above them."""

    factor: Factor | None
    items: tuple[Item, ...]


class Choice(msgspec.Struct, frozen=True):
    """A radio button. mark: the index of its point on the scale; None for words only."""

    value: str
    label: str
    mark: int | None
    checked: bool


class Question(msgspec.Struct, frozen=True):
    """number: its position on the page, from 1."""

    number: int
    id: str
    text: str
    choices: tuple[Choice, ...]
    error: str | None


class FormSection(msgspec.Struct, frozen=True):
    title: str | None
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


def parts_asked(instrument: Instrument, form: Form, seed: bytes = b"") -> tuple[FormPart, ...]:
    """Return the parts that a form asks; the same seed draws the same items.

    Answers show the drawn items, so a stored seed would identify the answers of a link.
    """
    chance = Random(seed)
    factors = {factor.id: factor for factor in instrument.factors}
    parts = []
    for step in form.steps:
        items = instrument.asked_by(step)
        places = sorted(chance.sample(range(len(items)), step.draw or len(items)))
        parts.append(FormPart(factors.get(step.ask), tuple(items[place] for place in places)))
    return tuple(parts)


def parse_form(
    instrument: Instrument, form: Form, fields: Mapping[str, str], *, seed: bytes = b""
) -> tuple[dict[str, AnswerValue], dict[str, str]]:
    """Return the answers, one for each asked item, and error keys by item.

    Errors of the whole form are under the empty item. Valid answers are kept.
    """
    parts = parts_asked(instrument, form, seed)
    allowed = {item.id: _values_of(instrument, part) for part in parts for item in part.items}
    errors = {"": "errors.unknown_question"} if fields.keys() - allowed.keys() else {}
    answers: dict[str, AnswerValue] = {}
    for item, values in allowed.items():
        sent = fields.get(item) or None
        answers[item] = values.get(sent) if sent else None
        if sent and sent not in values:
            errors[item] = "errors.unknown_answer"
    if not errors and all(answer is None for answer in answers.values()):
        errors[next(iter(allowed))] = "errors.nothing"
    return answers, errors


def form_values(answers: Mapping[str, AnswerValue]) -> dict[str, str]:
    """Return the form's fields for these answers."""
    return {item: str(answer) for item, answer in answers.items() if answer is not None}


def _values_of(instrument: Instrument, part: FormPart) -> dict[str, AnswerValue]:
    """Return the values of the radio buttons. Only a factor's items may be not applicable."""
    points: dict[str, AnswerValue] = {str(point): point for point in instrument.scale.points}
    if part.factor:
        points["NA"] = "NA"
    return points


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
) -> dict[str, object]:
    """Return the context of survey.html. fields, errors: as sent, and from parse_form; both empty at
    first.

    resumed: the fields come from an earlier visit. refusable: the page offers an opt-out. page_value:
    identifies this page when it is sent.
    """
    parts = parts_asked(instrument, form, seed)
    asked = sum(len(part.items) for part in parts)
    return {
        "title": instrument.title[language],
        "unit": unit_name,
        "about": describe_visit(language, procedure_name, completed_on),
        "minutes": max(1, -(-asked * _SECONDS_PER_ITEM // 60)),
        "display": instrument.scale.display,
        "wide": len(instrument.scale.points) <= 5,
        "symbols": symbols(instrument.scale),
        "total": asked,
        "sections": [
            _section(instrument, part, first, language, fields, errors)
            for part, first in zip(parts, _first_numbers(parts), strict=True)
        ],
        "kept": any(fields.values()),
        "resumed": resumed,
        "refusable": refusable,
        "page_value": page_value,
        "walk_up": walk_up,
        "errors": [ErrorLine(text(language, key), item) for item, key in errors.items()],
        "languages": [
            PageLanguage(code, language_name(code)) for code in instrument.languages if code != language
        ],
    }


def _first_numbers(parts: Sequence[FormPart]) -> list[int]:
    """Return the number of the first question of each part, counted from 1."""
    return list(accumulate((len(part.items) for part in parts), initial=1))[:-1]


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
) -> FormSection:
    """first: the number of its first question."""
    questions = (
        Question(
            number=number,
            id=item.id,
            text=item.text[language],
            choices=tuple(_choices(instrument, part, language, fields.get(item.id))),
            error=text(language, errors[item.id]) if item.id in errors else None,
        )
        for number, item in enumerate(part.items, first)
    )
    return FormSection(part.factor.title[language] if part.factor else None, tuple(questions))


def _choices(instrument: Instrument, part: FormPart, language: str, sent: str | None) -> Iterator[Choice]:
    labels = instrument.scale.labels[language]
    for place, value in enumerate(_values_of(instrument, part)):
        on_scale = place < len(labels)
        label = labels[place] if on_scale else text(language, "survey.not_applicable")
        yield Choice(value, label, place if on_scale else None, value == sent)
