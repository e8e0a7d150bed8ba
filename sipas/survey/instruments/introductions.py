"""Introductions: the texts above the first question of a section."""

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Section, Text


def introductions(instrument: Instrument, section: Section) -> list[Text]:
    """Return the introductions of the section and of those that begin with it."""
    parents = {child.id: parent for parent in instrument.all_sections for child in parent.sections}
    found, above = [section.intro], parents.get(section.id)
    while above is not None and next(one for one in above.tree() if one.items).id == section.id:
        found.insert(0, above.intro)
        above = parents.get(above.id)
    return [intro for intro in found if intro]
