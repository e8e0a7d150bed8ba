"""Retries: problems caused by the catalogue, and counts."""

from collections import defaultdict

from sipas.postgres.pool import Connection
from sipas.queries.people import is_source
from sipas.queries.transactions import list_problems, lock_transactions, recount_transactions
from sipas.settings import Settings
from sipas.survey.invitations.event_recorder import EventRecorder
from sipas.survey.invitations.events import EVENT_ENCODER, SentEvent, read_event


async def retry_problems(conn: Connection, settings: Settings) -> int:
    """Record the stored events of problems again; return how many are counted now.

    Their phones were not stored, so no invitations follow.
    """
    recorder, counted = EventRecorder(settings), 0
    kept: defaultdict[str, list[SentEvent]] = defaultdict(list)
    for problem in await list_problems(conn):
        kept[problem.source].append(read_event(EVENT_ENCODER.encode(problem.event)))
    for source, events in kept.items():
        is_file = not await is_source(conn, source)
        results = await recorder.enter(conn, events, source, is_file=is_file)
        counted += sum(result.status != "problem" for result in results)
    return counted


async def recount_all(conn: Connection) -> None:
    """Assign every transaction to the round that was open when it was completed, and recount all."""
    async with conn.transaction():
        await lock_transactions(conn)
        await recount_transactions(conn)
