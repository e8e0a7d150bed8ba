"""The questionnaire as terminals read it."""

import msgspec

from sipas.survey.instruments.forms import Form, FormStep
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.introductions import introductions
from sipas.survey.instruments.items import Item


def published_questions(instrument: Instrument, form: Form) -> dict[str, object]:
    """Return the languages, the questionnaire and the form to ask, as the kiosk app reads them."""
    return {
        "languages": instrument.languages,
        "instrument": _published(instrument),
        "form": _published_form(instrument, form),
    }


def _published(instrument: Instrument) -> dict[str, object]:
    """Return the questions. Named scales and sections are there only if it has some."""
    published: dict[str, object] = {
        "id": instrument.id,
        "version": instrument.version,
        "name": instrument.name,
        "title": instrument.title,
        "scale": instrument.scale,
        "items": [_published_item(instrument, item) for item in instrument.items()],
    }
    if instrument.named_scales:
        published["scales"] = instrument.named_scales
    if instrument.sections:
        published["sections"] = [
            {"id": one.id, "title": one.title, "intros": introductions(instrument, one)}
            for one in instrument.all_sections
            if one.items
        ]
    return published


def _published_item(instrument: Instrument, item: Item) -> dict[str, object]:
    """Return the item with its section, and all conditions that hold for it in place of its own."""
    published: dict[str, object] = msgspec.to_builtins(item)
    published.pop("when", None)
    conditions = instrument.conditions.get(item.id)
    section = instrument.section_of.get(item.id)
    in_section = section in {one.id for one in instrument.all_sections}
    return (
        published
        | ({"conditions": conditions} if conditions else {})
        | ({"section": section} if in_section else {})
    )


def _published_form(instrument: Instrument, form: Form) -> dict[str, object]:
    """Return the form with the items of each step."""
    return {"id": form.id, "steps": [_published_step(instrument, step) for step in form.steps]}


def _published_step(instrument: Instrument, step: FormStep) -> dict[str, object]:
    """Return the items to draw from, or the sections.

    Terminals that have not been updated refuse a step without `draw`. They keep the round that they have
    until they are updated.
    """
    items = [item.id for item in instrument.asked_by(step)]
    if step.draw_sections is not None:
        blocks = instrument.blocks(step)
        sections = [{"id": one.section, "items": [item.id for item in one.items]} for one in blocks]
        return {"items": items, "sections": sections, "draw_sections": step.draw_sections}
    if instrument.is_plain(step):
        return {"items": items, "draw": step.draw or len(items)}
    return {"items": items, "draw_items": step.draw}
