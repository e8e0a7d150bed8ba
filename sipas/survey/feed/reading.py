"""Events read against one state of the catalogue: what is stored of each, or why it cannot be counted."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sipas.postgres.pool import Connection
from sipas.queries.invitations import list_invitation_strata, list_invitations
from sipas.queries.transactions import Told
from sipas.queries.units import list_successions
from sipas.survey.catalogue import LOCAL, load_catalogue
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.feed.draws import Rates, random_numbers
from sipas.survey.feed.events import Event, Named, Problem
from sipas.survey.feed.places import Places
from sipas.survey.feed.reach import seal_reach
from sipas.survey.sms.sealing import Sealer

AHEAD = timedelta(minutes=10)  # that another machine's clock may be ahead

Numbered = tuple[int, Event]
Faulty = tuple[int, Problem]


@dataclass(frozen=True)
class Basis:
    """version: of the catalogue; when it moves, events are read anew. rates: of the rounds that ask."""

    version: int
    places: Places
    rates: dict[int, Rates]


async def load_basis(conn: Connection) -> Basis:
    catalogue = await load_catalogue(conn)
    strata = defaultdict(list)
    for round_id, stratum in await list_invitation_strata(conn):
        strata[round_id].append(stratum)
    rates = {one.round_id: Rates(one, strata[one.round_id]) for one in await list_invitations(conn)}
    return Basis(catalogue.version, Places(catalogue, await list_successions(conn)), rates)


class Reader:
    def __init__(self, basis: Basis, named: Named, sealer: Sealer) -> None:
        self.places, self.rates = basis.places, basis.rates
        self.named, self.sealer = named, sealer
        self.now = datetime.now(UTC)

    def read(self, events: Iterable[Numbered]) -> tuple[list[Told], list[Faulty]]:
        """Of each event its place and what it is; in the order told."""
        told: list[Told] = []
        faulty: list[Faulty] = []
        asked: defaultdict[int, list[tuple[int, Event]]] = defaultdict(list)
        for place, event in events:
            row = self.look_up(place, event)
            if isinstance(row, Problem):
                faulty.append((place, row))
                continue
            if row.round_id in self.rates:
                asked[row.round_id].append((len(told), event))
            told.append(row)
        for round_id, rows in asked.items():
            self.draw(self.rates[round_id], rows, told)
        return told, faulty

    def look_up(self, place: int, event: Event) -> Told | Problem:
        moment = event.completed_at
        if moment > self.now + AHEAD:
            return Problem("future", f"completed_at {moment.isoformat()} has not come yet")
        if event.service_channel not in SERVICE_CHANNELS:
            known = ", ".join(SERVICE_CHANNELS)
            return Problem("service_channel", f"{event.service_channel!r:.50} is none of {known}")
        unit_id = self.places.unit_id(event.unit, moment.astimezone(LOCAL).date())
        if isinstance(unit_id, Problem):
            return unit_id
        procedure_id = self.places.procedure_id(event.procedure)
        if isinstance(procedure_id, Problem):
            return procedure_id
        return Told(
            place,
            self.named.hash(event.transaction_id),
            event.changed_at,
            moment,
            None,
            self.places.round_id(moment),
            unit_id,
            procedure_id,
            event.service_channel,
            event.on_time,
            event.cancelled,
            None,
            None,
        )

    def draw(self, rates: Rates, events: list[tuple[int, Event]], told: list[Told]) -> None:
        """Decides for each; the phone of whoever is not drawn goes no further."""
        numbers = random_numbers([event.transaction_id for _, event in events], rates.invitation.seed)
        for (i, event), number in zip(events, numbers.tolist(), strict=True):
            row = told[i]
            if number < rates.of((row.unit_id, row.procedure_id, row.service_channel)):
                due_at = row.completed_at + rates.invitation.delay
                in_time = self.now <= due_at + rates.invitation.lasts
                told[i] = row._replace(
                    drawn=True, due_at=due_at, phone=self.sealed(event) if in_time else None
                )
            else:
                told[i] = row._replace(drawn=False)

    def sealed(self, event: Event) -> bytes | None:
        if not event.phone or event.cancelled:
            return None
        return seal_reach(event.phone, event.language, self.sealer)
