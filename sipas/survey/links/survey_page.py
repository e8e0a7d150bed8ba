"""A questionnaire as one page without script: what the template shows, and what its form sends back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate
from random import Random

import msgspec

from sipas.messages import language_name, long_date, text
from sipas.survey.instruments.instrument import Factor, Form, Instrument, Item
from sipas.survey.intake.submission import Answer
from sipas.survey.links.marks import symbols

SECONDS_AN_ITEM = 10
# What a form may send besides answers: to switch the language, to keep a draft, to be asked no more; which
# form of a poster it is, and about what. No item can have such a name.
LANGUAGE, DRAFT, STOP, FORM, PROCEDURE = CONTROLS = ("Language", "Draft", "Stop", "Form", "Procedure")


class Part(msgspec.Struct, frozen=True):
    """The items that one step of a form asks; a factor's have its title above them."""

    factor: Factor | None
    items: tuple[Item, ...]


class Choice(msgspec.Struct, frozen=True):
    """A radio button. mark: the place of its point on the scale; None where the words say all."""

    value: str
    label: str
    mark: int | None
    checked: bool


class Question(msgspec.Struct, frozen=True):
    """number: its place on the page, from 1."""

    number: int
    id: str
    text: str
    choices: tuple[Choice, ...]
    error: str | None


class Section(msgspec.Struct, frozen=True):
    title: str | None
    questions: tuple[Question, ...]


class ErrorLine(msgspec.Struct, frozen=True):
    """In the summary on top. item: the question it leads to; empty: it is about the page."""

    text: str
    item: str


class WalkUp(msgspec.Struct, frozen=True):
    """What only a poster's survey has. procedures: by field, to choose from."""

    procedures: Sequence[Mapping[str, object]]
    procedure: str | None = None


class Language(msgspec.Struct, frozen=True):
    code: str
    name: str


def parts_asked(instrument: Instrument, form: Form, seed: bytes = b"") -> tuple[Part, ...]:
    """What a form asks; where it draws items, the same seed draws the same ones again.

    Answers show what was drawn. A seed that is kept would tell whose they are.
    """
    chance = Random(seed)
    factors = {factor.id: factor for factor in instrument.factors}
    parts = []
    for step in form.steps:
        items = instrument.asked_by(step)
        places = sorted(chance.sample(range(len(items)), step.draw or len(items)))
        parts.append(Part(factors.get(step.ask), tuple(items[place] for place in places)))
    return tuple(parts)


def parse_form(
    instrument: Instrument, form: Form, fields: Mapping[str, str], *, seed: bytes = b""
) -> tuple[dict[str, Answer], dict[str, str]]:
    """The answers a submission takes, one for each item asked; and by item the key of what is wrong.

    What is wrong with the form as a whole stands under the empty item. No other answer is lost.
    """
    parts = parts_asked(instrument, form, seed)
    allowed = {item.id: values_of(instrument, part) for part in parts for item in part.items}
    errors = {"": "errors.unknown_question"} if fields.keys() - allowed.keys() else {}
    answers: dict[str, Answer] = {}
    for item, values in allowed.items():
        sent = fields.get(item) or None
        answers[item] = values.get(sent) if sent else None
        if sent and sent not in values:
            errors[item] = "errors.unknown_answer"
    if not errors and all(answer is None for answer in answers.values()):
        errors[next(iter(allowed))] = "errors.nothing"
    return answers, errors


def chosen(answers: Mapping[str, Answer]) -> dict[str, str]:
    """The fields of a form that say so."""
    return {item: str(answer) for item, answer in answers.items() if answer is not None}


def values_of(instrument: Instrument, part: Part) -> dict[str, Answer]:
    """What a radio button may send. Only a factor's items may not apply: everybody can judge the whole."""
    points: dict[str, Answer] = {str(point): point for point in instrument.scale.points}
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
    """The context of survey.html. fields, errors: as sent, and as parse_form found; both empty at first.

    resumed: the fields are those of an earlier visit. refusable: whoever was asked may ask for that to end.
    page_value: what tells this page from others when it is sent.
    """
    parts = parts_asked(instrument, form, seed)
    asked = sum(len(part.items) for part in parts)
    return {
        "title": instrument.title[language],
        "unit": unit_name,
        "about": about(language, procedure_name, completed_on),
        "minutes": max(1, -(-asked * SECONDS_AN_ITEM // 60)),
        "display": instrument.scale.display,
        "wide": len(instrument.scale.points) <= 5,
        "symbols": symbols(instrument.scale),
        "total": asked,
        "sections": [
            section(instrument, part, first, language, fields, errors)
            for part, first in zip(parts, first_numbers(parts), strict=True)
        ],
        "kept": any(fields.values()),
        "resumed": resumed,
        "refusable": refusable,
        "page_value": page_value,
        "walk_up": walk_up,
        "errors": [ErrorLine(text(language, key), item) for item, key in errors.items()],
        "languages": [
            Language(code, language_name(code)) for code in instrument.languages if code != language
        ],
    }


def first_numbers(parts: Sequence[Part]) -> list[int]:
    """Of the first question of each part, counted from 1."""
    return list(accumulate((len(part.items) for part in parts), initial=1))[:-1]


def about(language: str, procedure_name: str | None, completed_on: date | None) -> str:
    """Which service and day, as far as the link knows."""
    day = long_date(language, completed_on) if completed_on else None
    if procedure_name and day:
        return text(language, "survey.about_procedure_and_day", procedure=procedure_name, day=day)
    if procedure_name:
        return text(language, "survey.about_procedure", procedure=procedure_name)
    return text(language, "survey.about_day", day=day) if day else text(language, "survey.about")


def section(
    instrument: Instrument,
    part: Part,
    first: int,
    language: str,
    fields: Mapping[str, str],
    errors: Mapping[str, str],
) -> Section:
    """first: the number of its first question."""
    questions = (
        Question(
            number=number,
            id=item.id,
            text=item.text[language],
            choices=tuple(choices(instrument, part, language, fields.get(item.id))),
            error=text(language, errors[item.id]) if item.id in errors else None,
        )
        for number, item in enumerate(part.items, first)
    )
    return Section(part.factor.title[language] if part.factor else None, tuple(questions))


def choices(instrument: Instrument, part: Part, language: str, sent: str | None) -> Iterator[Choice]:
    labels = instrument.scale.labels[language]
    for place, value in enumerate(values_of(instrument, part)):
        on_scale = place < len(labels)
        label = labels[place] if on_scale else text(language, "survey.not_applicable")
        yield Choice(value, label, place if on_scale else None, value == sent)
