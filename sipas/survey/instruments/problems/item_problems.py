"""Faults of items: what does not fit their kind."""

import re
from collections import Counter
from collections.abc import Iterator

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import NUMBER_ANSWER_MAX, Item

_OPTION_CODE = re.compile(r"[^\s'\"]([^'\"\x00-\x1f\x7f]{0,62}[^\s'\"])?")
_OPTIONS_MAX = 200


def item_problems(instrument: Instrument) -> Iterator[str]:
    for item in instrument.items():
        for problem in (*_scale_faults(instrument, item), *_option_faults(item), *_number_faults(item)):
            yield f"item {item.id}: {problem}"
    yield from _person_faults(instrument)


def _scale_faults(instrument: Instrument, item: Item) -> Iterator[str]:
    if item.scale and item.kind != "rating":
        yield f"only a rating has a scale; its kind is {item.kind}"
    elif item.scale and item.scale not in instrument.named_scales:
        known = ", ".join(instrument.named_scales) or "none"
        yield f"there is no scale {item.scale!r}; the named scales are {known}"


def _option_faults(item: Item) -> Iterator[str]:
    if item.kind not in ("choice", "choices"):
        if item.options:
            yield f"only kinds choice and choices have options; its kind is {item.kind}"
        if item.order != "as-written" and item.kind != "rating":
            yield f"there is no order of options in kind {item.kind}"
        return
    codes = [option.code for option in item.options]
    if not 2 - (item.kind == "choices") <= len(codes) <= _OPTIONS_MAX:
        yield f"it has {len(codes)} options; give it from {2 - (item.kind == 'choices')} to {_OPTIONS_MAX}"
    for place, code in enumerate(codes, 1):
        if not code:
            yield f"option {place} has no code"
        elif not _OPTION_CODE.fullmatch(code) or code == "NA":
            yield f"the code {code!r} of option {place} must be 1 to 64 characters without quotes, and not NA"
    twice = [code for code, n in Counter(codes).items() if code and n > 1]
    yield from (f"option {code!r} stands more than once" for code in twice)
    if sum(option.other for option in item.options) > 1:
        yield "only one option can be marked other"


def _number_faults(item: Item) -> Iterator[str]:
    if not 0 <= item.minimum <= item.maximum <= NUMBER_ANSWER_MAX:
        yield f"minimum and maximum must be rising numbers from 0 to {NUMBER_ANSWER_MAX}"
    elif item.kind != "number" and (item.minimum, item.maximum) != (0, NUMBER_ANSWER_MAX):
        yield f"only a number has minimum and maximum; its kind is {item.kind}"


def _person_faults(instrument: Instrument) -> Iterator[str]:
    """No free text about the person is kept."""
    for section in instrument.all_sections:
        for item in section.items if section.about_person else ():
            if item.kind == "text" or item.other_id:
                yield (
                    f"item {item.id}: section {section.id} is about the person, and no text about a person"
                    " is kept; ask for one of several options"
                )
