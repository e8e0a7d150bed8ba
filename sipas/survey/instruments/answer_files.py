"""Questions of an instrument in other programs' files: how answers and headers are read."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sipas.survey.instruments.answer_columns import AnswerColumn
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import AnswerScale, Option
from sipas.survey.instruments.own_exports import numbered_choices, variables_of, with_codes
from sipas.tables import AnswerCoding, AnswerFile, AnswerTable, TablePlace, read_answers
from sipas.tables.cells import phrase
from sipas.tables.header_rows import question
from sipas.tables.item_columns import quoted_map
from sipas.tables.names import same_name
from sipas.tables.records import FIRST_SHEET
from sipas.tables.statistical_files import find_own_export

_YES_NO_WORDS = {
    **dict.fromkeys(("1", "1.0", "yes", "y", "true", "x", "có", "co"), 1),
    **dict.fromkeys(("0", "0.0", "no", "n", "false", "không", "khong"), 0),
}


@dataclass(frozen=True)
class Reading:
    """How to read a file. rename: column names by our names. without: items that were not asked.
    missing: values that mean no answer.
    """

    rename: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    place: TablePlace = FIRST_SHEET


def read_answers_to(
    instrument: Instrument,
    path: Path,
    reading: Reading,
    required: tuple[str, ...] = (),
    known: Collection[str] = (),
) -> AnswerTable:
    """Read the answers to an instrument. required, known: columns that are not items."""
    own = find_own_export(path)
    codings = {
        column.id: _coding_of(instrument, column, reading.missing)
        for column in instrument.answer_columns()
        if not instrument.is_rated(instrument.items_by_id[column.item])
    }
    rename = reading.rename
    if own is not None:
        codings |= numbered_choices(instrument)
        rename = {**variables_of(instrument, own), **rename}
    file = AnswerFile(
        required, known, rename, reading.without, reading.place, _questions_of(instrument), codings
    )
    columns = [column.id for column in instrument.answer_columns()]
    table = read_answers(path, columns, _scale_coding(instrument.scale, reading.missing), file)
    return with_codes(instrument, table) if own is not None and own.kind != "parquet" else table


def _coding_of(instrument: Instrument, column: AnswerColumn, missing: frozenset[str]) -> AnswerCoding:
    """Return the codes of an answer column that is not rated on the main scale."""
    item = instrument.items_by_id[column.item]
    if column.kind == "rating":
        return _scale_coding(instrument.scale_of(item), missing)
    if column.kind == "number":
        low, high = item.minimum, item.maximum
        return AnswerCoding(range(low, high + 1), {}, missing, f"a whole number from {low} to {high}")
    if column.kind == "choice":
        return choice_coding(item.options, missing)
    return AnswerCoding((), _YES_NO_WORDS, missing, "1, 0, yes, no")


def choice_coding(options: Sequence[Option], missing: frozenset[str]) -> AnswerCoding:
    """Return the positions of options by code, and by text if only one option has that text."""
    positions: dict[str, set[int]] = {}
    for position, option in enumerate(options, 1):
        for words in option.text.values():
            positions.setdefault(phrase(words), set()).add(position)
    labels = {text: min(found) for text, found in positions.items() if len(found) == 1}
    codes = {phrase(option.code): position for position, option in enumerate(options, 1)}
    return AnswerCoding((), labels | codes, missing, ", ".join(option.code for option in options))


def _scale_coding(scale: AnswerScale, missing: frozenset[str] = frozenset()) -> AnswerCoding:
    """Return the codes of a scale: its points, and labels that stand for one point in every language."""
    points: dict[str, set[int]] = {}
    for labels in scale.labels.values():
        for label, point in zip(labels, scale.points, strict=True):
            points.setdefault(phrase(label), set()).add(point)
    numbers = set(map(str, scale.points))
    labels_of_one = {
        label: min(own) for label, own in points.items() if len(own) == 1 and label not in numbers
    }
    return AnswerCoding(tuple(scale.points), labels_of_one, missing)


def _questions_of(instrument: Instrument) -> dict[str, frozenset[str]]:
    return {
        column.id: frozenset(map(question, instrument.items_by_id[column.item].text.values()))
        for column in instrument.answer_columns()
        if column.id == column.item
    }


def needed_items(instrument: Instrument, table: AnswerTable, form: str | None) -> set[str]:
    """Return the answer columns that forms in the file ask. form: of empty cells; None asked everything."""
    known = {one.id: one for one in instrument.all_forms()}
    needed: set[str] = set()
    for name in _forms_in(table, form):
        found = known.get(name or "")
        needed |= set(instrument.probabilities(found)) if found else {i.id for i in instrument.items()}
    return {column.id for column in instrument.answer_columns() if column.item in needed}


def _forms_in(table: AnswerTable, form: str | None) -> Iterator[str | None]:
    column = table.columns.get("form")
    if column is None:
        yield form
        return
    yield from column.levels
    if (column.codes < 0).any():
        yield form


def refuse_look_alikes(table: AnswerTable, known: frozenset[str] | set[str], used: set[str]) -> None:
    """Refuse columns such as `Channel` for `channel`: they would be ignored silently."""
    for column in table.columns:
        for name in sorted(known):
            if name not in table.columns and column not in known | used and same_name(name, column):
                raise table.header_error(
                    f"looks like the column {name}; add {quoted_map(name, column)}, or rename it if it is"
                    " something else",
                    column,
                )
