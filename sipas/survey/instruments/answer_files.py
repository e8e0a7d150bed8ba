"""Questions of an instrument in other programs' files: how answers and headers are read."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sipas.survey.instruments.instrument import Instrument
from sipas.tables import AnswerCoding, AnswerFile, AnswerTable, TablePlace, read_answers
from sipas.tables.cells import phrase
from sipas.tables.header_rows import question
from sipas.tables.item_columns import quoted_map
from sipas.tables.names import same_name
from sipas.tables.records import FIRST_SHEET


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
    file = AnswerFile(
        required, known, reading.rename, reading.without, reading.place, _questions_of(instrument)
    )
    items = [item.id for item in instrument.items()]
    return read_answers(path, items, _coding_of(instrument, reading.missing), file)


def _coding_of(instrument: Instrument, missing: frozenset[str] = frozenset()) -> AnswerCoding:
    """Return the codes of the scale: its points, and labels that stand for one point in every language."""
    scale = instrument.scale
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
    return {item.id: frozenset(map(question, item.text.values())) for item in instrument.items()}


def needed_items(instrument: Instrument, table: AnswerTable, form: str | None) -> set[str]:
    """Return the items that the forms in the file ask. form: of empty cells; None asked everything."""
    known = {one.id: one for one in instrument.all_forms()}
    needed: set[str] = set()
    for name in _forms_in(table, form):
        found = known.get(name or "")
        needed |= set(instrument.probabilities(found)) if found else {i.id for i in instrument.items()}
    return needed


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
