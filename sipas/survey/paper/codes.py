"""Codes that are typed for the answers on paper: points of the scale, and positions of options."""

import re
import unicodedata
from typing import Final, Literal

import msgspec

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Item
from sipas.survey.intake.answer_coding import AnswerValue

NOT_ANSWERED, NOT_APPLICABLE, NOT_PRINTED = ".", "/", "x"
_WRITTEN: Final = {
    **dict.fromkeys((".", ",", "-"), NOT_ANSWERED),
    **dict.fromkeys(("/", "na"), NOT_APPLICABLE),
    "x": NOT_PRINTED,
}
_YES_NO: Final[dict[str, AnswerValue]] = {"1": True, "2": False}
_BETWEEN_CODES = re.compile(r"[\s,;+]+")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
TEXT_CHARACTERS_MAX = 4000

Mistake = Literal["empty", "unknown_code", "twice", "number", "long_text"]


class Code(msgspec.Struct, frozen=True):
    """A code that can be typed for an answer. label: what it means. value: the answer to store."""

    code: str
    label: str
    value: AnswerValue


class Typed(msgspec.Struct, frozen=True):
    """The value typed in a field. normal: the spelling compared in double entry. printed: on the form."""

    normal: str
    answer: AnswerValue = None
    mistake: Mistake | None = None
    printed: bool = True


def codes_of(instrument: Instrument, item: Item, language: str, yes_no: tuple[str, str]) -> tuple[Code, ...]:
    """Return the codes of the item's options in the order of the form. yes_no: the two words."""
    if item.kind == "rating":
        scale = instrument.scale_of(item)
        pairs = zip(scale.points, scale.labels[language], strict=True)
        return tuple(Code(str(point), label, point) for point, label in pairs)
    if item.kind in ("choice", "choices"):
        return tuple(
            Code(str(place), option.text[language], option.code)
            for place, option in enumerate(item.options, 1)
        )
    if item.kind == "yes-no":
        return tuple(Code(code, yes_no[not value], value) for code, value in _YES_NO.items())
    return ()


def read_typed(instrument: Instrument, item: Item, typed: str, *, drawn: bool = False) -> Typed:
    """Return the answer to an item. drawn: the item stands on some of the printed forms only."""
    typed = tidy(typed)
    if not typed:
        return Typed("", mistake="empty")
    special = _WRITTEN.get(typed.casefold())
    if special == NOT_ANSWERED:
        return Typed(NOT_ANSWERED)
    if special == NOT_APPLICABLE and instrument.may_not_apply(item):
        return Typed(NOT_APPLICABLE, "NA")
    if special == NOT_PRINTED and drawn:
        return Typed(NOT_PRINTED, printed=False)
    if item.kind == "text":
        return read_text(typed)
    return _number(item, typed) if item.kind == "number" else _coded(instrument, item, typed)


def read_text(typed: str) -> Typed:
    """Return a text. Its lines and spaces are not compared."""
    return Typed(typed, typed, "long_text" if len(typed) > TEXT_CHARACTERS_MAX else None)


def tidy(typed: str) -> str:
    """Return the text in NFC, without spaces at its ends and with single ones inside."""
    return " ".join(unicodedata.normalize("NFC", typed).split())


def _number(item: Item, typed: str) -> Typed:
    number = int(typed) if _WHOLE_NUMBER.fullmatch(typed) else None
    if number is None or not item.minimum <= number <= item.maximum:
        return Typed(typed, mistake="number")
    return Typed(str(number), number)


def _coded(instrument: Instrument, item: Item, typed: str) -> Typed:
    known = {one.code: one.value for one in codes_of(instrument, item, instrument.languages[0], ("", ""))}
    if item.kind != "choices":
        return Typed(typed, known[typed]) if typed in known else Typed(typed, mistake="unknown_code")
    parts = _parts(typed, single=len(known) < 10)
    if any(part not in known for part in parts):
        return Typed(typed, mistake="unknown_code")
    if len(set(parts)) < len(parts):
        return Typed(typed, mistake="twice")
    ordered = sorted(parts, key=int)
    return Typed(" ".join(ordered), [str(known[part]) for part in ordered])


def _parts(typed: str, *, single: bool) -> list[str]:
    """Split codes of several options. single: all codes have one digit, and may stand side by side."""
    parts = [part for part in _BETWEEN_CODES.split(typed) if part]
    return [digit for part in parts for digit in part] if single else parts
