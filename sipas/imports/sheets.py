"""Answers against the form they were given on, whose chances of being asked weigh them."""

import numpy as np
from numpy.typing import NDArray

from sipas.imports.fields import FieldReader
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.intake.answer_coding import NOT_ASKED
from sipas.tables import AnswerTable

ADVICE = "write - in the cell of an item that was not asked"


def refuse_unasked(table: AnswerTable, forms: FieldReader[str], instrument: Instrument) -> None:
    """An item that a form would not ask has no probability, so no weight."""
    asked = table.answers != NOT_ASKED
    for form in instrument.all_forms():
        mask = of_form(forms, form.id)
        if mask.any():
            sheet = Sheet(instrument, form)
            refuse_foreign_items(table, asked, mask, sheet)
            refuse_longer_draws(table, asked, mask, sheet)


def of_form(forms: FieldReader[str], form: str) -> NDArray[np.bool_]:
    return np.array([meaning == form for meaning in forms.meanings])[forms.codes]


def refuse_foreign_items(
    table: AnswerTable, asked: NDArray[np.bool_], mask: NDArray[np.bool_], sheet: Sheet
) -> None:
    items = [item.id for item in sheet.instrument.items()]
    for place, item in enumerate(items):
        if item not in sheet.places and (wrong := mask & asked[:, place]).any():
            raise table.error(
                int(np.argmax(wrong)), item, f"form {sheet.form.id} does not ask {item}; {ADVICE}"
            )


def refuse_longer_draws(
    table: AnswerTable, asked: NDArray[np.bool_], mask: NDArray[np.bool_], sheet: Sheet
) -> None:
    for drawn, draw in sheet.draws:
        items = sorted(drawn, key=sheet.places.__getitem__)
        times = asked[:, [sheet.places[item] for item in items]].sum(axis=1)
        if (wrong := mask & (times > draw)).any():
            row = int(np.argmax(wrong))
            problem = f"form {sheet.form.id} draws {draw} of {', '.join(items)}, and {times[row]} were asked"
            raise table.error(row, items[0], f"{problem}; {ADVICE}")
