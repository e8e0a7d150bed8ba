"""What one mix stores of the answers that wait: which of them, and with which attributes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import get_args

import msgspec

from sipas.queries.catalogue import Procedure, Round
from sipas.queries.pending import Pending
from sipas.survey.encryption import Sealer
from sipas.survey.links.coarsening import (
    Attributes,
    Level,
    TimeKept,
    coarsen,
    grouped,
    language_kept,
    levels,
    next_day,
)
from sipas.survey.links.waiting import WaitingAnswer, seal_answer

NO_LANGUAGE = "und"  # BCP 47: undetermined

Opened = tuple[int, WaitingAnswer]  # with its round


class Stored(msgspec.Struct, frozen=True):
    """An answer and what is kept of it.

    place: among all that were opened. shared_by: how many have in common what is kept.
    """

    place: int
    round_id: int
    answer: WaitingAnswer
    level: Level
    kept: Attributes
    shared_by: int
    language: str


class MixPlan(msgspec.Struct, frozen=True):
    """Which answers a mix stores, and with which attributes.

    before: the first day that is not over. closed_before: rounds that closed before it get no more answers.
    """

    rounds: dict[int, Round]
    procedures: dict[int, Procedure]
    before: date
    closed_before: datetime

    def is_closed(self, round_id: int) -> bool:
        closes_at = self.rounds[round_id].closes_at
        return self.before == date.max or (closes_at is not None and closes_at <= self.closed_before)

    def is_settled(self, round_id: int, answer: WaitingAnswer) -> bool:
        """Its day is over, so that no other answer of the day can come."""
        return answer.day < self.before or self.is_closed(round_id)

    def due_on(self, round_id: int, day: date) -> date:
        """The first day on which an answer need not wait for others any more."""
        return next_day(day, time_kept(self.rounds[round_id].mixed_every))

    def is_due(self, round_id: int, answer: WaitingAnswer) -> bool:
        return self.is_closed(round_id) or self.due_on(round_id, answer.day) <= self.before

    def groups(self, opened: Sequence[Opened]) -> Iterator[list[tuple[int, Opened]]]:
        """Answers that are due, by round, unit and channel, where there are enough; with their places."""
        keys = [(round_id, answer.unit_id, answer.channel) for round_id, answer in opened]
        due = [place for place, one in enumerate(opened) if self.is_due(*one)]
        for places in grouped(due, keys):
            round_id = keys[places[0]][0]
            if len(places) >= self.rounds[round_id].anonymity or self.is_closed(round_id):
                yield [(place, opened[place]) for place in places]

    def stored(self, group: Sequence[tuple[int, Opened]]) -> Iterator[Stored]:
        """group: of one round, unit and channel."""
        places = [place for place, _ in group]
        round_ = self.rounds[group[0][1][0]]
        answers = [answer for _, (_, answer) in group]
        attributes = [self.attributes(answer) for answer in answers]
        found = coarsen(attributes, round_.anonymity, levels(round_.coarsening))
        kept = [(found[i], one.at(found[i])) for i, one in enumerate(attributes)]
        for together in grouped(range(len(answers)), kept):
            languages = [answers[i].language for i in together]
            is_kept = language_kept(languages, round_.anonymity)
            for i, language in zip(together, languages, strict=True):
                known = language if is_kept else NO_LANGUAGE
                yield Stored(places[i], round_.id, answers[i], *kept[i], len(together), known)

    def attributes(self, answer: WaitingAnswer) -> Attributes:
        procedure = self.procedures.get(answer.procedure_id or 0)
        field = procedure.field if procedure else None
        return Attributes(answer.procedure_id, field, answer.service_channel, answer.day)

    def resealed(self, left: Iterable[Opened], sealer: Sealer) -> Iterator[Pending]:
        """What waits on: a settled one until its period is over, or its round closes."""
        for round_id, answer in left:
            if self.is_settled(round_id, answer):
                counted = msgspec.structs.replace(answer, counted=True)
                since = self.before if self.is_due(round_id, answer) else answer.day
                yield seal_answer(sealer, round_id, counted, self.due_on(round_id, since))
            else:
                yield seal_answer(sealer, round_id, answer)


def time_kept(text: str) -> TimeKept:
    return next(one for one in get_args(TimeKept) if one == text)
