"""Which answers a measure is about, and answers as columns that make domains."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sipas.errors import InputError, NotFound
from sipas.stats import Column, IndexDefinition, Measure, Scoring, choose_measures, item_measure
from sipas.stats.cells.layout import sum_width
from sipas.survey.instruments.answer_columns import AnswerColumn
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import MAIN_SCALE, AnswerScale
from sipas.survey.instruments.scorings import ItemScoring

OPTIONS = "options"  # the measure of each option and each yes, and their scoring
_NO_YES = ("no", "yes")
_HELD_SUMS_MAX = 256  # of a cell


def find_scoring(instrument: Instrument, measure: str) -> ItemScoring:
    """Return the scoring that a measure needs: of the main scale, unless it names another item.

    An instrument that rates nothing on its main scale has one of its options, or of another scale.
    """
    kind, _, code = measure.partition(":")
    if measure == OPTIONS:
        if OPTIONS not in instrument.scorings:
            raise InputError(f"measure: {instrument.name} asks no question of options and no yes/no question")
        return instrument.scorings[OPTIONS]
    if kind == "item":
        wanted = {code, *option_columns(instrument, code)}
        for scoring in instrument.scorings.values():
            if wanted & set(scoring.scoring.items):
                return scoring
    if not instrument.rated:
        return [*instrument.scorings.values()][-1]
    return instrument.scorings[MAIN_SCALE]


def chosen_measures(
    instrument: Instrument, scoring: Scoring, definition: IndexDefinition, choice: str
) -> Sequence[Measure]:
    """Return the measures of a choice: those of `choose_measures`, or each option of a question."""
    kind, _, code = choice.partition(":")
    if choice == OPTIONS:
        return [item_measure(scoring, item) for item in scoring.items]
    if kind == "item" and code not in scoring.items:
        options = option_columns(instrument, code)
        if options and set(options) <= set(scoring.items):
            return [item_measure(scoring, option) for option in options]
        _refuse_unmeasured(instrument, code)
    elif kind != "item" and definition.kind == "none":
        _refuse_without_index(instrument, scoring, choice)
    return choose_measures(scoring, definition, choice)


def _refuse_unmeasured(instrument: Instrument, code: str) -> None:
    """Refuse an item that does not exist, or that is no rating, option or yes/no question."""
    item = instrument.items_by_id.get(code)
    if item is None:
        measured = ", ".join(_measured_items(instrument))
        raise NotFound(f"measure: {instrument.name} has no item {code!r} to estimate; it has {measured}")
    if item.kind == "text":
        raise InputError(f"measure: {code} is a text, of which no share is estimated")
    what = "a number" if item.kind == "number" else "about the person"
    raise InputError(
        f"measure: {code} is {what}, of which no share is estimated; name it in by or where instead"
    )


def _refuse_without_index(instrument: Instrument, scoring: Scoring, choice: str) -> None:
    """Refuse an index or its parts, and name what can be estimated."""
    if choice in ("items", "all") and scoring.items:
        return
    measured = _measured_items(instrument)
    why = f"measure: {instrument.name} has no index, as it rates nothing on its main scale"
    if not measured:
        raise InputError(f"{why}, and no question of options; export its responses instead")
    raise InputError(
        f"{why}; ask for measure items (the share of each option), or for one question, such as"
        f" item:{measured[0]}"
    )


def _measured_items(instrument: Instrument) -> list[str]:
    """Return the questions of which shares are estimated, in the order of the form."""
    columns = (column for column in instrument.answer_columns() if column.kind != "number")
    return list(dict.fromkeys(column.item for column in columns))


def choose_sums(scoring: Scoring) -> Literal["all", "as-needed"]:
    """Which sums cells hold: those of a questionnaire of many items would take more room than its answers."""
    return "as-needed" if sum_width(scoring) > _HELD_SUMS_MAX else "all"


def option_columns(instrument: Instrument, item: str) -> tuple[str, ...]:
    """Return the ids by which the options of a choice are measured, in the order of the form."""
    found = instrument.items_by_id.get(item)
    if found is None or found.kind not in ("choice", "choices"):
        return ()
    return tuple(f"{item}.{option.code}" for option in found.options)


def measured_scale(instrument: Instrument, measure: str) -> AnswerScale | None:
    """Return the scale that a measure is on; None for options and yes/no items, which are 0 or 1."""
    kind, _, code = measure.partition(":")
    if kind != "item":
        return instrument.scale
    item = instrument.items_by_id.get(code)
    return instrument.scale_of(item) if item is not None and item.kind == "rating" else None


def answer_makers(
    instrument: Instrument, stored: Sequence[NDArray[Any]] | NDArray[Any]
) -> Mapping[str, Callable[[], Column]]:
    """Return for each answer column a function that makes a column of it; stored: by answer column."""
    return {
        column.id: partial(_column_of, instrument, column, stored[place])
        for place, column in enumerate(instrument.answer_columns())
    }


def _column_of(instrument: Instrument, column: AnswerColumn, answers: NDArray[Any]) -> Column:
    if column.kind == "choice":
        options = instrument.items_by_id[column.item].options
        return Column(np.maximum(answers, 0).astype(np.int32) - 1, tuple(one.code for one in options))
    if column.kind in ("yes-no", "choices"):
        return Column(np.maximum(answers, -1).astype(np.int32), _NO_YES)
    points, places = np.unique(np.maximum(answers, -1), return_inverse=True)
    missing = int(points[:1].tolist() == [-1])
    return Column((places - missing).astype(np.int32), tuple(map(str, points[missing:].tolist())))
