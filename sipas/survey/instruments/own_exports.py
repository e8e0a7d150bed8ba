"""Exports of ours as SPSS, Stata and Parquet files: names of variables, and numbers in place of codes."""

from dataclasses import replace

import numpy as np

from sipas.survey.instruments.coded_columns import CodedColumn, coded_columns
from sipas.survey.instruments.instrument import Instrument
from sipas.tables import AnswerCoding, AnswerTable
from sipas.tables.answers import Coded
from sipas.tables.statistical_files import OwnExport
from sipas.tables.variable_names import legal_names


def variables_of(instrument: Instrument, own: OwnExport) -> dict[str, str]:
    """Return the file's names of answer columns that have another name there."""
    if own.kind == "parquet":
        return {}
    names = legal_names(known_names(instrument), own.kind)
    return {name: legal for name, legal in names.items() if legal != name and legal in own.header}


def known_names(instrument: Instrument) -> tuple[str, ...]:
    """Return the columns that the questionnaire alone determines. They are named before all others."""
    answers = [column.id for column in instrument.answer_columns()]
    return tuple(dict.fromkeys([*answers, *coded_columns(instrument)]))


def numbered_choices(instrument: Instrument) -> dict[str, AnswerCoding]:
    """Return how choices of one option are written: by the option's number, counted from 1."""
    return {
        column.id: AnswerCoding(
            (),
            {
                str(number): number
                for number in range(1, 1 + len(instrument.items_by_id[column.item].options))
            },
            named="the number of an option",
        )
        for column in instrument.answer_columns()
        if column.kind == "choice"
    }


def with_codes(instrument: Instrument, table: AnswerTable) -> AnswerTable:
    """Return the table with codes in place of the numbers of columns whose values are few and known."""
    coded = coded_columns(instrument)
    columns = {
        name: _decoded(column, coded[name]) if name in coded else column
        for name, column in table.columns.items()
    }
    return replace(table, columns=columns)


def _decoded(column: Coded, known: CodedColumn) -> Coded:
    """Numbers that the column does not have stay as they are."""
    texts = {str(number): code for number, code in enumerate(known.codes, known.first)}
    levels = [texts.get(level, level) for level in column.levels]
    places = {level: place for place, level in enumerate(dict.fromkeys(levels))}
    codes = np.array([*(places[level] for level in levels), -1], np.int32)[column.codes]
    return Coded(codes, tuple(places))
