"""The unit, the procedure and the round that an event's codes and times stand for."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sipas.queries.catalogue import Unit
from sipas.queries.units import Succession
from sipas.survey.catalogue import Catalogue, is_open
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.feed.events import Event, Problem

Stratum = tuple[int, int, str]  # unit, procedure, service channel


class Places:
    """Each unit is looked up once a day."""

    def __init__(self, catalogue: Catalogue, successions: Sequence[Succession]) -> None:
        self.catalogue = catalogue
        self.rounds = sorted(
            catalogue.rounds.values(), key=lambda round_: (round_.opens_at, round_.id), reverse=True
        )
        self.successors: defaultdict[int, list[int]] = defaultdict(list)
        for succession in successions:
            self.successors[succession.old_unit_id].append(succession.new_unit_id)
        self.units: dict[tuple[str, date], int | Problem] = {}

    def stratum(self, event: Event, day: date) -> Stratum | Problem:
        unit_id = self.units.get((event.unit, day))
        if unit_id is None:
            unit_id = self.units[event.unit, day] = self.find_unit(event.unit, day)
        if isinstance(unit_id, Problem):
            return unit_id
        procedure = self.catalogue.procedures_by_code.get(event.procedure)
        if procedure is None:
            hint = "`sipas import procedures` brings them in"
            return Problem("procedure", f"there is no procedure {event.procedure!r}; {hint}")
        if event.service_channel not in SERVICE_CHANNELS:
            known = ", ".join(SERVICE_CHANNELS)
            return Problem("service_channel", f"{event.service_channel!r:.50} is none of {known}")
        return unit_id, procedure.id, event.service_channel

    def find_unit(self, code: str, day: date) -> int | Problem:
        """Who bore the code on that day; where its unit had ended, the one that all its work went to."""
        if unit := self.catalogue.unit_at(code, day):
            return unit.id
        known = self.catalogue.units_by_code.get(code, [])
        if not known:
            return Problem("unit", f"there is no unit {code!r}; `sipas import units` brings units in")
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

    def round_id(self, moment: datetime) -> int | None:
        """As kiosks choose: of the rounds open then, the one that opened last."""
        for round_ in self.rounds:
            if is_open(round_, moment):
                return round_.id
        return None
