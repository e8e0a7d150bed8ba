"""A questionnaire as one page without script: what the template shows, and what its form sends back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from random import Random
from typing import Literal

import msgspec

from sipas.messages import language_name, long_date, text
from sipas.survey.instrument import Factor, Form, Instrument, Item
from sipas.survey.marks import symbols

SECONDS_AN_ITEM = 6
NOT_APPLICABLE = "NA"

Answer = int | Literal["NA"] | None


class FormError(msgspec.Struct, frozen=True):
    """What is wrong with a form as sent: `key` names the sentence, `item` the question, where it is one's."""

    key: Literal["nothing", "unknown_answer", "answered_twice", "unknown_question"]
    item: str | None = None


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
    id: str
    text: str
    choices: tuple[Choice, ...]
    error: str | None


class Section(msgspec.Struct, frozen=True):
    title: str | None
    questions: tuple[Question, ...]


class ErrorLine(msgspec.Struct, frozen=True):
    """In the summary on top; item: where it leads."""

    text: str
    item: str | None


class Language(msgspec.Struct, frozen=True):
    code: str
    name: str


def parts_asked(instrument: Instrument, form: Form, seed: bytes = b"") -> tuple[Part, ...]:
    """What a form asks; where it draws items, the same seed (a link's hash) draws the same ones again."""
    chance = Random(seed)
    factors = {factor.id: factor for factor in instrument.factors}
    parts = []
    for step in form.steps:
        items = instrument.asked_by(step)
        places = sorted(chance.sample(range(len(items)), step.draw or len(items)))
        parts.append(Part(factors.get(step.ask), tuple(items[place] for place in places)))
    return tuple(parts)


def parse_form(
    instrument: Instrument, form: Form, fields: Iterable[tuple[str, str]], *, seed: bytes = b""
) -> tuple[dict[str, Answer], list[FormError]]:
    """The answers a submission takes, one for each item asked, and what is wrong beside them."""
    parts = parts_asked(instrument, form, seed)
    allowed = {item.id: values_of(instrument, part) for part in parts for item in part.items}
    answers: dict[str, Answer] = dict.fromkeys(allowed)
    errors = []
    for item, value in fields:
        if item not in allowed:
            errors.append(FormError("unknown_question"))
        elif value and value not in allowed[item]:
            errors.append(FormError("unknown_answer", item))
        elif value and answers[item] not in (None, allowed[item][value]):
            errors.append(FormError("answered_twice", item))
        elif value:
            answers[item] = allowed[item][value]
    if not errors and all(answer is None for answer in answers.values()):
        errors.append(FormError("nothing", next(iter(allowed))))
    return answers, list(dict.fromkeys(errors))


def values_of(instrument: Instrument, part: Part) -> dict[str, Answer]:
    """What a radio button may send. Only a factor's items may not apply: everybody can judge the whole."""
    points: dict[str, Answer] = {str(point): point for point in instrument.scale.points}
    return points | {NOT_APPLICABLE: NOT_APPLICABLE} if part.factor else points


def survey_page(
    instrument: Instrument,
    form: Form,
    language: str,
    unit_name: str,
    procedure_name: str | None,
    completed_on: date | None,
    answers: Mapping[str, Answer] | None = None,
    errors: Sequence[FormError] = (),
    *,
    seed: bytes = b"",
) -> dict[str, object]:
    """The context of survey.html."""
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
        "sections": [section(instrument, part, language, answers or {}, errors) for part in parts],
        "errors": [ErrorLine(text(language, f"errors.{e.key}"), e.item) for e in errors],
        "languages": [Language(code, language_name(code)) for code in instrument.languages if code != language],
    }


def about(language: str, procedure_name: str | None, completed_on: date | None) -> str:
    """Which service and day, as far as the link knows."""
    day = long_date(language, completed_on) if completed_on else None
    if procedure_name and day:
        return text(language, "survey.about_procedure_and_day", procedure=procedure_name, day=day)
    if procedure_name:
        return text(language, "survey.about_procedure", procedure=procedure_name)
    return text(language, "survey.about_day", day=day) if day else text(language, "survey.about")


def section(
    instrument: Instrument, part: Part, language: str, answers: Mapping[str, Answer], errors: Sequence[FormError]
) -> Section:
    wrong = {error.item: text(language, f"errors.{error.key}") for error in errors}
    questions = (
        Question(
            id=item.id,
            text=item.text[language],
            choices=tuple(choices(instrument, part, language, answers.get(item.id))),
            error=wrong.get(item.id),
        )
        for item in part.items
    )
    return Section(part.factor.title[language] if part.factor else None, tuple(questions))


def choices(instrument: Instrument, part: Part, language: str, answer: Answer) -> Iterable[Choice]:
    labels = instrument.scale.labels[language]
    for place, (value, meaning) in enumerate(values_of(instrument, part).items()):
        on_scale = place < len(labels)
        label = labels[place] if on_scale else text(language, "survey.not_applicable")
        yield Choice(value, label, place if on_scale else None, answer is not None and answer == meaning)
