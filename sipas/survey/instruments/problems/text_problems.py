"""Texts that lack a language."""

from collections.abc import Iterator

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Text


def text_problems(instrument: Instrument) -> Iterator[str]:
    for place, text in _texts(instrument):
        missing = [language for language in instrument.languages if not text.get(language)]
        if missing:
            yield f"{place} has no text in {', '.join(missing)}"


def _texts(instrument: Instrument) -> Iterator[tuple[str, Text]]:
    """Yield each text with its place."""
    yield "title", instrument.title
    for item in instrument.items():
        yield f"item {item.id}", item.text
        if item.hint:
            yield f"hint of item {item.id}", item.hint
        yield from ((f"option {option.code} of item {item.id}", option.text) for option in item.options)
    yield from ((f"factor {factor.id}", factor.title) for factor in instrument.factors)
    for section in instrument.all_sections:
        yield f"section {section.id}", section.title
        if section.intro:
            yield f"intro of section {section.id}", section.intro
