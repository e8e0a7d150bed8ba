"""A form prepared for coding answers."""

from collections.abc import Iterable
from typing import NamedTuple

from sipas.survey.instruments.forms import Form
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Condition, Item


class SectionDraw(NamedTuple):
    """step: the section that a step draws sections from."""

    step: str
    sections: tuple[frozenset[str], ...]
    draw: int


class RequiredItem(NamedTuple):
    """together: the items of which one shows that this one was drawn; None: it is always asked."""

    id: str
    together: frozenset[str] | None


class RequiredDraw(NamedTuple):
    """A draw of required items, of which `draw` must have been asked."""

    step: str
    items: frozenset[str]
    draw: int


class Sheet:
    """A form: the place of each item in a stored answer.

    places: of ratings on the main scale. always_apply: those that cannot be "not applicable".
    others: all other items of the form. conditional: items with conditions, in the order of the form.
    """

    def __init__(self, instrument: Instrument, form: Form) -> None:
        blocks = [(step, instrument.blocks(step)) for step in form.steps]
        asked = [item for _, found in blocks for block in found for item in block.items]
        self.instrument, self.form = instrument, form
        self.width = len(instrument.answer_columns())
        self.points = frozenset(instrument.scale.points)
        plain = [item for item in asked if instrument.is_rated(item)]
        self.always_apply = {
            item.id for item in plain if not _may_be_sent_as_not_applicable(instrument, item)
        }
        self.places = {item.id: instrument.column_places[item.id] for item in plain}
        self.others = {item.id: item for item in asked if item.id not in self.places}
        self.first_columns = _first_columns(instrument, asked)
        self.texts = {item.other_id: item.id for item in asked if item.other_id}  # with their items
        self.attribute_values = _attribute_values(instrument)
        self.draws = [
            (frozenset(item.id for item in found[0].items), step.draw)
            for step, found in blocks
            if step.draw and step.draw_sections is None and found
        ]
        self.section_draws = [
            SectionDraw(
                step.ask, tuple(frozenset(i.id for i in block.items) for block in found), step.draw_sections
            )
            for step, found in blocks
            if step.draw_sections is not None
        ]
        self.conditional: dict[str, tuple[Condition, ...]] = {
            item.id: instrument.conditions[item.id] for item in asked if item.id in instrument.conditions
        }
        self.required = self._required(asked)
        self.required_draws = self._required_draws(asked)

    def _required(self, asked: Iterable[Item]) -> tuple[RequiredItem, ...]:
        drawn = {item for items, draw in self.draws for item in items if draw < len(items)}
        sections = {
            item: section
            for one in self.section_draws
            if one.draw < len(one.sections)
            for section in one.sections
            for item in section
        }
        return tuple(
            RequiredItem(item.id, frozenset((item.id,)) if item.id in drawn else sections.get(item.id))
            for item in asked
            if item.required
        )

    def _required_draws(self, asked: Iterable[Item]) -> tuple[RequiredDraw, ...]:
        """Return the draws all of whose items must be answered when they are drawn."""
        needed = {item.id for item in asked if item.required and item.id not in self.conditional}
        steps = [step.ask for step in self.form.steps if step.draw and step.draw_sections is None]
        pairs = zip(steps, self.draws, strict=False)
        return tuple(RequiredDraw(step, items, draw) for step, (items, draw) in pairs if items <= needed)


def _may_be_sent_as_not_applicable(instrument: Instrument, item: Item) -> bool:
    """Outside sections every item may, as always, unless it says otherwise."""
    if item.not_applicable is not None:
        return item.not_applicable
    sections = {section.id for section in instrument.all_sections}
    return instrument.section_of.get(item.id) not in sections


def _first_columns(instrument: Instrument, asked: Iterable[Item]) -> dict[str, int]:
    """Return the first answer column of each item that has one."""
    first: dict[str, int] = {}
    for place, column in enumerate(instrument.answer_columns()):
        first.setdefault(column.item, place)
    return {item.id: first[item.id] for item in asked if item.id in first}


def _attribute_values(instrument: Instrument) -> dict[str, tuple[str, ...]]:
    """Return the values of attributes that the questionnaire itself asks or records."""
    declared = {one.id for one in instrument.attributes}
    return {one.id: one.values for one in instrument.all_attributes if one.id not in declared}
