"""What one-stop systems post: batch after batch, each answered once it is durable."""

import asyncio
from collections.abc import Sequence
from typing import Literal

import msgspec

from sipas.errors import Overloaded
from sipas.postgres.pool import Connection, Pool
from sipas.queries import transactions
from sipas.queries.catalogue import get_catalogue_version
from sipas.queries.transactions import Outcome, insert_problems
from sipas.settings import Settings
from sipas.survey.encryption import read_sealer
from sipas.survey.invitations.catalogue_snapshot import Basis, load_basis
from sipas.survey.invitations.event_parts import join_parts
from sipas.survey.invitations.event_reader import Reader
from sipas.survey.invitations.event_storing import CatalogueMovedError, Storing
from sipas.survey.invitations.events import (
    Event,
    Invalid,
    Named,
    Problem,
    Sent,
    columns_of,
    problem_row,
    read_event,
)
from sipas.survey.invitations.phone_counts import PhoneOutcome, phone_outcome

WAITING = 50  # batches that may wait for their turn

Status = transactions.Status | Literal["problem"]


class Result(msgspec.Struct, frozen=True):
    """status superseded: what is known of the transaction is newer. reason: of a problem.

    phone: whether its number can be used; None where the event could not be read.
    """

    transaction_id: str | None
    status: Status
    reason: str | None = None
    detail: str | None = None
    phone: PhoneOutcome | None = None


class Books:
    """Enters events as the catalogue stands, which it remembers until that changes."""

    def __init__(self, settings: Settings) -> None:
        self.named, self.sealer = Named(settings.secret), read_sealer(settings)
        self.basis: Basis | None = None

    async def enter(
        self, conn: Connection, sent: Sequence[Sent], source: str, *, is_file: bool = False
    ) -> list[Result]:
        """Results in the order sent, once all are durable. is_file: it may change what any source told of."""
        while True:
            basis = await self.current(conn)
            events = {place: one for place, one in enumerate(sent) if isinstance(one, Event)}
            reader, places = Reader(basis, self.named, self.sealer), list(events)
            told, faulty = reader.read(places, columns_of([*events.values()]))
            problems = {places[i]: problem for i, problem in faulty} | {
                place: one.problem for place, one in enumerate(sent) if isinstance(one, Invalid)
            }
            rows = [
                problem_row(self.named, place, sent[place], problem, source)
                for place, problem in problems.items()
            ]
            try:
                async with conn.transaction():
                    storing = Storing(conn, basis, None if is_file else source)
                    outcomes = await storing.store(join_parts([told]), rows, places=True)
                    foreign = foreign_problems(sent, storing.foreign)
                    await insert_problems(
                        conn,
                        [problem_row(self.named, p, sent[p], why, source) for p, why in foreign.items()],
                    )
                    await storing.finish()
            except CatalogueMovedError:
                continue
            return results(sent, problems | foreign, outcomes)

    async def current(self, conn: Connection) -> Basis:
        if self.basis is None or self.basis.version != await get_catalogue_version(conn):
            self.basis = await load_basis(conn)
        return self.basis


class Feed:
    """One batch at a time: more would wait for each other in the database, and hold its connections."""

    def __init__(self, pool: Pool, settings: Settings) -> None:
        self.pool, self.books = pool, Books(settings)
        self.turn, self.waiting = asyncio.Lock(), 0

    async def take(self, raws: Sequence[bytes], source: str) -> list[Result]:
        """Overloaded: nothing was taken."""
        if self.waiting >= WAITING:
            raise Overloaded("more batches of transactions are waiting than may wait")
        self.waiting += 1
        try:
            async with self.turn, self.pool.acquire() as conn:
                return await self.books.enter(conn, [read_event(raw) for raw in raws], source)
        finally:
            self.waiting -= 1


FOREIGN = Problem(
    "source", "another system told of this transaction first; its key alone can change it; is the id unique?"
)


def foreign_problems(sent: Sequence[Sent], places: Sequence[int]) -> dict[int, Problem]:
    """places: of one event of each transaction that belongs to another source."""
    ids = {sent[place].transaction_id for place in places}
    return {
        place: FOREIGN
        for place, one in enumerate(sent)
        if isinstance(one, Event) and one.transaction_id in ids
    }


def results(
    sent: Sequence[Sent],
    problems: dict[int, Problem],
    outcomes: Sequence[Outcome],
) -> list[Result]:
    """The event that holds has the status of its transaction; of the batch's others those that say the same
    are duplicates, and the rest superseded."""
    holds = {place: outcome.status for outcome in outcomes for place in outcome.places or ()}
    held = {sent[place].transaction_id: sent[place] for place in holds}
    status: dict[str | None, Status] = {sent[place].transaction_id: holds[place] for place in holds}
    told = []
    for place, one in enumerate(sent):
        phone = phone_outcome(one.phone) if isinstance(one, Event) else None
        if place in problems:
            problem = problems[place]
            told.append(Result(one.transaction_id, "problem", problem.reason, problem.detail, phone))
        elif one == held[one.transaction_id]:
            told.append(Result(one.transaction_id, status[one.transaction_id], phone=phone))
            status[one.transaction_id] = "duplicate"
        else:
            told.append(Result(one.transaction_id, "superseded", phone=phone))
    return told
