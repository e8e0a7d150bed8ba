"""Records batches of events from one-stop systems; each is acknowledged once it is durable."""

import asyncio
from collections.abc import Sequence
from typing import Literal

import msgspec

from sipas.errors import Overloaded
from sipas.postgres.pool import Connection, Pool
from sipas.queries import transactions
from sipas.queries.catalogue import get_catalogue_version
from sipas.queries.transactions import EventOutcome, insert_problems
from sipas.settings import Settings
from sipas.survey.encryption import read_cipher
from sipas.survey.invitations.catalogue_snapshot import CatalogueSnapshot, load_snapshot
from sipas.survey.invitations.event_parts import join_events
from sipas.survey.invitations.event_reader import EventReader
from sipas.survey.invitations.event_storing import CatalogueMovedError, EventStorage
from sipas.survey.invitations.events import (
    EventProblem,
    IdHasher,
    InvalidEvent,
    SentEvent,
    TransactionEvent,
    event_columns,
    problem_row,
    read_event,
)
from sipas.survey.invitations.phone_counts import PhoneOutcome, phone_outcome

_QUEUE_MAX_BATCHES = 50  # waiting

_Status = transactions.Status | Literal["problem"]


class EventResult(msgspec.Struct, frozen=True):
    """The result of one event. status superseded: a newer event of the transaction is known. reason: of a
    problem.

    phone: whether the number can be used; None if the event could not be read.
    """

    transaction_id: str | None
    status: _Status
    reason: str | None = None
    detail: str | None = None
    phone: PhoneOutcome | None = None


class EventRecorder:
    """Records events with a snapshot of the catalogue, which is read again after each change."""

    def __init__(self, settings: Settings) -> None:
        self.named, self.cipher = IdHasher(settings.secret), read_cipher(settings)
        self.snapshot: CatalogueSnapshot | None = None

    async def enter(
        self, conn: Connection, sent: Sequence[SentEvent], source: str, *, is_file: bool = False
    ) -> list[EventResult]:
        """Record events; return results in the order sent, once all are durable.

        is_file: a file may change transactions of any source.
        """
        while True:
            snapshot = await self.current(conn)
            events = {place: one for place, one in enumerate(sent) if isinstance(one, TransactionEvent)}
            reader, places = EventReader(snapshot, self.named, self.cipher), list(events)
            read, faulty = reader.read(places, event_columns([*events.values()]))
            problems = {places[i]: problem for i, problem in faulty} | {
                place: one.problem for place, one in enumerate(sent) if isinstance(one, InvalidEvent)
            }
            rows = [
                problem_row(self.named, place, sent[place], problem, source)
                for place, problem in problems.items()
            ]
            try:
                async with conn.transaction():
                    storage = EventStorage(conn, snapshot, None if is_file else source)
                    outcomes = await storage.store(join_events([read]), rows, places=True)
                    foreign = _foreign_problems(sent, storage.foreign)
                    await insert_problems(
                        conn,
                        [problem_row(self.named, p, sent[p], why, source) for p, why in foreign.items()],
                    )
                    await storage.finish()
            except CatalogueMovedError:
                continue
            return _results(sent, problems | foreign, outcomes)

    async def current(self, conn: Connection) -> CatalogueSnapshot:
        if self.snapshot is None or self.snapshot.version != await get_catalogue_version(conn):
            self.snapshot = await load_snapshot(conn)
        return self.snapshot


class EventFeed:
    """Records one batch at a time: several would wait for each other and hold connections."""

    def __init__(self, pool: Pool, settings: Settings) -> None:
        self.pool, self.recorder = pool, EventRecorder(settings)
        self.turn, self.waiting = asyncio.Lock(), 0

    async def take(self, raws: Sequence[bytes], source: str) -> list[EventResult]:
        """Record the events of one request. Overloaded: none was taken."""
        if self.waiting >= _QUEUE_MAX_BATCHES:
            raise Overloaded("more batches of transactions are waiting than may wait")
        self.waiting += 1
        try:
            async with self.turn, self.pool.acquire() as conn:
                return await self.recorder.enter(conn, [read_event(raw) for raw in raws], source)
        finally:
            self.waiting -= 1


_FOREIGN_PROBLEM = EventProblem(
    "source", "another system told of this transaction first; its key alone can change it; is the id unique?"
)


def _foreign_problems(sent: Sequence[SentEvent], places: Sequence[int]) -> dict[int, EventProblem]:
    """Return the problems of events about another source's transactions. places: one of each transaction."""
    ids = {sent[place].transaction_id for place in places}
    return {
        place: _FOREIGN_PROBLEM
        for place, one in enumerate(sent)
        if isinstance(one, TransactionEvent) and one.transaction_id in ids
    }


def _results(
    sent: Sequence[SentEvent],
    problems: dict[int, EventProblem],
    outcomes: Sequence[EventOutcome],
) -> list[EventResult]:
    """Return the result of each event.

    The valid event has the status of its transaction. Equal events of the batch are duplicates, and the rest
    superseded.
    """
    holds = {place: outcome.status for outcome in outcomes for place in outcome.places or ()}
    held = {sent[place].transaction_id: sent[place] for place in holds}
    status: dict[str | None, _Status] = {sent[place].transaction_id: holds[place] for place in holds}
    results = []
    for place, one in enumerate(sent):
        phone = phone_outcome(one.phone) if isinstance(one, TransactionEvent) else None
        if place in problems:
            problem = problems[place]
            results.append(EventResult(one.transaction_id, "problem", problem.reason, problem.detail, phone))
        elif one == held[one.transaction_id]:
            results.append(EventResult(one.transaction_id, status[one.transaction_id], phone=phone))
            status[one.transaction_id] = "duplicate"
        else:
            results.append(EventResult(one.transaction_id, "superseded", phone=phone))
    return results
