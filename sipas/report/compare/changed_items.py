"""Refuses to compare rounds whose versions of the instrument ask an item in another way."""

from sipas.errors import InputError
from sipas.report.indices.indices import Prepared
from sipas.survey.instruments.changes import changed_items
from sipas.survey.instruments.instrument import Instrument


def refuse_changed_items(now: Prepared, before: Instrument) -> None:
    """Refuse measures that are made of items that changed since."""
    instrument, scoring = now.source.instrument, now.source.cells.scoring
    made_of = {scoring.items[place] for measure in now.measures for place in measure.items(scoring)}
    asked = {item.partition(".")[0] for item in made_of}  # of an option its item
    for item, how in changed_items(instrument, before):
        if item in asked:
            raise InputError(
                f"measure: item {item} cannot be compared between {instrument.name} and {before.name}: {how}"
            )
