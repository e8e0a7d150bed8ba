"""Rows of a file against the forms that were filled in, with the rules of intake."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sipas.imports.fields import FieldReader
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Condition
from sipas.survey.instruments.sheets import RequiredItem, Sheet
from sipas.survey.intake.answer_coding import NOT_ANSWERED, NOT_ASKED
from sipas.tables import AnswerTable, Coded

_ADVICE = "write - in the cell of an item that was not asked"
_Mask = NDArray[np.bool_]


class FilledForms:
    """The rows of a table that used one form. rows: a mask over the table."""

    def __init__(self, table: AnswerTable, sheet: Sheet, rows: _Mask) -> None:
        self.table, self.sheet, self.rows = table, sheet, rows
        self.places: dict[str, list[int]] = {}
        for place, column in enumerate(sheet.instrument.answer_columns()):
            self.places.setdefault(column.item, []).append(place)

    def columns_of(self, item: str) -> _Mask:
        columns = np.zeros(self.sheet.width, np.bool_)
        columns[self.places[item]] = True
        return columns

    def refuse_unasked(self) -> None:
        """Refuse items that the form does not ask: they have no probability, so no weight."""
        for item, places in self.places.items():
            if item not in self.sheet.first_columns and (wrong := self.rows & self._asked(item)).any():
                column = self.sheet.instrument.answer_columns()[places[0]].id
                problem = f"form {self.sheet.form.id} does not ask {item}; {_ADVICE}"
                raise self.table.error(int(np.argmax(wrong)), column, problem)
        for drawn, draw in self.sheet.draws:
            times = self._times(frozenset((item,)) for item in drawn)
            names = sorted(drawn, key=self.sheet.first_columns.__getitem__)
            self._refuse_more(times, draw, f"draws {draw} of {', '.join(names)}, and", names[0])
        for one in self.sheet.section_draws:
            first = min((item for section in one.sections for item in section), key=self._place_of)
            self._refuse_more(
                self._times(one.sections), one.draw, f"draws {one.draw} sections of {one.step}, and", first
            )

    def _refuse_more(self, times: NDArray[np.int64], draw: int, problem: str, item: str) -> None:
        if (wrong := self.rows & (times > draw)).any():
            row = int(np.argmax(wrong))
            raise self.table.error(
                row, item, f"form {self.sheet.form.id} {problem} {times[row]} were asked; {_ADVICE}"
            )

    def _place_of(self, item: str) -> int:
        return self.sheet.first_columns.get(item, self.sheet.width)

    def hidden(self) -> Iterator[tuple[str, _Mask]]:
        """Yield the items with a condition, and the rows whose answers do not meet it."""
        for item, shown in self._shown().items():
            yield item, self.rows & ~shown

    def missing(self) -> _Mask:
        """Return the rows that lack a required answer, or drew fewer items than they must."""
        lacking = np.zeros_like(self.rows)
        shown = self._shown()
        for one in self.sheet.required:
            lacking |= shown.get(one.id, True) & self._is_missing(one)
        for draw in self.sheet.required_draws:
            lacking |= self._times(frozenset((item,)) for item in draw.items) < draw.draw
        always = {one.id for one in self.sheet.required if one.id not in self.sheet.conditional}
        for sections in self.sheet.section_draws:
            if all(section & always for section in sections.sections):
                lacking |= self._times(sections.sections) < sections.draw
        return self.rows & lacking

    def _is_missing(self, one: RequiredItem) -> _Mask:
        if one.together is None:
            return ~self._answered(one.id)
        return ~self._answered(one.id) & (self._times([one.together]) > 0)

    def _times(self, groups: Iterable[frozenset[str]]) -> NDArray[np.int64]:
        """Return of how many groups the rows were asked an item."""
        times = np.zeros(len(self.rows), np.int64)
        for group in groups:
            times += np.any([self._asked(item) for item in sorted(group)], axis=0)
        return times

    def _asked(self, item: str) -> _Mask:
        if item in self.places:
            return _any_column(self.table.answers[:, self.places[item]] != NOT_ASKED)
        return self._answered(item)

    def _answered(self, item: str) -> _Mask:
        """Whether there is an answer; items about the person and texts are columns of the table."""
        if item in self.places:
            found = self.table.answers[:, self.places[item]]
            return _any_column((found != NOT_ASKED) & (found != NOT_ANSWERED))
        column = self.table.columns.get(item)
        return np.zeros_like(self.rows) if column is None else column.codes >= 0

    def _shown(self) -> dict[str, _Mask]:
        """Return where each item with a condition is shown. A hidden answer meets no condition."""
        shown: dict[str, _Mask] = {}
        for item, conditions in self.sheet.conditional.items():
            shown[item] = np.all(
                [shown.get(one.item, True) & self._is_met(one) for one in conditions], axis=0
            )
        return shown | {text: shown[item] for text, item in self.sheet.texts.items() if item in shown}

    def _is_met(self, condition: Condition) -> _Mask:
        item = self.sheet.instrument.items_by_id[condition.item]
        places = self.places.get(item.id)
        if places is None:
            column = self.table.columns.get(item.id, Coded(np.full(len(self.rows), -1, np.int32), ()))
            return np.array([level in condition.values for level in column.levels] + [False])[column.codes]
        answers = self.table.answers[:, places]
        codes = [option.code in condition.values for option in item.options]
        if item.kind == "choices":
            return _any_column(answers[:, codes] == 1)
        if item.kind == "choice":
            return np.isin(answers[:, 0], np.flatnonzero(codes) + 1)
        of_kind = bool if item.kind == "yes-no" else int
        return np.isin(answers[:, 0], [int(value) for value in condition.values if type(value) is of_kind])


def _any_column(found: _Mask) -> _Mask:
    return np.asarray(found.any(axis=1), np.bool_)


def filled_forms(
    table: AnswerTable, forms: FieldReader[str], instrument: Instrument
) -> Iterator[FilledForms]:
    """Yield the forms that the rows of a file used."""
    for form in instrument.all_forms():
        rows = np.array([meaning == form.id for meaning in forms.meanings])[forms.codes]
        if rows.any():
            yield FilledForms(table, Sheet(instrument, form), rows)


def without_hidden(table: AnswerTable, forms: FieldReader[str], instrument: Instrument) -> AnswerTable:
    """Return the table with answers left out whose condition is not met, as if they had not been asked."""
    if not instrument.conditions:
        return table
    answers, columns = table.answers.copy(), dict(table.columns)
    for filled in filled_forms(table, forms, instrument):
        for item, hidden in filled.hidden():
            if item in filled.places:
                answers[hidden[:, np.newaxis] & filled.columns_of(item)] = NOT_ASKED
            elif item in columns:
                codes = np.where(hidden, -1, columns[item].codes)
                columns[item] = Coded(codes.astype(np.int32), columns[item].levels)
    return replace(table, answers=answers, columns=columns)


def refuse_unasked(table: AnswerTable, forms: FieldReader[str], instrument: Instrument) -> None:
    for filled in filled_forms(table, forms, instrument):
        filled.refuse_unasked()


def lack_required(table: AnswerTable, forms: FieldReader[str], instrument: Instrument) -> _Mask:
    """Return the rows that lack a required answer."""
    lacking = np.zeros(len(table.rows), np.bool_)
    for filled in filled_forms(table, forms, instrument):
        if filled.sheet.required:
            lacking |= filled.missing()
    return lacking
