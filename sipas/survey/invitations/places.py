"""Looks up the unit, procedure and round of an event."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sipas.queries.catalogue import Round, Unit
from sipas.queries.units import UnitSuccession
from sipas.survey.catalogue import Catalogue, alike_code_hint, is_open
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.contacts.phones import is_phone
from sipas.survey.invitations.codes import is_code, shown_code
from sipas.survey.invitations.draws import channel_place
from sipas.survey.invitations.events import EventProblem, TransactionEvent

Int64Array = NDArray[np.int64]


class PlaceLookup:
    """Looks up each unit once a day. An unknown code gives 0 and a problem."""

    def __init__(self, catalogue: Catalogue, successions: Sequence[UnitSuccession]) -> None:
        self.catalogue = catalogue
        self.successors: defaultdict[int, list[int]] = defaultdict(list)
        for succession in successions:
            self.successors[succession.old_unit_id].append(succession.new_unit_id)
        self.known_units: dict[tuple[str, int], int] = {}
        self.unknown_codes: dict[tuple[str, str], str] = {}  # their problems
        self.channels = {word: channel_place(word) for word in SERVICE_CHANNELS}
        self.edges, self.round_of = _round_intervals(catalogue.rounds.values())

    def unit_ids(self, codes: Sequence[str], days: Sequence[int]) -> list[int]:
        """Return the units' ids. days: as `date.toordinal` counts them."""
        keys = list(zip(codes, days, strict=True))
        ids = list(map(self.known_units.get, keys))
        return [id_ or self.remember_unit(*key) for id_, key in zip(ids, keys, strict=True)]

    def remember_unit(self, code: str, day: int) -> int:
        found = self.find_unit(code, date.fromordinal(day))
        if isinstance(found, EventProblem):
            return 0
        self.known_units[code, day] = found
        return found

    def procedure_ids(self, codes: Sequence[str]) -> list[int]:
        by_code = self.catalogue.procedures_by_code
        ids = {code: by_code[code].id if code in by_code else 0 for code in set(codes)}
        return [ids[code] for code in codes]

    def channel_places(self, words: Sequence[str]) -> list[int]:
        return [self.channels.get(word, 0) for word in words]

    def round_ids(self, moments: Int64Array) -> Int64Array:
        """Return the rounds' ids: of the rounds open then, the one that opened last. moments: in
        microseconds.
        """
        return self.round_of[np.searchsorted(self.edges, moments, side="right")]

    def problem(self, event: TransactionEvent, day: date) -> EventProblem:
        """Return the problem of an event with an unknown code."""
        for name in ("unit", "procedure", "service_channel"):
            if is_phone(getattr(event, name)):
                return EventProblem(name, f"{name} is a phone number; is each column where it belongs?")
        found = self.find_unit(event.unit, day)
        if isinstance(found, EventProblem):
            return found
        if event.procedure not in self.catalogue.procedures_by_code:
            return EventProblem("procedure", self.unknown_code("procedure", event.procedure))
        known = ", ".join(SERVICE_CHANNELS)
        return EventProblem("service_channel", f"{shown_code(event.service_channel)} is not one of {known}")

    def unknown_code(self, name: Literal["unit", "procedure"], code: str) -> str:
        """Return the problem of an unknown code. A code that lost its zeros must not be imported as new."""
        if (name, code) not in self.unknown_codes:
            catalogue = self.catalogue
            known = catalogue.units_by_code if name == "unit" else catalogue.procedures_by_code
            hint = alike_code_hint(code, known) if is_code(code) else ""
            hint = hint or f"; import it with `sipas import {name}s`"
            self.unknown_codes[name, code] = f"there is no {name} {shown_code(code)}{hint}"
        return self.unknown_codes[name, code]

    def find_unit(self, code: str, day: date) -> int | EventProblem:
        """Return the unit that had the code on that day, or the only successor of a unit that had ended."""
        if unit := self.catalogue.unit_at(code, day):
            return unit.id
        known = self.catalogue.units_by_code.get(code, [])
        if not known:
            return EventProblem("unit", self.unknown_code("unit", code))
        ended = [unit for unit in known if unit.valid_to and unit.valid_to < day]
        if not ended:
            return EventProblem("unit", f"unit {code} was not there yet on {day}")
        return self.follow(max(ended, key=lambda unit: unit.valid_to or date.max), day)

    def follow(self, unit: Unit, day: date) -> int | EventProblem:
        """Follow successors until one is valid. Units end before their successors, so this ends."""
        while unit.valid_to and unit.valid_to < day:
            heirs = [self.catalogue.units[i] for i in self.successors[unit.id]]
            ended = f"unit {unit.code} ended on {unit.valid_to}"
            if not heirs:
                return EventProblem("unit", f"{ended}; import its successors with `sipas import successions`")
            if len(heirs) > 1:
                codes = ", ".join(sorted(heir.code for heir in heirs))
                return EventProblem("unit", f"{ended} and went into {codes}; name the one that handled it")
            (unit,) = heirs
        return unit.id


def _round_intervals(rounds: Iterable[Round]) -> tuple[Int64Array, Int64Array]:
    """Return the moments at which the round of transactions changes, and the rounds between them.

    The rounds include those before the first moment and after the last; 0 for none.
    """
    latest_first = sorted(rounds, key=lambda round_: (round_.opens_at, round_.id), reverse=True)
    bounds = [moment for round_ in latest_first for moment in (round_.opens_at, round_.closes_at)]
    edges = sorted({moment for moment in bounds if moment})
    ids = [next((round_.id for round_ in latest_first if is_open(round_, moment)), 0) for moment in edges]
    return microseconds(edges), np.array([0, *ids], np.int64)


def microseconds(moments: Sequence[datetime]) -> Int64Array:
    """Return microseconds since 1970."""
    seconds = np.fromiter(map(datetime.timestamp, moments), np.float64, len(moments))
    return np.rint(seconds * 1e6).astype(np.int64)
