"""The plan of one mix: which waiting answers it stores, and with which attributes.

Answers of paper forms and interviews keep what they say of the person, which household surveys need for
their weights. They are stored as soon as their day is over and k of the unit (and village) wait. Fewer wait
further: after the round has closed until the end of the month, as most paper arrives then.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import get_args

import msgspec

from sipas.queries.catalogue import Procedure, Round
from sipas.queries.pending import Pending
from sipas.survey.encryption import FieldCipher
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
from sipas.survey.links.shared_attributes import shared_attributes
from sipas.survey.links.waiting import WaitingAnswer, encrypt_answer

ADULTS = "adults"  # attribute of answers from household samples: how many adults live in the household
VILLAGE = "village"  # attribute of answers from household samples: the cluster
VILLAGE_SEPARATOR = " | "  # between the columns that name a village, such as its commune and its name
NO_LANGUAGE = "und"  # BCP 47: undetermined

Opened = tuple[int, WaitingAnswer]  # with its round


class MixedAnswer(msgspec.Struct, frozen=True):
    """An answer with the attributes that are kept.

    place: among all decrypted answers. shared_by: number of answers with the same kept attributes.
    """

    place: int
    round_id: int
    answer: WaitingAnswer
    level: Level
    kept: Attributes
    shared_by: int
    language: str
    attributes: dict[str, str]


class MixPlan(msgspec.Struct, frozen=True):
    """Decides which answers a mix stores, and with which attributes.

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
        """Whether the answer's day is over, so that no more answers of that day can arrive."""
        if answer.by_staff:
            return answer.waits_since < self.before
        return answer.day < self.before or self.is_closed(round_id)

    def due_on(self, round_id: int, day: date) -> date:
        """Return the first day on which an answer no longer waits for others."""
        return next_day(day, _time_kept(self.rounds[round_id].mixed_every))

    def is_due(self, round_id: int, answer: WaitingAnswer) -> bool:
        """Whether the answer is stored if enough others wait with it."""
        if answer.by_staff:
            return self.is_settled(round_id, answer)
        return self.is_closed(round_id) or self.due_on(round_id, answer.day) <= self.before

    def groups(self, opened: Sequence[Opened]) -> Iterator[list[tuple[int, Opened]]]:
        """Yield due answers by round, unit and channel if there are enough, with their places.

        Answers of paper forms and interviews by village too, which they keep.
        """
        keys = [
            (round_id, one.unit_id, one.channel, one.attributes.get(VILLAGE) if one.by_staff else None)
            for round_id, one in opened
        ]
        due = [place for place, one in enumerate(opened) if self.is_due(*one)]
        for places in grouped(due, keys):
            round_id = keys[places[0]][0]
            group = [(place, opened[place]) for place in places]
            if len(places) >= self.rounds[round_id].anonymity or self._waits_no_more(round_id, group):
                yield group

    def _waits_no_more(self, round_id: int, group: Sequence[tuple[int, Opened]]) -> bool:
        """Whether a group with fewer than k answers is stored all the same."""
        return self.is_closed(round_id) and any(
            not answer.by_staff or next_day(answer.waits_since, "month") <= self.before
            for _, (_, answer) in group
        )

    def stored(self, group: Sequence[tuple[int, Opened]]) -> Iterator[MixedAnswer]:
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
            known = [answers[i].attributes for i in together]
            if not answers[together[0]].by_staff:
                known = shared_attributes(known, round_.anonymity)
            for place, (i, language) in enumerate(zip(together, languages, strict=True)):
                code = language if is_kept else NO_LANGUAGE
                yield MixedAnswer(
                    places[i], round_.id, answers[i], *kept[i], len(together), code, known[place]
                )

    def attributes(self, answer: WaitingAnswer) -> Attributes:
        procedure = self.procedures.get(answer.procedure_id or 0)
        field = procedure.field if procedure else None
        return Attributes(answer.procedure_id, field, answer.service_channel, answer.day)

    def reencrypted(self, left: Iterable[Opened], cipher: FieldCipher) -> Iterator[Pending]:
        """Yield the answers that go on waiting, encrypted again: until their period is over or the round
        closes.
        """
        for round_id, answer in left:
            if self.is_settled(round_id, answer):
                counted = msgspec.structs.replace(answer, counted=True)
                yield encrypt_answer(cipher, round_id, counted, self._decided_on(round_id, answer))
            else:
                yield encrypt_answer(cipher, round_id, answer)

    def _decided_on(self, round_id: int, answer: WaitingAnswer) -> date:
        """Return the next day on which the mix decides about an answer that goes on waiting."""
        if answer.by_staff:
            month_over = next_day(answer.waits_since, "month")
            return month_over if month_over > self.before else next_day(self.before, "month")
        return self.due_on(round_id, self.before if self.is_due(round_id, answer) else answer.day)


def _time_kept(text: str) -> TimeKept:
    return next(one for one in get_args(TimeKept) if one == text)
