"""Fields of a paper form: the head of the form, and its questions in their order."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import groupby

import msgspec

from sipas.queries.catalogue import Round
from sipas.survey.catalogue import Catalogue
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Factor, Item, Section
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.intake.answer_coding import AnswerValue, shown_items
from sipas.survey.links.waiting import PAPER_CHANNEL
from sipas.survey.paper.codes import NOT_ANSWERED, Mistake, Typed, read_text, read_typed, tidy


class FieldPart(msgspec.Struct, frozen=True):
    """Questions under the title of their section."""

    group: Factor | Section | None
    items: tuple[Item, ...]


class ReadAnswers(msgspec.Struct, frozen=True):
    """Typed answers to the questions. normal: by field, as two entries are compared.

    left_out: questions that were answered though their condition is not met; they do not count.
    """

    answers: dict[str, AnswerValue]
    normal: dict[str, str]
    mistakes: dict[str, Mistake]
    left_out: tuple[str, ...] = ()


class PaperSheet:
    """A round's paper form."""

    def __init__(self, catalogue: Catalogue, round_: Round) -> None:
        self.round = round_
        self.instrument: Instrument = catalogue.instrument_of(round_)
        form = self.instrument.form_for(PAPER_CHANNEL)
        self.sheet: Sheet = catalogue.sheets[self.instrument.name, form.id]
        chances = self.instrument.probabilities(form)
        self.drawn = frozenset(item for item, chance in chances.items() if chance < 1)

    @cached_property
    def parts(self) -> tuple[FieldPart, ...]:
        """Return all questions of the form, drawn ones included, by section."""
        groups = {group.id: group for group in self.instrument.groups}
        found = []
        for step in self.sheet.form.steps:
            items = self.instrument.asked_by(step)
            titled = step.ask not in self.instrument.items_by_id
            for group, together in groupby(items, lambda item: self.instrument.section_of.get(item.id)):
                found.append(FieldPart(groups.get(group or "") if titled else None, tuple(together)))
        return tuple(found)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for part in self.parts for item in part.items)

    @cached_property
    def places(self) -> dict[str, int]:
        """Return the number of each question on the page, from 1; texts beside options have their item's."""
        places: dict[str, int] = {}
        for place, item in enumerate(self.items, 1):
            places[item.id] = place
            if item.other_id:
                places[item.other_id] = place
        return places

    def field_names(self) -> Iterator[str]:
        for item in self.items:
            yield item.id
            if item.other_id:
                yield item.other_id

    def read(self, fields: Mapping[str, str]) -> ReadAnswers:
        """Read what was typed. A question whose condition is not met may stay empty."""
        typed = {item.id: self._typed(item, fields) for item in self.items}
        answers = {name: one.answer for name, one in typed.items() if one.printed}
        skipped = {name for name, shown in shown_items(answers, self.sheet).items() if not shown}
        mistakes = {
            name: one.mistake
            for name, one in typed.items()
            if one.mistake and not (one.mistake == "empty" and name in skipped)
        }
        left_out = tuple(
            item.id for item in self.items if item.id in skipped and answers.get(item.id) is not None
        )
        normal = {
            name: NOT_ANSWERED if one.mistake == "empty" and name in skipped else one.normal
            for name, one in typed.items()
        }
        read = ReadAnswers(answers, normal, mistakes, left_out)
        for item in self.items:
            if item.other_id:
                _read_other(item, item.other_id, fields, read)
        return read

    def _typed(self, item: Item, fields: Mapping[str, str]) -> Typed:
        return read_typed(self.instrument, item, fields.get(item.id, ""), drawn=item.id in self.drawn)


def _read_other(item: Item, name: str, fields: Mapping[str, str], read: ReadAnswers) -> None:
    """Read the text beside an option. It must be typed only if the option was chosen."""
    typed = tidy(fields.get(name, ""))
    chosen, answer = next(one.code for one in item.options if one.other), read.answers.get(item.id)
    is_chosen = chosen in answer if isinstance(answer, list) else answer == chosen
    if typed in ("", NOT_ANSWERED):
        read.normal[name] = NOT_ANSWERED
        if not typed and is_chosen:
            read.mistakes[name] = "empty"
        return
    text = read_text(typed)
    read.normal[name], read.answers[name] = text.normal, text.answer
    if text.mistake:
        read.mistakes[name] = text.mistake
