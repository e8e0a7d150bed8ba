"""What can be put right later: problems that the catalogue caused, and counts."""

from sipas.postgres.pool import Connection
from sipas.queries.transactions import (
    list_problem_sources,
    lock_transactions,
    recount_transactions,
    take_problems,
)
from sipas.settings import Settings
from sipas.survey.feed.events import ENCODER, read_event
from sipas.survey.feed.feed import Books


async def retry_problems(conn: Connection, settings: Settings) -> int:
    """Enters what was kept of each problem again; how many are counted now. Without a phone, nobody is asked."""
    books, counted = Books(settings), 0
    for source in await list_problem_sources(conn):
        async with conn.transaction():
            kept = [read_event(ENCODER.encode(event)) for event in await take_problems(conn, source)]
            results = await books.enter(conn, kept, source)
        counted += sum(result.status != "problem" for result in results)
    return counted


async def recount(conn: Connection) -> None:
    """Gives every transaction the round that was open when it was finished, and counts all anew."""
    async with conn.transaction():
        await lock_transactions(conn)
        await recount_transactions(conn)
