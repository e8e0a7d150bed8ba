"""Events read against one state of the catalogue: what is stored of each, or why it cannot be counted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sipas.postgres.pool import Connection
from sipas.queries.invitations import list_invitation_strata, list_invitations
from sipas.queries.transactions import Told
from sipas.queries.units import list_successions
from sipas.survey.catalogue import LOCAL, load_catalogue
from sipas.survey.feed.draws import Rates, random_numbers
from sipas.survey.feed.events import EARLIEST, Event, Named, Problem
from sipas.survey.feed.places import Places
from sipas.survey.feed.reach import seal_reach
from sipas.survey.sms.sealing import Sealer

AHEAD = timedelta(minutes=10)  # that another machine's clock may be ahead

Numbered = tuple[int, Event]
Faulty = tuple[int, Problem]
Numbers = dict[int, list[float]]  # by round, in the order of the events


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
        self.latest = self.now + AHEAD

    def read(self, events: Sequence[Numbered]) -> tuple[list[Told], list[Faulty]]:
        """Of each event, with its place, what is stored or why it cannot be counted; in their order."""
        told: list[Told] = []
        faulty: list[Faulty] = []
        numbers = self.numbers([event.transaction_id for _, event in events])
        for i, (place, event) in enumerate(events):
            row = self.look_up(place, event, i, numbers)
            if isinstance(row, Problem):
                faulty.append((place, row))
            else:
                told.append(row)
        return told, faulty

    def numbers(self, transaction_ids: Sequence[str]) -> Numbers:
        """The random numbers of all, for each round that asks: faster than one by one."""
        return {
            round_id: random_numbers(transaction_ids, rates.invitation.seed).tolist()
            for round_id, rates in self.rates.items()
        }

    def look_up(self, place: int, event: Event, i: int, numbers: Numbers) -> Told | Problem:
        moment = event.completed_at
        if not EARLIEST <= moment <= self.latest:
            return self.odd_time("completed_at", moment)
        if event.changed_at and not EARLIEST <= event.changed_at <= self.latest:
            return self.odd_time("changed_at", event.changed_at)
        stratum = self.places.stratum(event, moment.astimezone(LOCAL).date())
        if isinstance(stratum, Problem):
            return stratum
        round_id = self.places.round_id(moment)
        drawn, due_at, phone = None, None, None
        if round_id in numbers:
            rates = self.rates[round_id]
            drawn = numbers[round_id][i] < rates.of(stratum)
            if drawn:
                due_at = moment + rates.invitation.delay
                phone = self.seal(event) if self.now <= due_at + rates.invitation.lasts else None
        return Told(
            place,
            self.named.hash(event.transaction_id),
            event.changed_at,
            moment,
            due_at,
            round_id,
            *stratum,
            event.on_time,
            event.cancelled,
            drawn,
            phone,
        )

    def odd_time(self, name: str, moment: datetime) -> Problem:
        """What changed in the year 9999 would stand against every correction."""
        if moment > self.latest:
            return Problem("future", f"{name} {moment.isoformat()} has not come yet")
        return Problem("past", f"{name} {moment.isoformat()} is too long ago; is its year right?")

    def seal(self, event: Event) -> bytes | None:
        if not event.phone or event.cancelled:
            return None
        return seal_reach(event.phone, event.language, self.sealer)
