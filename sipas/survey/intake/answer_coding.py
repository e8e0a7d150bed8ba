"""Coding answers: from a submission's values to the numbers, texts and attributes of a response.

Values that an item does not have are refused. Answers to items whose condition is not met are left out, as
if they had not been asked.
"""

from collections.abc import Mapping

import msgspec

from sipas.survey.instruments.items import Condition, Item
from sipas.survey.instruments.sheets import RequiredItem, Sheet
from sipas.survey.intake.personal_numbers import clean_text, hide_numbers

NOT_ANSWERED, NOT_APPLICABLE, NOT_ASKED = -1, -2, -3
AnswerValue = int | bool | str | list[str] | None
_TEXT_MAX_CHARACTERS = 4000
_NONE: dict[str, str] = {}


class CodedAnswers(msgspec.Struct, frozen=True):
    """answers: by answer column. texts, attributes: by item. missing: required items without an answer, and
    steps of the form that drew fewer than they must.
    """

    answers: tuple[int, ...]
    texts: dict[str, str] = _NONE
    attributes: dict[str, str] = _NONE
    missing: tuple[str, ...] = ()


class _Refusal(Exception):
    """An answer of a kind or option that the item does not have."""


def code_answers(answers: Mapping[str, AnswerValue], sheet: Sheet) -> CodedAnswers | str:
    """Return the coded answers, or the reason for refusal.

    An item that the form does not ask would get a wrong weight.
    """
    if sheet.conditional:
        shown = shown_items(answers, sheet)
        answers = {item: value for item, value in answers.items() if shown.get(item, True)}
    coded = [NOT_ASKED] * sheet.width
    others: list[tuple[str, AnswerValue]] = []
    for item, answer in answers.items():
        place = sheet.places.get(item)
        if place is None:
            others.append((item, answer))
            continue
        if type(answer) is int and answer in sheet.points:
            coded[place] = answer
        elif answer is None or answer == "NA":
            coded[place] = NOT_ANSWERED if answer is None else NOT_APPLICABLE
        else:
            return f"{item}: {_shown(answer)} is not on the scale"
    if sheet.always_apply and "NA" in answers.values():
        for item in sheet.always_apply:
            if answers.get(item) == "NA":
                return f'{item} cannot be "NA"'
    if too_many := _too_many_drawn(answers, sheet):
        return too_many
    if not others and not sheet.required:
        return CodedAnswers(tuple(coded))
    texts: dict[str, str] = {}
    attributes: dict[str, str] = {}
    try:
        for item, answer in others:
            _code_other(item, answer, sheet, coded, texts, attributes)
    except _Refusal as refusal:
        return str(refusal)
    return CodedAnswers(tuple(coded), texts, attributes, missing_answers(answers, sheet))


def is_complete(coded: CodedAnswers, sheet: Sheet) -> bool:
    """Whether a page that asks the whole form was answered: all required items, or all if none is."""
    if sheet.required:
        return not coded.missing
    return NOT_ANSWERED not in coded.answers


def _shown(answer: AnswerValue) -> str:
    """Return the answer for a message, without what may be personal."""
    return (
        {True: "true", False: "false"}[answer] if isinstance(answer, bool) else hide_numbers(str(answer)[:80])
    )


def _too_many_drawn(answers: Mapping[str, AnswerValue], sheet: Sheet) -> str | None:
    for items, draw in sheet.draws:
        if len(asked := items & answers.keys()) > draw:
            return f"form {sheet.form.id} draws {draw} of those, and {', '.join(sorted(asked))} were asked"
    for one in sheet.section_draws:
        asked_sections = [section for section in one.sections if section & answers.keys()]
        if len(asked_sections) > one.draw:
            return (
                f"form {sheet.form.id} draws {one.draw} sections of {one.step}, and items of"
                f" {len(asked_sections)} were asked"
            )
    return None


def _code_other(
    name: str,
    answer: AnswerValue,
    sheet: Sheet,
    coded: list[int],
    texts: dict[str, str],
    attributes: dict[str, str],
) -> None:
    """Code an answer to an item that needs a closer look. _Refusal: the item does not have it."""
    item = sheet.others.get(name)
    if item is None:
        if name not in sheet.texts:
            raise _Refusal(f"form {sheet.form.id} of {sheet.instrument.name} does not ask {name}")
        _keep_text(name, answer, texts)
    elif item.kind == "text":
        _keep_text(name, answer, texts)
    elif name in sheet.instrument.about_person:
        if answer is not None and answer != "NA":
            attributes[name] = item.options[_choice(item, answer) - 1].code
    else:
        codes = _codes(item, answer, sheet)
        first = sheet.first_columns[name]
        coded[first : first + len(codes)] = codes


def _keep_text(name: str, answer: AnswerValue, texts: dict[str, str]) -> None:
    if answer is None or answer == "NA":
        return
    if not isinstance(answer, str):
        raise _Refusal(f"{name}: the answer is a text")
    if len(answer) > _TEXT_MAX_CHARACTERS:
        raise _Refusal(f"{name}: a text has at most {_TEXT_MAX_CHARACTERS:,} characters")
    if text := clean_text(hide_numbers(answer)).strip():
        texts[name] = text


def _codes(item: Item, answer: AnswerValue, sheet: Sheet) -> list[int]:
    """Return the numbers of the item's answer columns."""
    width = len(item.options) if item.kind == "choices" else 1
    if answer is None or answer == []:
        return [NOT_ANSWERED] * width
    if answer == "NA":
        if not sheet.instrument.may_not_apply(item):
            raise _Refusal(f'{item.id} cannot be "NA"')
        return [NOT_APPLICABLE] * width
    match item.kind:
        case "choice":
            return [_choice(item, answer)]
        case "choices":
            return _chosen(item, answer)
        case "yes-no":
            if not isinstance(answer, bool):
                raise _Refusal(f"{item.id}: {_shown(answer)} is neither true nor false")
            return [int(answer)]
        case "number":
            return [_number(item, answer)]
    if type(answer) is not int or answer not in sheet.instrument.scale_of(item).points:
        raise _Refusal(f"{item.id}: {_shown(answer)} is not on the scale")
    return [answer]


def _choice(item: Item, answer: AnswerValue) -> int:
    """Return the position of the option, from 1."""
    for position, option in enumerate(item.options, 1):
        if option.code == answer:
            return position
    raise _Refusal(f"{item.id} has no option {_shown(answer)}")


def _chosen(item: Item, answer: AnswerValue) -> list[int]:
    if not isinstance(answer, list):
        raise _Refusal(f"{item.id}: the answer is a list of options")
    codes = {option.code for option in item.options}
    for one in answer:
        if one not in codes:
            raise _Refusal(f"{item.id} has no option {_shown(one)}")
    return [int(option.code in answer) for option in item.options]


def _number(item: Item, answer: AnswerValue) -> int:
    if type(answer) is not int or not item.minimum <= answer <= item.maximum:
        raise _Refusal(
            f"{item.id}: {_shown(answer)} is no whole number from {item.minimum} to {item.maximum}"
        )
    return answer


def shown_items(answers: Mapping[str, AnswerValue], sheet: Sheet) -> dict[str, bool]:
    """Return whether each item with a condition is shown. An answer that is not shown meets no condition.

    The text beside an option is shown with its item.
    """
    shown: dict[str, bool] = {}
    for item, conditions in sheet.conditional.items():
        shown[item] = all(
            shown.get(one.item, True) and is_met(one, answers.get(one.item)) for one in conditions
        )
    for text, owner in sheet.texts.items():
        if owner in shown:
            shown[text] = shown[owner]
    return shown


def is_met(condition: Condition, answer: AnswerValue) -> bool:
    if isinstance(answer, list):
        return any(one in condition.values for one in answer)
    return any(type(answer) is type(value) and answer == value for value in condition.values)


def missing_answers(answers: Mapping[str, AnswerValue], sheet: Sheet) -> tuple[str, ...]:
    """Return the required items that were asked and shown, and have no answer.

    If a draw asked fewer items or sections than it must, the list names its step.
    """
    if not sheet.required:
        return ()
    shown = shown_items(answers, sheet) if sheet.conditional else {}
    missing = [
        one.id
        for one in sheet.required
        if type(answers.get(one.id)) is not int and _is_missing(one, answers, shown)
    ]
    few = [one.step for one in sheet.required_draws if len(one.items & answers.keys()) < one.draw]
    for draw in sheet.section_draws:
        required = {one.id for one in sheet.required if one.id not in sheet.conditional}
        asked = sum(not section.isdisjoint(answers.keys()) for section in draw.sections)
        if asked < draw.draw and all(section & required for section in draw.sections):
            few.append(draw.step)
    return (*missing, *few)


def _is_missing(one: RequiredItem, answers: Mapping[str, AnswerValue], shown: Mapping[str, bool]) -> bool:
    if not shown.get(one.id, True):
        return False
    if one.id not in answers:
        return one.together is None or not one.together.isdisjoint(answers.keys())
    answer = answers[one.id]
    return answer is None or answer == [] or (isinstance(answer, str) and not answer.strip())
