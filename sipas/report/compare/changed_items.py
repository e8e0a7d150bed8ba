"""Refuses to compare rounds whose versions of the instrument ask an item in another way."""

from sipas.errors import InputError
from sipas.report.sources.source import Source
from sipas.survey.instruments.changes import changed_items


def refuse_changed_items(measure: str, now: Source, before: Source, index: str | None) -> None:
    """Refuse a measure that is made of items that changed. index: None: the instrument's first."""
    kind, _, code = measure.partition(":")
    made_of = set(now.instrument.rated) | set(before.instrument.rated)
    question = now.instrument.index(index).question if now.instrument.indices else None
    if kind == "item":
        made_of = {code.partition(".")[0]}
    elif kind == "overall" and question is not None:
        made_of = {question}
    for item, how in changed_items(now.instrument, before.instrument):
        if item in made_of:
            raise InputError(
                f"measure: item {item} cannot be compared between {now.instrument.name} and"
                f" {before.instrument.name}: {how}"
            )
