"""Expiry: messages that must not go out, were answered, or are too old lose their contact details."""

from datetime import datetime

from sipas.postgres.pool import Connection, Pool
from sipas.queries.callbacks import delete_old_unread
from sipas.queries.messages import FinalizedMessage, list_answered, list_expired, list_withheld
from sipas.queries.receipts import list_overdue_receipts
from sipas.survey.contacts.finalize import finalize_messages, withdraw_messages
from sipas.survey.messaging.early_receipts import apply_early_receipts, forget_old_receipts
from sipas.survey.messaging.unread_callbacks import UNREAD_CALLBACK_KEPT_FOR

_EXPIRY_BATCH_MESSAGES = 1_000  # in one transaction


async def expire_messages(pool: Pool, now: datetime) -> int:
    """Finalize such messages; return how many."""
    expired = 0
    for expire_some in (_expire_withheld, _expire_receipts, _expire_sent, _expire_unsent):
        closed = _EXPIRY_BATCH_MESSAGES
        while closed:
            async with pool.acquire() as conn, conn.transaction():
                closed = await expire_some(conn, now)
            expired += closed
    async with pool.acquire() as conn:
        await forget_old_receipts(conn, now)
        await delete_old_unread(conn, now - UNREAD_CALLBACK_KEPT_FOR)
    return expired


async def _expire_withheld(conn: Connection, now: datetime) -> int:
    return await withdraw_messages(conn, await list_withheld(conn, now, _EXPIRY_BATCH_MESSAGES), now)


async def _expire_receipts(conn: Connection, now: datetime) -> int:
    """Apply early receipts that arrived in the same moment in which the message was recorded as sent."""
    return await apply_early_receipts(conn, now, await list_overdue_receipts(conn, _EXPIRY_BATCH_MESSAGES))


async def _expire_sent(conn: Connection, now: datetime) -> int:
    """Finalize answered messages: an answer proves delivery, with or without a receipt."""
    return await finalize_messages(
        conn,
        [FinalizedMessage(id_, "delivered") for id_ in await list_answered(conn, _EXPIRY_BATCH_MESSAGES)],
        now,
    )


async def _expire_unsent(conn: Connection, now: datetime) -> int:
    expired = await list_expired(conn, now, _EXPIRY_BATCH_MESSAGES)
    reasons = {"sent": "no receipt", "waiting": "not sent in time"}
    return await finalize_messages(
        conn, [FinalizedMessage(id_, "expired", reasons[state]) for id_, state in expired], now
    )
