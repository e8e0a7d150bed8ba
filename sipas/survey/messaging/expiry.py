"""Messages that must not go out, were answered, or are too old: whom they were for is forgotten."""

from datetime import datetime

from sipas.postgres.pool import Connection, Pool
from sipas.queries.callbacks import delete_old_unread
from sipas.queries.messages import Closed, list_answered, list_expired, list_withheld
from sipas.queries.receipts import list_overdue_receipts
from sipas.survey.contacts.finalize import close, withdraw
from sipas.survey.messaging.early_receipts import apply_early_receipts, forget_old_receipts
from sipas.survey.messaging.unread_callbacks import UNREAD_CALLBACK_LASTS

STEP = 1_000  # messages to one transaction


async def sweep(pool: Pool, now: datetime) -> int:
    """How many it closed."""
    swept = 0
    for sweep_some in (sweep_withheld, sweep_receipts, sweep_sent, sweep_expired):
        closed = STEP
        while closed:
            async with pool.acquire() as conn, conn.transaction():
                closed = await sweep_some(conn, now)
            swept += closed
    async with pool.acquire() as conn:
        await forget_old_receipts(conn, now)
        await delete_old_unread(conn, now - UNREAD_CALLBACK_LASTS)
    return swept


async def sweep_withheld(conn: Connection, now: datetime) -> int:
    return await withdraw(conn, await list_withheld(conn, now, STEP), now)


async def sweep_receipts(conn: Connection, now: datetime) -> int:
    """Early ones that came while their sender noted that the message was sent: neither saw the other."""
    return await apply_early_receipts(conn, now, await list_overdue_receipts(conn, STEP))


async def sweep_sent(conn: Connection, now: datetime) -> int:
    """An answer proves that a message arrived, whether or not a receipt says so."""
    return await close(conn, [Closed(id_, "delivered") for id_ in await list_answered(conn, STEP)], now)


async def sweep_expired(conn: Connection, now: datetime) -> int:
    expired = await list_expired(conn, now, STEP)
    reasons = {"sent": "no receipt", "waiting": "not sent in time"}
    return await close(conn, [Closed(id_, "expired", reasons[state]) for id_, state in expired], now)
