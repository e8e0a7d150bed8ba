"""Reads events against one snapshot of the catalogue, column by column."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from sipas.queries.transaction_events import (
    EVENT_RECORD,
    FOR_EVER,
    NEVER,
    POSTGRES_EPOCH_MICROSECONDS,
    TransactionEvents,
    new_rows,
)
from sipas.survey.catalogue import local_day
from sipas.survey.encryption import FieldCipher
from sipas.survey.invitations.catalogue_snapshot import CatalogueSnapshot
from sipas.survey.invitations.contact_details import encrypt_contact
from sipas.survey.invitations.draws import SamplingRates, random_numbers
from sipas.survey.invitations.events import EARLIEST, EventColumns, EventProblem, IdHasher
from sipas.survey.invitations.places import Int64Array, microseconds

_CLOCK_AHEAD_MAX = timedelta(minutes=10)  # of another machine's clock
LOCAL_OFFSET_MICROSECONDS = 7 * 3600 * 10**6  # Vietnam's offset from UTC since 1975
DAY_MICROSECONDS = 86_400 * 10**6
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

_Faulty = list[tuple[int, EventProblem]]
EventRows = NDArray[np.void]
_Mask = NDArray[np.bool_]
_MICROSECOND = timedelta(microseconds=1)


class EventReader:
    def __init__(self, snapshot: CatalogueSnapshot, named: IdHasher, cipher: FieldCipher) -> None:
        self.places, self.rates = snapshot.places, snapshot.rates
        self.named, self.cipher = named, cipher
        self.now = datetime.now(UTC)
        self.latest = self.now + _CLOCK_AHEAD_MAX
        self.limits = microseconds([EARLIEST, self.latest]).tolist()

    def read(self, places: Sequence[int], events: EventColumns) -> tuple[TransactionEvents, _Faulty]:
        """Return the events to store and the faulty ones. places: identify the events.

        Faulty events are identified by their index in the columns.
        """
        moments, changed = microseconds(events.completed_at), self.changes(events.changed_at)
        sound = self.in_time(moments) & (self.in_time(changed) | (changed == NEVER))
        days = (np.where(sound, moments, 0) + LOCAL_OFFSET_MICROSECONDS) // DAY_MICROSECONDS + _EPOCH_ORDINAL
        rows = new_rows(EVENT_RECORD, len(places))
        rows["place"] = places
        rows["id_hash"] = np.frombuffer(self.named.hash_all(events.transaction_id), "V16")
        rows["changed_at"] = np.where(changed == NEVER, NEVER, changed - POSTGRES_EPOCH_MICROSECONDS)
        rows["completed_at"] = moments - POSTGRES_EPOCH_MICROSECONDS
        rows["round_id"] = self.places.round_ids(moments)
        rows["unit_id"] = self.places.unit_ids(events.unit, days.tolist())
        rows["procedure_id"] = self.places.procedure_ids(events.procedure)
        rows["channel"] = self.places.channel_places(events.service_channel)
        rows["on_time"] = [-1 if on_time is None else on_time for on_time in events.on_time]
        rows["cancelled"] = events.cancelled
        rows["due_at"], rows["drawn"] = FOR_EVER, -1
        sound &= (rows["unit_id"] > 0) & (rows["procedure_id"] > 0) & (rows["channel"] > 0)
        phones = self.draw(rows, sound, events)
        return TransactionEvents(rows[sound], phones), self.problems(np.flatnonzero(~sound).tolist(), events)

    def in_time(self, moments: Int64Array) -> _Mask:
        earliest, latest = self.limits
        in_time: _Mask = (earliest <= moments) & (moments <= latest)
        return in_time

    def changes(self, moments: Sequence[datetime | None]) -> Int64Array:
        """Return the times of change; NEVER where the system does not give one."""
        changed = np.full(len(moments), NEVER, np.int64)
        said = [place for place, moment in enumerate(moments) if moment is not None]
        changed[said] = microseconds([moment for moment in moments if moment is not None])
        return changed

    def draw(self, rows: EventRows, sound: _Mask, events: EventColumns) -> list[tuple[int, bytes]]:
        """Decide the draw of each event. Phones of events that are not drawn are dropped."""
        phones = []
        for round_id, rates in self.rates.items():
            asked = np.flatnonzero(sound & (rows["round_id"] == round_id))
            names = [events.transaction_id[i] for i in asked.tolist()]
            drawn = asked[self.is_drawn(rates, rows[asked], names)]
            rows["drawn"][asked], rows["drawn"][drawn] = 0, 1
            rows["due_at"][drawn] = rows["completed_at"][drawn] + rates.invitation.delay // _MICROSECOND
            too_late = microseconds([self.now - rates.invitation.lasts])[0] - POSTGRES_EPOCH_MICROSECONDS
            in_time = drawn[rows["due_at"][drawn] >= too_late]
            phones += self.encrypted(in_time.tolist(), rows, events)
        return phones

    def is_drawn(self, rates: SamplingRates, rows: EventRows, transaction_ids: Sequence[str]) -> _Mask:
        strata = zip(*(rows[name].tolist() for name in ("unit_id", "procedure_id", "channel")), strict=True)
        drawn: _Mask = random_numbers(transaction_ids, rates.invitation.seed) < rates.of_all(
            strata, len(rows)
        )
        return drawn

    def encrypted(
        self, drawn: Sequence[int], rows: EventRows, events: EventColumns
    ) -> list[tuple[int, bytes]]:
        places = rows["place"]
        return [
            (int(places[i]), encrypt_contact(phone, events.language[i], self.cipher))
            for i in drawn
            if (phone := events.phone[i]) and not events.cancelled[i]
        ]

    def problems(self, faulty: Sequence[int], events: EventColumns) -> _Faulty:
        return [(i, self.problem(i, events)) for i in faulty]

    def problem(self, i: int, events: EventColumns) -> EventProblem:
        """Return the event's problem. A change dated in the far future would block every correction."""
        for name, moment in (("completed_at", events.completed_at[i]), ("changed_at", events.changed_at[i])):
            if moment and moment > self.latest:
                return EventProblem("future", f"{name} {moment.isoformat()} has not come yet")
            if moment and moment < EARLIEST:
                return EventProblem(
                    "past", f"{name} {moment.isoformat()} is too long ago; is its year right?"
                )
        return self.places.problem(events.event(i), local_day(events.completed_at[i]))
