"""Published questionnaires: scales, items, factors, sections, indices and forms."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property

import msgspec

from sipas.errors import InputError
from sipas.stats.cells.scoring import NO_INDEX, IndexDefinition, Scoring
from sipas.survey.instruments.answer_columns import AnswerColumn, columns_of, option_id
from sipas.survey.instruments.forms import KIOSK_QUESTIONS_MAX, Block, Form, FormStep, chance_of, most_asked
from sipas.survey.instruments.indices import WrittenIndex, resolve_index
from sipas.survey.instruments.items import (
    MAIN_SCALE,
    OPTION_ORDER,
    OPTION_ORDERS,
    AnswerScale,
    Attribute,
    Condition,
    Factor,
    Item,
    Section,
    Text,
)
from sipas.survey.instruments.scorings import ItemScoring, forms_of

_YES_NO = (0, 1)


class Instrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """`questions` are outside the factors and come first, such as the overall question. Sections come last.

    main_scale: `[scale]` of the file. written_indices: as the file has them; `indices` resolves them.
    note: a remark for administrators, such as what must be checked.
    """

    id: str
    version: int
    languages: tuple[str, ...]
    title: Text
    main_scale: AnswerScale | None = msgspec.field(name="scale", default=None)
    named_scales: dict[str, AnswerScale] = msgspec.field(name="scales", default_factory=dict)
    factors: tuple[Factor, ...] = ()
    written_indices: tuple[WrittenIndex, ...] = msgspec.field(name="indices", default=())
    questions: tuple[Item, ...] = ()
    sections: tuple[Section, ...] = ()
    forms: tuple[Form, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    note: Text | None = None

    @property
    def name(self) -> str:
        return f"{self.id}@{self.version}"

    @cached_property
    def scale(self) -> AnswerScale:
        """Return the main scale; one of two points for an instrument that has none."""
        return self.main_scale or AnswerScale(_YES_NO, 1, dict.fromkeys(self.languages, ("0", "1")))

    def scale_of(self, item: Item) -> AnswerScale:
        return self.named_scales[item.scale] if item.scale else self.scale

    @cached_property
    def all_sections(self) -> tuple[Section, ...]:
        """Return all sections of the tree, in the order of the form."""
        return tuple(one for section in self.sections for one in section.tree())

    @cached_property
    def groups(self) -> tuple[Factor | Section, ...]:
        """Return the factors, then all sections."""
        return *self.factors, *self.all_sections

    @cached_property
    def section_of(self) -> dict[str, str]:
        """Return the section or factor of each item that is in one."""
        return {item.id: group.id for group in self.groups for item in group.items}

    @cached_property
    def titles(self) -> dict[str, Text]:
        """Return the titles of factors and sections by id."""
        return {group.id: group.title for group in self.groups}

    def items(self) -> Iterator[Item]:
        """Yield all items in instrument order."""
        yield from self.questions
        for group in self.groups:
            yield from group.items

    @cached_property
    def items_by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items()}

    @cached_property
    def about_person(self) -> frozenset[str]:
        """Return the items whose answers become attributes of the response."""
        return frozenset(
            item.id
            for section in self.all_sections
            if section.about_person
            for item in section.items
            if item.kind == "choice"
        )

    @cached_property
    def conditions(self) -> dict[str, tuple[Condition, ...]]:
        """Return what must hold for an item to be shown: its own condition and those of its sections."""
        found: dict[str, tuple[Condition, ...]] = {
            item.id: (item.when,) for item in self.items() if item.when
        }
        for section in self.all_sections:
            if section.when:
                for item in section.all_items():
                    found[item.id] = (*found.get(item.id, ()), section.when)
        return found

    @cached_property
    def all_attributes(self) -> tuple[Attribute, ...]:
        """Return the attributes that are declared, asked as items, or recorded with the answers."""
        asked = [
            Attribute(item.id, tuple(option.code for option in item.options))
            for item in self.items()
            if item.id in self.about_person
        ]
        order = [Attribute(OPTION_ORDER, OPTION_ORDERS)] if self.records_order else []
        return *self.attributes, *asked, *order

    @cached_property
    def records_order(self) -> bool:
        """Whether a response records that options were shown in reversed order."""
        return any(item.order == "reversed" for item in self.items())

    def may_not_apply(self, item: Item) -> bool:
        """Whether the item is offered with "not applicable"."""
        if item.not_applicable is None:
            return self.section_of.get(item.id) in {factor.id for factor in self.factors}
        return item.not_applicable

    @cached_property
    def _columns(self) -> tuple[AnswerColumn, ...]:
        return tuple(columns_of(self.items(), self.about_person))

    def answer_columns(self) -> tuple[AnswerColumn, ...]:
        """Return the columns of a stored answer, in instrument order."""
        return self._columns

    @cached_property
    def column_places(self) -> dict[str, int]:
        return {column.id: place for place, column in enumerate(self._columns)}

    def blocks(self, step: FormStep) -> tuple[Block, ...]:
        """Return what a step asks or draws from. Without a draw of sections there is one block."""
        if step.draw_sections is not None:
            below = next((one for one in self.all_sections if one.id == step.ask), None)
            return tuple(Block(one.id, one.items) for one in below.tree() if one.items) if below else ()
        items = self._asked(step.ask)
        return (Block(step.ask, items),) if items else ()

    def _asked(self, name: str) -> tuple[Item, ...]:
        for factor in self.factors:
            if factor.id == name:
                return factor.items
        for section in self.all_sections:
            if section.id == name:
                return tuple(section.all_items())
        item = self.items_by_id.get(name)
        return (item,) if item else ()

    def asked_by(self, step: FormStep) -> tuple[Item, ...]:
        """Return the items that a step asks or draws from."""
        return tuple(item for block in self.blocks(step) for item in block.items)

    def all_forms(self) -> tuple[Form, ...]:
        """Return the published forms. An instrument without forms asks everything."""
        if self.forms:
            return self.forms
        groups: tuple[Factor | Section, ...] = (*self.factors, *self.sections)
        asked = (*(item.id for item in self.questions), *(group.id for group in groups if _has_items(group)))
        return (Form("full", tuple(map(FormStep, asked))),)

    def form_for(self, channel: str) -> Form:
        forms = self.all_forms()
        return next((form for form in forms if channel in form.channels), forms[0])

    def count_questions(self, form: Form) -> int:
        """Return how many questions the form asks one person at most."""
        return sum(most_asked(step, self.blocks(step)) for step in form.steps)

    def is_short(self, form: Form) -> bool:
        return self.count_questions(form) <= KIOSK_QUESTIONS_MAX

    def is_plain(self, step: FormStep) -> bool:
        """Whether the step asks ratings on the main scale, without conditions or a draw of sections.

        Apps of terminals that have not been updated ask nothing else.
        """
        items = self.asked_by(step)
        plain = all(self.is_rated(item) and item.id not in self.conditions for item in items)
        return plain and step.draw_sections is None

    def fits_terminals(self, form: Form) -> bool:
        """Whether terminals ask the form: a short one, or one that they have always asked."""
        return self.is_short(form) or all(self.is_plain(step) for step in form.steps)

    def probabilities(self, form: Form) -> dict[str, Fraction]:
        """Return the probability of being asked of each item in the form."""
        return {
            item.id: chance_of(step, blocks)
            for step in form.steps
            for blocks in (self.blocks(step),)
            for block in blocks
            for item in block.items
        }

    @cached_property
    def _chances(self) -> dict[str, dict[str, Fraction]]:
        return {form.id: self.probabilities(form) for form in self.all_forms()}

    def is_rated(self, item: Item, scale: str = "") -> bool:
        return item.kind == "rating" and item.scale == scale

    @cached_property
    def rated(self) -> tuple[str, ...]:
        """Return the items rated on the main scale, which indices are made of."""
        return tuple(item.id for item in self.items() if self.is_rated(item))

    @cached_property
    def _scoring(self) -> Scoring:
        ids = self.rated
        groups = {group.id: [item.id for item in group.items if self.is_rated(item)] for group in self.groups}
        return Scoring(
            items=ids,
            factors={name: tuple(map(ids.index, items)) for name, items in groups.items() if items},
            points=self.scale.points,
            satisfied=self.scale.satisfied,
            forms=forms_of(ids, self._chances),
        )

    def scoring(self) -> Scoring:
        """Return the scoring of the main scale. Its factors are the sections that hold its items."""
        return self._scoring

    @cached_property
    def scorings(self) -> dict[str, ItemScoring]:
        """Return the scorings: `main`, each named scale, and `options` (yes/no items and options)."""
        main = {MAIN_SCALE: self._scored(self._scoring)}
        for name, scale in self.named_scales.items():
            ids = tuple(item.id for item in self.items() if self.is_rated(item, name))
            if ids:
                main[name] = self._scored(
                    Scoring(ids, {}, scale.points, scale.satisfied, forms_of(ids, self._chances))
                )
        return main | self._option_scoring()

    def _scored(self, scoring: Scoring) -> ItemScoring:
        places = tuple(self.column_places[item] for item in scoring.items)
        return ItemScoring(scoring, places, (None,) * len(places))

    def _option_scoring(self) -> dict[str, ItemScoring]:
        found: list[tuple[str, str, int, int | None]] = []  # id, item, column, position of the option
        for place, column in enumerate(self._columns):
            if column.kind in ("yes-no", "choices"):
                found.append((column.id, column.item, place, None))
            elif column.kind == "choice":
                options = self.items_by_id[column.item].options
                found += [
                    (option_id(column.item, option.code), column.item, place, position)
                    for position, option in enumerate(options, 1)
                ]
        if not found:
            return {}
        ids, items, places, positions = zip(*found, strict=True)
        forms = forms_of(items, self._chances)
        return {"options": ItemScoring(Scoring(ids, {}, _YES_NO, 1, forms), places, positions)}

    @cached_property
    def indices(self) -> tuple[IndexDefinition, ...]:
        rated = frozenset(self.rated)
        return tuple(resolve_index(one, self.all_sections, rated) for one in self.written_indices)

    def index(self, code: str | None) -> IndexDefinition:
        """Return the definition with that code, or the first one; NO_INDEX for an instrument without any."""
        if code is None:
            return self.indices[0] if self.indices else NO_INDEX
        for definition in self.indices:
            if definition.id == code:
                return definition
        known = ", ".join(definition.id for definition in self.indices)
        others = f"its indices are {known}" if known else "it has none, as it rates nothing on its main scale"
        raise InputError(f"{self.name} has no index {code!r}; {others}")


def _has_items(group: Factor | Section) -> bool:
    return bool(group.items) or (isinstance(group, Section) and any(group.all_items()))
