"""Fields of the survey page: what each kind of item sends, and the answers that follow from it."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Item
from sipas.survey.intake.answer_coding import AnswerValue

_YES_NO: Final[dict[str, AnswerValue]] = {"yes": True, "no": False}
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_CHOSEN = "1"  # of an option of several
TEXT_CHARACTERS_MAX = 4000


def whole_number(sent: str) -> int | None:
    """Return a whole number of few digits: Python refuses to read one of thousands."""
    return int(sent) if _WHOLE_NUMBER.fullmatch(sent) else None


def field_names(item: Item) -> Iterator[str]:
    """Yield the names of an item's fields: its id, or `ITEM.OPTION` for each of several options.

    The id of several options is the field of "not applicable"; beside a number or a text it is `ITEM.NA`.
    """
    if item.kind == "choices":
        yield from (f"{item.id}.{option.code}" for option in item.options)
    yield item.id
    if item.kind in ("number", "text"):
        yield not_applicable_field(item)
    if item.other_id:
        yield item.other_id


def not_applicable_field(item: Item) -> str:
    return f"{item.id}.NA" if item.kind in ("number", "text") else item.id


def written(instrument: Instrument, item: Item, fields: Mapping[str, str]) -> tuple[str, bool]:
    """Return what was written for a number or a text, and whether the item does not apply.

    What was written counts more than the box of "not applicable". A draft holds that answer under the item.
    """
    sent, offered = fields.get(item.id, "").strip(), instrument.may_not_apply(item)
    if offered and (sent == "NA" or (not sent and fields.get(not_applicable_field(item)))):
        return "", True
    return sent, False


def radio_values(instrument: Instrument, item: Item) -> dict[str, AnswerValue]:
    """Return the answers of an item with radio buttons by the value that each sends."""
    values: dict[str, AnswerValue] = {}
    if item.kind == "rating":
        values |= {str(point): point for point in instrument.scale_of(item).points}
    elif item.kind == "choice":
        values |= {option.code: option.code for option in item.options}
    else:
        values |= _YES_NO
    return {**values, "NA": "NA"} if instrument.may_not_apply(item) else values


def parse_item(
    instrument: Instrument, item: Item, fields: Mapping[str, str]
) -> tuple[dict[str, AnswerValue], str | None]:
    """Return the answers to an item and to its other option, and the key of an error."""
    other: dict[str, AnswerValue] = {}
    if item.other_id:
        other = {item.other_id: fields.get(item.other_id, "").strip()[:TEXT_CHARACTERS_MAX] or None}
    if item.kind == "choices":
        chosen: list[str] = [o.code for o in item.options if fields.get(f"{item.id}.{o.code}")]
        if chosen or not fields.get(item.id):
            return {item.id: chosen or None, **other}, None
        applies_not = fields[item.id] == "NA" and instrument.may_not_apply(item)
        return {item.id: "NA" if applies_not else None}, None if applies_not else "errors.unknown_answer"
    if item.kind in ("number", "text"):
        return _parse_written(instrument, item, fields)
    sent = fields.get(item.id, "")
    if not sent:
        return {item.id: None, **other}, None
    values = radio_values(instrument, item)
    known = sent in values
    return {item.id: values.get(sent), **other}, None if known else "errors.unknown_answer"


def _parse_written(
    instrument: Instrument, item: Item, fields: Mapping[str, str]
) -> tuple[dict[str, AnswerValue], str | None]:
    sent, applies_not = written(instrument, item, fields)
    if applies_not or not sent:
        return {item.id: "NA" if applies_not else None}, None
    if item.kind == "text":
        error = "errors.long_text" if len(sent) > TEXT_CHARACTERS_MAX else None
        return {item.id: sent[:TEXT_CHARACTERS_MAX]}, error
    number = whole_number(sent)
    fits = number is not None and item.minimum <= number <= item.maximum
    return {item.id: number if fits else None}, None if fits else "errors.not_a_number"


def fields_of(answers: Mapping[str, AnswerValue]) -> dict[str, str]:
    """Return the fields that give these answers."""
    fields: dict[str, str] = {}
    for item, answer in answers.items():
        if isinstance(answer, list):
            fields |= {f"{item}.{option}": _CHOSEN for option in answer}
        elif isinstance(answer, bool):
            fields[item] = "yes" if answer else "no"
        elif answer is not None:
            fields[item] = str(answer)
    return fields
