"""Reasons why an instrument cannot be published, one sentence each."""

from collections.abc import Iterator

from sipas.survey.instruments.indices import index_problems
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.problems.attribute_problems import attribute_problems
from sipas.survey.instruments.problems.condition_problems import condition_problems
from sipas.survey.instruments.problems.form_problems import form_problems
from sipas.survey.instruments.problems.id_problems import id_problems
from sipas.survey.instruments.problems.item_problems import item_problems
from sipas.survey.instruments.problems.scale_problems import scale_problems
from sipas.survey.instruments.problems.text_problems import text_problems


def problems(instrument: Instrument) -> Iterator[str]:
    """Yield the problems of the first group that has some: later ones may follow from them."""
    groups = (
        (scale_problems, id_problems, _missing_parts),
        (text_problems, item_problems, attribute_problems),
        (condition_problems,),
        (form_problems, _index_problems),
    )
    for group in groups:
        found = [problem for check in group for problem in check(instrument)]
        if found:
            yield from found
            return


def _missing_parts(instrument: Instrument) -> Iterator[str]:
    if not instrument.languages:
        yield 'languages is empty; name one, such as "vi"'
    if not list(instrument.items()):
        yield "there is no item"
    elif not instrument.indices and instrument.rated:
        yield 'there is no index; name one, such as kind = "pooled"'


def _index_problems(instrument: Instrument) -> Iterator[str]:
    for written, definition in zip(instrument.written_indices, instrument.indices, strict=True):
        found = list(index_problems(written, definition, instrument.all_sections))
        found = found or list(definition.problems(instrument.scoring()))
        yield from (f"index {definition.id}: {problem}" for problem in found)
