"""The parts of a form with their titles, and the pages that show them to one person."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from random import Random

import msgspec

from sipas.survey.instruments.forms import Form, FormStep
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Factor, Item, Section
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.intake.answer_coding import AnswerValue, shown_items


class FormPart(msgspec.Struct, frozen=True):
    """Items that are shown together, under the title of their factor or section."""

    group: Factor | Section | None
    items: tuple[Item, ...]


def parts_asked(instrument: Instrument, form: Form, seed: bytes = b"") -> tuple[FormPart, ...]:
    """Return the parts that a form asks; the same seed draws the same items.

    Answers show the drawn items, so a stored seed would identify the answers of a link.
    """
    chance = Random(seed)
    groups = {group.id: group for group in instrument.groups}
    parts = []
    for step in form.steps:
        items = _asked(instrument, step, chance)
        for group, together in groupby(items, lambda item: instrument.section_of.get(item.id)):
            # A step that asks a single item has no title above it.
            titled = step.ask not in instrument.items_by_id
            parts.append(FormPart(groups.get(group or "") if titled else None, tuple(together)))
    return tuple(parts)


def _asked(instrument: Instrument, step: FormStep, chance: Random) -> list[Item]:
    blocks = instrument.blocks(step)
    if step.draw_sections is not None:
        drawn = sorted(chance.sample(range(len(blocks)), step.draw_sections))
        return [item for place in drawn for item in blocks[place].items]
    items = [item for block in blocks for item in block.items]
    return [items[place] for place in sorted(chance.sample(range(len(items)), step.draw or len(items)))]


def pages_of(instrument: Instrument, parts: Iterable[FormPart]) -> tuple[tuple[FormPart, ...], ...]:
    """Return the parts of each page. Questionnaires without sections have one page.

    A section has a page of its own, and single items before it share one. An item whose condition depends on
    another is on a later page than that.
    """
    if not instrument.sections:
        return (tuple(parts),)
    pages: list[list[FormPart]] = []
    for part in parts:
        for piece in _split_at_conditions(instrument, part):
            joins = bool(pages) and part.group is None and pages[-1][-1].group is None
            if joins and not _depends_on(instrument, piece, pages[-1]):
                pages[-1].append(piece)
            else:
                pages.append([piece])
    return tuple(map(tuple, pages))


def _split_at_conditions(instrument: Instrument, part: FormPart) -> list[FormPart]:
    pieces: list[list[Item]] = [[]]
    for item in part.items:
        before = {one.id for one in pieces[-1]}
        if any(condition.item in before for condition in instrument.conditions.get(item.id, ())):
            pieces.append([])
        pieces[-1].append(item)
    return [FormPart(part.group, tuple(piece)) for piece in pieces]


def _depends_on(instrument: Instrument, piece: FormPart, earlier: Iterable[FormPart]) -> bool:
    before = {item.id for part in earlier for item in part.items}
    return any(
        condition.item in before
        for item in piece.items
        for condition in instrument.conditions.get(item.id, ())
    )


def shown_parts(
    page: Iterable[FormPart], answers: Mapping[str, AnswerValue], sheet: Sheet
) -> tuple[FormPart, ...]:
    """Return the parts of a page without the items whose condition is not met."""
    if not sheet.conditional:
        return tuple(page)
    shown = shown_items(answers, sheet)
    kept = (
        FormPart(part.group, tuple(item for item in part.items if shown.get(item.id, True))) for part in page
    )
    return tuple(part for part in kept if part.items)
