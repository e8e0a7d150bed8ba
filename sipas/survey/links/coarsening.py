"""Coarsening: an answer of the mix keeps only attributes that at least k answers share.

Time is coarsened from the day to its week, month and round; the transaction from its procedure to its field,
its service channel and its unit. The round sets k and the order. docs/explanation/privacy.md gives the
reasons and the measured costs.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

import msgspec

from sipas.errors import InputError
from sipas.queries.catalogue import COARSENING_DEFAULT

TimeKept = Literal["day", "week", "month", "round"]
_PlaceKept = Literal["procedure", "field", "service_channel", "unit"]
TIME_LEVELS: tuple[TimeKept, ...] = get_args(TimeKept)
PLACE_LEVELS: tuple[_PlaceKept, ...] = get_args(_PlaceKept)


class Level(NamedTuple):
    """The level of time and place that an answer keeps."""

    time: TimeKept
    place: _PlaceKept


class Attributes(msgspec.Struct, frozen=True):
    """Attributes of a unit's answer that links, transactions and receipts reveal too."""

    procedure_id: int | None
    field: str | None
    service_channel: str | None
    day: date

    def at(self, level: Level) -> "Attributes":
        """Return the attributes coarsened to a level. The day is the first of the week or month;
        `date.min` for the round.
        """
        place = PLACE_LEVELS.index(level.place)
        return Attributes(
            self.procedure_id if place < 1 else None,
            self.field if place < 2 else None,
            self.service_channel if place < 3 else None,
            first_day(self.day, level.time),
        )


def first_day(day: date, time: TimeKept) -> date:
    """Return the first day of the week, month or round. Weeks are cut at the ends of months."""
    month = day.replace(day=1)
    if time == "week":
        return max(day - timedelta(days=day.weekday()), month)
    return {"day": day, "month": month, "round": date.min}[time]


def next_day(day: date, time: TimeKept) -> date:
    """Return the first day after the period; `date.max` for the round, whose end is not known here."""
    month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    if time == "week":
        return min(day - timedelta(days=day.weekday() - 7), month)
    return {"day": day + timedelta(days=1), "month": month, "round": date.max}[time]


def levels(steps: Sequence[str]) -> list[Level]:
    """Return the levels from fine to coarse, one step at a time. InputError: a step is missing or
    misplaced.
    """
    for kinds in (TIME_LEVELS, PLACE_LEVELS):
        if [step for step in steps if step in kinds] != list(kinds[1:]):
            raise InputError(
                f"coarsening: {','.join(steps)} must name week, month and round in this order, and field, "
                f"service_channel and unit in this order, such as {','.join(COARSENING_DEFAULT)}"
            )
    if len(steps) != len(TIME_LEVELS) + len(PLACE_LEVELS) - 2:
        unknown = next(step for step in steps if step not in (*TIME_LEVELS[1:], *PLACE_LEVELS[1:]))
        raise InputError(f"coarsening: there is no step {unknown!r}")
    found = [Level("day", "procedure")]
    for step in steps:
        last = found[-1]
        # The checks above leave only names of levels, which the type str does not show.
        found.append(Level(step, last.place) if step in TIME_LEVELS else Level(last.time, step))  # type: ignore[arg-type]
    return found


_Coarsened = dict[int, Level]  # by the answer's index


def coarsen(answers: Sequence[Attributes], k: int, path: Sequence[Level]) -> _Coarsened:
    """Return, for each answer of one unit, the first level of the path at which k answers share what it
    keeps.

    The last fewer than k answers join a group that has enough, which gives up detail for them. If a unit has
    fewer than k answers in all, they keep only the unit. Answers with equal attributes get the same level.
    """
    found: _Coarsened = {}
    left = list(range(len(answers)))
    for level in path:
        for group in grouped(left, [one.at(level) for one in answers]):
            if len(group) >= k:
                found |= dict.fromkeys(group, level)
        left = [i for i in left if i not in found]
    return found | _joined(answers, left, found, path) if left else found


def grouped(places: Iterable[int], keys: Sequence[Hashable]) -> list[list[int]]:
    """Return the places in groups with equal keys."""
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place in places:
        groups[keys[place]].append(place)
    return list(groups.values())


def _joined(
    answers: Sequence[Attributes], left: Sequence[int], found: _Coarsened, path: Sequence[Level]
) -> _Coarsened:
    """Join the remaining answers to the group that loses least detail, at the level they share."""
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
    """Whether each language of a group was used by at least k: a rare language could identify a person."""
    return all(languages.count(language) >= k for language in set(languages))
