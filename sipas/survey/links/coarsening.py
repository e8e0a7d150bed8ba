"""Coarsening: an answer of the mix keeps only attributes that at least k answers share.

Time is coarsened from the day to its week, its month and its round; the transaction from its procedure to its
field, to its service channel alone, to nothing but its unit. A round says how large k is and in which order.
docs/explanation/privacy.md holds the reasons and the measured costs.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

import msgspec

from sipas.errors import InputError
from sipas.queries.catalogue import COARSENING

TimeKept = Literal["day", "week", "month", "round"]
PlaceKept = Literal["procedure", "field", "service_channel", "unit"]
TIMES: tuple[TimeKept, ...] = get_args(TimeKept)
PLACES: tuple[PlaceKept, ...] = get_args(PlaceKept)


class Level(NamedTuple):
    """How much of its time and of its transaction an answer keeps."""

    time: TimeKept
    place: PlaceKept


class Attributes(msgspec.Struct, frozen=True):
    """What the list of links, the transactions and the receipts also tell of an answer of a unit."""

    procedure_id: int | None
    field: str | None
    service_channel: str | None
    day: date

    def at(self, level: Level) -> "Attributes":
        """The same, coarsened. The day is the first one of the week or month, `date.min` for the round."""
        place = PLACES.index(level.place)
        return Attributes(
            self.procedure_id if place < 1 else None,
            self.field if place < 2 else None,
            self.service_channel if place < 3 else None,
            first_day(self.day, level.time),
        )


def first_day(day: date, time: TimeKept) -> date:
    """Weeks are cut at the ends of months, so that each lies in one month."""
    month = day.replace(day=1)
    if time == "week":
        return max(day - timedelta(days=day.weekday()), month)
    return {"day": day, "month": month, "round": date.min}[time]


def next_day(day: date, time: TimeKept) -> date:
    """The first day after the day, week or month; `date.max` for the round, whose end is not known here."""
    month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    if time == "week":
        return min(day - timedelta(days=day.weekday() - 7), month)
    return {"day": day + timedelta(days=1), "month": month, "round": date.max}[time]


def levels(steps: Sequence[str]) -> list[Level]:
    """From the finest level to the coarsest, a step at a time. InputError: a step is missing or misplaced."""
    for kinds in (TIMES, PLACES):
        if [step for step in steps if step in kinds] != list(kinds[1:]):
            raise InputError(
                f"coarsening: {','.join(steps)} must name week, month and round in this order, and field, "
                f"service_channel and unit in this order, such as {','.join(COARSENING)}"
            )
    if len(steps) != len(TIMES) + len(PLACES) - 2:
        unknown = next(step for step in steps if step not in (*TIMES[1:], *PLACES[1:]))
        raise InputError(f"coarsening: there is no step {unknown!r}")
    found = [Level("day", "procedure")]
    for step in steps:
        last = found[-1]
        # The checks above leave none but the names of levels, which a str does not show.
        found.append(Level(step, last.place) if step in TIMES else Level(last.time, step))  # type: ignore[arg-type]
    return found


Coarsened = dict[int, Level]  # by the answer's place in its sequence


def coarsen(answers: Sequence[Attributes], k: int, path: Sequence[Level]) -> Coarsened:
    """The first level of the path at which k answers share what it keeps, for each answer of one unit.

    The last fewer than k join a group that has enough, which gives up detail for them. Only where there are
    fewer than k answers in all they keep nothing but the unit, and are fewer than k.
    Answers that agree in all attributes always get the same level.
    """
    found: Coarsened = {}
    left = list(range(len(answers)))
    for level in path:
        for group in grouped(left, [one.at(level) for one in answers]):
            if len(group) >= k:
                found |= dict.fromkeys(group, level)
        left = [i for i in left if i not in found]
    return found | joined(answers, left, found, path) if left else found


def grouped(places: Iterable[int], keys: Sequence[Hashable]) -> list[list[int]]:
    """The places, those of equal keys together."""
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place in places:
        groups[keys[place]].append(place)
    return list(groups.values())


def joined(
    answers: Sequence[Attributes], left: Sequence[int], found: Coarsened, path: Sequence[Level]
) -> Coarsened:
    """The answers left over with the group that gives up least for them, at the level they share."""
    stored = [(found[i], one.at(found[i])) if i in found else None for i, one in enumerate(answers)]
    choices = [
        (place, len(group), [*left, *group])
        for group in grouped(found, stored)
        for place, level in enumerate(path)
        if len({answers[i].at(level) for i in (*left, *group)}) == 1
    ]
    place, _, together = min(choices, default=(len(path) - 1, 0, list(left)))
    return dict.fromkeys(together, path[place])


def language_kept(languages: Sequence[str], k: int) -> bool:
    """Whether each language of a group was read by at least k: a rare one tells who read it."""
    return all(languages.count(language) >= k for language in set(languages))
