"""Messages whose link was used, or that nobody will tell of any more: whom they were for is forgotten."""

from datetime import datetime

from sipas.postgres.pool import Pool
from sipas.queries.messages import Closed, list_answered, list_expired
from sipas.survey.sms.closing import close

STEP = 1_000  # messages to one transaction


async def sweep(pool: Pool, now: datetime) -> int:
    """How many it closed."""
    swept = 0
    while step := await sweep_some(pool, now):
        swept += step
    return swept


async def sweep_some(pool: Pool, now: datetime) -> int:
    """An answer proves that a message arrived, whether or not a receipt says so."""
    async with pool.acquire() as conn, conn.transaction():
        answered = await list_answered(conn, STEP)
        expired = await list_expired(conn, now, STEP)
        closed = [
            Closed(id_, "expired", "no receipt" if state == "sent" else "not sent in time")
            for id_, state in expired
        ]
        closed += [
            Closed(id_, "delivered") if state == "sent" else Closed(id_, "cancelled", "answered already")
            for id_, state in answered
        ]
        return await close(conn, closed, now)
