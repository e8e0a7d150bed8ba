"""Events read against one state of the catalogue, column by column: what is stored, and what cannot be."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from sipas.queries.transaction_events import EPOCH, FOR_EVER, NEVER, RECORD, Told, new_rows
from sipas.survey.catalogue import local_day
from sipas.survey.encryption import Sealer
from sipas.survey.invitations.catalogue_snapshot import Basis
from sipas.survey.invitations.contact_details import seal_reach
from sipas.survey.invitations.draws import Rates, random_numbers
from sipas.survey.invitations.events import EARLIEST, Columns, Named, Problem
from sipas.survey.invitations.places import Integers, microseconds

AHEAD = timedelta(minutes=10)  # that another machine's clock may be ahead
EAST = 7 * 3600 * 10**6  # microseconds of Vietnam's time before that of Greenwich, since 1975
DAY = 86_400 * 10**6
DAYS = date(1970, 1, 1).toordinal()

Faulty = list[tuple[int, Problem]]
Rows = NDArray[np.void]
Mask = NDArray[np.bool_]
MICROSECOND = timedelta(microseconds=1)


class Reader:
    def __init__(self, basis: Basis, named: Named, sealer: Sealer) -> None:
        self.places, self.rates = basis.places, basis.rates
        self.named, self.sealer = named, sealer
        self.now = datetime.now(UTC)
        self.latest = self.now + AHEAD
        self.limits = microseconds([EARLIEST, self.latest]).tolist()

    def read(self, places: Sequence[int], events: Columns) -> tuple[Told, Faulty]:
        """places: by which the events are known. The faulty are known by where they stand in the columns."""
        moments, changed = microseconds(events.completed_at), self.changes(events.changed_at)
        sound = self.in_time(moments) & (self.in_time(changed) | (changed == NEVER))
        days = (np.where(sound, moments, 0) + EAST) // DAY + DAYS
        rows = new_rows(RECORD, len(places))
        rows["place"] = places
        rows["id_hash"] = np.frombuffer(self.named.hash_all(events.transaction_id), "V16")
        rows["changed_at"] = np.where(changed == NEVER, NEVER, changed - EPOCH)
        rows["completed_at"] = moments - EPOCH
        rows["round_id"] = self.places.round_ids(moments)
        rows["unit_id"] = self.places.unit_ids(events.unit, days.tolist())
        rows["procedure_id"] = self.places.procedure_ids(events.procedure)
        rows["channel"] = self.places.channel_places(events.service_channel)
        rows["on_time"] = [-1 if on_time is None else on_time for on_time in events.on_time]
        rows["cancelled"] = events.cancelled
        rows["due_at"], rows["drawn"] = FOR_EVER, -1
        sound &= (rows["unit_id"] > 0) & (rows["procedure_id"] > 0) & (rows["channel"] > 0)
        phones = self.draw(rows, sound, events)
        return Told(rows[sound], phones), self.problems(np.flatnonzero(~sound).tolist(), events)

    def in_time(self, moments: Integers) -> Mask:
        earliest, latest = self.limits
        in_time: Mask = (earliest <= moments) & (moments <= latest)
        return in_time

    def changes(self, moments: Sequence[datetime | None]) -> Integers:
        """NEVER where a system does not say."""
        changed = np.full(len(moments), NEVER, np.int64)
        said = [place for place, moment in enumerate(moments) if moment is not None]
        changed[said] = microseconds([moment for moment in moments if moment is not None])
        return changed

    def draw(self, rows: Rows, sound: Mask, events: Columns) -> list[tuple[int, bytes]]:
        """Decides for each; the phone of whoever is not drawn goes no further."""
        phones = []
        for round_id, rates in self.rates.items():
            asked = np.flatnonzero(sound & (rows["round_id"] == round_id))
            names = [events.transaction_id[i] for i in asked.tolist()]
            drawn = asked[self.is_drawn(rates, rows[asked], names)]
            rows["drawn"][asked], rows["drawn"][drawn] = 0, 1
            rows["due_at"][drawn] = rows["completed_at"][drawn] + rates.invitation.delay // MICROSECOND
            too_late = microseconds([self.now - rates.invitation.lasts])[0] - EPOCH
            in_time = drawn[rows["due_at"][drawn] >= too_late]
            phones += self.sealed(in_time.tolist(), rows, events)
        return phones

    def is_drawn(self, rates: Rates, rows: Rows, transaction_ids: Sequence[str]) -> Mask:
        strata = zip(*(rows[name].tolist() for name in ("unit_id", "procedure_id", "channel")), strict=True)
        drawn: Mask = random_numbers(transaction_ids, rates.invitation.seed) < rates.of_all(strata, len(rows))
        return drawn

    def sealed(self, drawn: Sequence[int], rows: Rows, events: Columns) -> list[tuple[int, bytes]]:
        places = rows["place"]
        return [
            (int(places[i]), seal_reach(phone, events.language[i], self.sealer))
            for i in drawn
            if (phone := events.phone[i]) and not events.cancelled[i]
        ]

    def problems(self, faulty: Sequence[int], events: Columns) -> Faulty:
        return [(i, self.problem(i, events)) for i in faulty]

    def problem(self, i: int, events: Columns) -> Problem:
        """What changed in the year 9999 would stand against every correction."""
        for name, moment in (("completed_at", events.completed_at[i]), ("changed_at", events.changed_at[i])):
            if moment and moment > self.latest:
                return Problem("future", f"{name} {moment.isoformat()} has not come yet")
            if moment and moment < EARLIEST:
                return Problem("past", f"{name} {moment.isoformat()} is too long ago; is its year right?")
        return self.places.problem(events.event(i), local_day(events.completed_at[i]))
