"""The unit, the procedure and the round that an event's codes and times stand for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from sipas.queries.catalogue import Round, Unit
from sipas.queries.units import Succession
from sipas.survey.catalogue import Catalogue, is_open
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.contacts.phones import is_phone
from sipas.survey.invitations.codes import shown_code
from sipas.survey.invitations.draws import channel_place
from sipas.survey.invitations.events import Event, Problem

Integers = NDArray[np.int64]


class Places:
    """Each unit is looked up once a day. What stands for nothing is 0, and has a problem."""

    def __init__(self, catalogue: Catalogue, successions: Sequence[Succession]) -> None:
        self.catalogue = catalogue
        self.successors: defaultdict[int, list[int]] = defaultdict(list)
        for succession in successions:
            self.successors[succession.old_unit_id].append(succession.new_unit_id)
        self.known_units: dict[tuple[str, int], int] = {}
        self.channels = {word: channel_place(word) for word in SERVICE_CHANNELS}
        self.edges, self.round_of = stretches(catalogue.rounds.values())

    def unit_ids(self, codes: Sequence[str], days: Sequence[int]) -> list[int]:
        """days: as date.toordinal counts them."""
        keys = list(zip(codes, days, strict=True))
        ids = list(map(self.known_units.get, keys))
        return [id_ or self.remember_unit(*key) for id_, key in zip(ids, keys, strict=True)]

    def remember_unit(self, code: str, day: int) -> int:
        found = self.find_unit(code, date.fromordinal(day))
        if isinstance(found, Problem):
            return 0
        self.known_units[code, day] = found
        return found

    def procedure_ids(self, codes: Sequence[str]) -> list[int]:
        by_code = self.catalogue.procedures_by_code
        ids = {code: by_code[code].id if code in by_code else 0 for code in set(codes)}
        return [ids[code] for code in codes]

    def channel_places(self, words: Sequence[str]) -> list[int]:
        return [self.channels.get(word, 0) for word in words]

    def round_ids(self, moments: Integers) -> Integers:
        """As kiosks choose: of the rounds open then, the one that opened last. moments: in microseconds."""
        return self.round_of[np.searchsorted(self.edges, moments, side="right")]

    def problem(self, event: Event, day: date) -> Problem:
        """Of an event where something stands for nothing."""
        for name in ("unit", "procedure", "service_channel"):
            if is_phone(getattr(event, name)):
                return Problem(name, f"{name} is a phone number; is each column where it belongs?")
        found = self.find_unit(event.unit, day)
        if isinstance(found, Problem):
            return found
        if event.procedure not in self.catalogue.procedures_by_code:
            hint = "`sipas import procedures` brings them in"
            return Problem("procedure", f"there is no procedure {shown_code(event.procedure)}; {hint}")
        known = ", ".join(SERVICE_CHANNELS)
        return Problem("service_channel", f"{shown_code(event.service_channel)} is none of {known}")

    def find_unit(self, code: str, day: date) -> int | Problem:
        """Who bore the code on that day; where its unit had ended, the one that all its work went to."""
        if unit := self.catalogue.unit_at(code, day):
            return unit.id
        known = self.catalogue.units_by_code.get(code, [])
        if not known:
            return Problem(
                "unit", f"there is no unit {shown_code(code)}; `sipas import units` brings units in"
            )
        ended = [unit for unit in known if unit.valid_to and unit.valid_to < day]
        if not ended:
            return Problem("unit", f"unit {code} was not there yet on {day}")
        return self.follow(max(ended, key=lambda unit: unit.valid_to or date.max), day)

    def follow(self, unit: Unit, day: date) -> int | Problem:
        """Units end before their successors do, so this comes to an end."""
        while unit.valid_to and unit.valid_to < day:
            heirs = [self.catalogue.units[i] for i in self.successors[unit.id]]
            ended = f"unit {unit.code} ended on {unit.valid_to}"
            if not heirs:
                return Problem("unit", f"{ended}; `sipas import successions` says what it went into")
            if len(heirs) > 1:
                codes = ", ".join(sorted(heir.code for heir in heirs))
                return Problem("unit", f"{ended} and went into {codes}; tell which of them it was")
            (unit,) = heirs
        return unit.id


def stretches(rounds: Iterable[Round]) -> tuple[Integers, Integers]:
    """The moments at which transactions begin to belong to another round, and the rounds before the first,
    between each two, and after the last; 0 for none."""
    latest_first = sorted(rounds, key=lambda round_: (round_.opens_at, round_.id), reverse=True)
    bounds = [moment for round_ in latest_first for moment in (round_.opens_at, round_.closes_at)]
    edges = sorted({moment for moment in bounds if moment})
    ids = [next((round_.id for round_ in latest_first if is_open(round_, moment)), 0) for moment in edges]
    return microseconds(edges), np.array([0, *ids], np.int64)


def microseconds(moments: Sequence[datetime]) -> Integers:
    """Since 1970."""
    seconds = np.fromiter(map(datetime.timestamp, moments), np.float64, len(moments))
    return np.rint(seconds * 1e6).astype(np.int64)
