"""Answers that are no numbers: questions about the person, which become attributes, and texts."""

from collections.abc import Mapping
from dataclasses import replace

import msgspec
import numpy as np

from sipas.imports.fields import FieldReader, one_of_words
from sipas.survey.instruments.answer_files import choice_coding
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.intake.personal_numbers import clean_text, hide_numbers
from sipas.tables import AnswerCoding, AnswerTable, Coded

_TEXT_MAX_CHARACTERS = 4000
_ENCODER = msgspec.json.Encoder(order="sorted")


def text_columns(instrument: Instrument) -> frozenset[str]:
    """Return the columns of open answers: text items, and the texts beside options."""
    texts = {item.id for item in instrument.items() if item.kind == "text"}
    return frozenset(texts | {item.other_id for item in instrument.items() if item.other_id})


def with_option_codes(
    table: AnswerTable, instrument: Instrument, missing: frozenset[str] = frozenset()
) -> AnswerTable:
    """Return the table with option codes for answers about the person. Other values are an error."""
    declared = {one.id for one in instrument.attributes}
    columns: dict[str, Coded] = dict(table.columns)
    for attribute in instrument.all_attributes:
        if attribute.id not in columns or attribute.id in declared:
            continue
        if attribute.id in instrument.about_person:
            coding = choice_coding(instrument.items_by_id[attribute.id].options, missing)
            columns[attribute.id] = _coded(table, attribute.id, attribute.values, coding)
        else:
            table.parsed(attribute.id, one_of_words(attribute.values))
    return replace(table, columns=columns)


def _coded(table: AnswerTable, name: str, values: tuple[str, ...], coding: AnswerCoding) -> Coded:
    places = table.parsed(name, lambda text: max(coding.code(text) - 1, -1))
    return Coded(np.array([*places, -1], np.int32)[table.columns[name].codes], values)


def read_texts(table: AnswerTable, instrument: Instrument) -> FieldReader[str | None]:
    """Return the texts of each row as JSON, with personal numbers hidden; None for a row without texts."""
    names = sorted(text_columns(instrument) & table.columns.keys())
    said = {name: table.parsed(name, _hidden) for name in names}
    answered = np.zeros(len(table.rows), bool)
    for name in names:
        answered |= table.columns[name].codes >= 0
    rows = np.flatnonzero(answered)
    codes = np.full(len(table.rows), -1, np.int32)
    codes[rows] = np.arange(len(rows))
    meanings: list[str | None] = [_texts_of(table, said, row) for row in rows.tolist()]
    return FieldReader(codes, [*meanings, None])


def _hidden(text: str) -> str:
    if len(text) > _TEXT_MAX_CHARACTERS:
        raise ValueError(f"has {len(text):,} characters, and a text has at most {_TEXT_MAX_CHARACTERS:,}")
    return clean_text(hide_numbers(text)).strip()


def _texts_of(table: AnswerTable, said: Mapping[str, list[str]], row: int) -> str:
    places = {name: int(table.columns[name].codes[row]) for name in said}
    return _ENCODER.encode({name: said[name][place] for name, place in places.items() if place >= 0}).decode()
