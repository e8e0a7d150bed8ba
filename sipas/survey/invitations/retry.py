"""What can be put right later: problems that the catalogue caused, and counts."""

from collections import defaultdict

from sipas.postgres.pool import Connection
from sipas.queries.people import is_source
from sipas.queries.transactions import list_problems, lock_transactions, recount_transactions
from sipas.settings import Settings
from sipas.survey.invitations.event_recorder import Books
from sipas.survey.invitations.events import ENCODER, Sent, read_event


async def retry_problems(conn: Connection, settings: Settings) -> int:
    """Enters again what was kept of each problem; how many are counted now. No phone was: nobody is asked."""
    books, counted = Books(settings), 0
    kept: defaultdict[str, list[Sent]] = defaultdict(list)
    for problem in await list_problems(conn):
        kept[problem.source].append(read_event(ENCODER.encode(problem.event)))
    for source, events in kept.items():
        is_file = not await is_source(conn, source)
        results = await books.enter(conn, events, source, is_file=is_file)
        counted += sum(result.status != "problem" for result in results)
    return counted


async def recount(conn: Connection) -> None:
    """Gives every transaction the round that was open when it was finished, and counts all anew."""
    async with conn.transaction():
        await lock_transactions(conn)
        await recount_transactions(conn)
