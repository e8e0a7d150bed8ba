"""Columns of a file of responses: all checks of the file are here."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from sipas.errors import TableError
from sipas.imports.attributes import read_attributes
from sipas.imports.fields import FieldReader, one_of_words, read_field
from sipas.imports.filled_forms import lack_required, refuse_unasked, without_hidden
from sipas.imports.frame import FRAME_KEY_COLUMNS as FRAME_COLUMNS
from sipas.imports.lookup import procedure_called, unit_on
from sipas.imports.person_answers import read_texts, text_columns
from sipas.imports.personal_columns import find_personal, names_person
from sipas.imports.response_dates import SUBMITTED_AT, find_date_order, find_dates, parse_response_moment
from sipas.imports.transaction_dates import DateOrder
from sipas.queries.catalogue import Round
from sipas.survey.catalogue import LOCAL, Catalogue, is_open, local_day
from sipas.survey.columns import CHANNELS, IMPORT_COLUMNS, SERVICE_CHANNELS
from sipas.survey.intake.personal_numbers import hide_numbers
from sipas.tables import AnswerTable
from sipas.tables.cells import parse_truth


@dataclass(frozen=True)
class ResponseColumns:
    names: FieldReader[str]
    unit_ids: FieldReader[int]
    procedure_ids: FieldReader[int | None]
    service_channels: FieldReader[str | None]
    channels: FieldReader[str]
    forms: FieldReader[str]
    languages: FieldReader[str]
    started: FieldReader[datetime | None]
    submitted: FieldReader[datetime]
    complete: FieldReader[bool]
    comments: FieldReader[str | None]
    attributes: FieldReader[str]
    texts: FieldReader[str | None]
    answers: NDArray[np.int16]
    incomplete: int  # rows that lack a required answer, which are stored as partial
    left_out: tuple[str, ...] = ()  # columns that may name a person
    dates: tuple[str, ...] = ()  # attributes that may hold the day of answer


def read_columns(
    table: AnswerTable, catalogue: Catalogue, round_: Round, channel: str, order: DateOrder | None = None
) -> ResponseColumns:
    instrument = catalogue.instrument_of(round_)
    if not table.asked:
        raise TableError(table.file, f"no column is an item of {instrument.name}", row=1)
    _refuse_twice(table)
    texts = text_columns(instrument)
    free = [name for name in table.columns if _is_attribute(name, round_) and name not in texts]
    declared = {*round_.strata, *(attribute.id for attribute in instrument.all_attributes)}
    left_out = find_personal(table, free, declared)
    kept = [name for name in free if name not in left_out]
    undated = [name for name in free if not names_person(name)]
    known = replace(table, columns={name: c for name, c in table.columns.items() if name not in free})
    order = order or find_date_order(known)
    names = [form.id for form in instrument.all_forms()]
    forms = read_field(known, "form", one_of_words(names), names[0])
    refuse_unasked(table, forms, instrument)
    table = without_hidden(table, forms, instrument)
    lacking = lack_required(table, forms, instrument)
    submitted = read_field(known, SUBMITTED_AT, lambda text: _moment_in(round_, text, order), round_.opens_at)
    return ResponseColumns(
        names=read_field(known, "response_id", str, ""),
        unit_ids=_read_units(known, catalogue, submitted),
        procedure_ids=read_field(known, "procedure", lambda code: procedure_called(catalogue, code).id, None),
        service_channels=read_field(known, "service_channel", one_of_words(SERVICE_CHANNELS), None),
        channels=read_field(known, "channel", one_of_words(CHANNELS), channel),
        forms=forms,
        languages=read_field(known, "language", one_of_words(instrument.languages), instrument.languages[0]),
        started=read_field(known, "started_at", lambda text: parse_response_moment(text, order), None),
        submitted=submitted,
        complete=_without(read_field(known, "complete", parse_truth, True), lacking),
        comments=read_field(known, "comment", hide_numbers, None),
        attributes=read_attributes(table, kept),
        texts=read_texts(table, instrument),
        answers=table.answers,
        incomplete=int(lacking.sum()),
        left_out=tuple(left_out),
        dates=() if SUBMITTED_AT in known.columns else find_dates(table, undated),
    )


def _without(complete: FieldReader[bool], lacking: NDArray[np.bool_]) -> FieldReader[bool]:
    """Return which rows are complete; one that lacks a required answer is not."""
    if not lacking.any():
        return complete
    values = np.array(complete.meanings)[complete.codes] & ~lacking
    return FieldReader(values.astype(np.int32), [False, True])


def _is_attribute(column: str, round_: Round) -> bool:
    """Whether the column is an attribute: neither known nor an item, or an attribute of the strata.

    If strata use `channel`, it is not the answer channel, which transactions do not have.
    """
    return column not in IMPORT_COLUMNS or (column in round_.strata and column not in FRAME_COLUMNS)


def _refuse_twice(table: AnswerTable) -> None:
    """Refuse a response_id that occurs twice."""
    codes = table.get("response_id").codes
    _, first, place = np.unique(codes, return_index=True, return_inverse=True)
    again = np.flatnonzero(first[place] != np.arange(len(codes)))
    if len(again):
        row = int(again[0])
        earlier, name = table.rows[first[place[row]]], table.columns["response_id"].levels[codes[row]]
        raise table.error(row, "response_id", f"{name} stands in row {earlier} too")


def _read_units(
    table: AnswerTable, catalogue: Catalogue, submitted: FieldReader[datetime]
) -> FieldReader[int]:
    """Return the unit that had the code on the day of the answer."""
    codes, levels = table.get("unit").codes, table.columns["unit"].levels
    days = [local_day(moment_) for moment_ in submitted.meanings]
    distinct = sorted(set(days))
    places = {day: place for place, day in enumerate(distinct)}
    day_codes = np.array([places[day] for day in days])[submitted.codes]
    pairs, first, of_row = np.unique(
        codes.astype(np.int64) * len(distinct) + day_codes, return_index=True, return_inverse=True
    )
    units = []
    for pair, row in zip(pairs.tolist(), first.tolist(), strict=True):
        code, day = divmod(pair, len(distinct))
        try:
            units.append(unit_on(catalogue, levels[code], distinct[day]).id)
        except ValueError as problem:
            raise table.error(row, "unit", str(problem)) from None
    return FieldReader(of_row.astype(np.int32), units)


def _moment_in(round_: Round, text: str, order: DateOrder | None) -> datetime:
    given = parse_response_moment(text, order)
    if is_open(round_, given):
        return given
    opened, closed = _local_text(round_.opens_at), round_.closes_at and _local_text(round_.closes_at)
    raise ValueError(
        f"{text} is not in round {round_.code}, which is open from {opened} to {closed or 'now'}"
    )


def _local_text(when: datetime) -> str:
    return when.astimezone(LOCAL).isoformat(" ", "minutes")
