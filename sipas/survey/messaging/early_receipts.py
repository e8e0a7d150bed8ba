"""Early receipts: they arrive before their messages are recorded as sent, and are applied afterwards."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sipas.postgres.pool import Connection
from sipas.queries.messages import FinalizedMessage
from sipas.queries.receipts import delete_early_receipts, delete_old_receipts, list_matched_receipts
from sipas.survey.contacts.finalize import finalize_messages

_EARLY_RECEIPT_KEPT_FOR = timedelta(days=3)
_EARLY_RECEIPTS_KEPT = 100_000


async def apply_early_receipts(conn: Connection, now: datetime, provider_ids: Sequence[str]) -> int:
    """Apply receipts in a transaction; return how many messages were finalized."""
    matched = await list_matched_receipts(conn, provider_ids)
    await finalize_messages(
        conn, [FinalizedMessage(one.message_id, one.state, one.reason) for one in matched], now
    )
    await delete_early_receipts(conn, [one.provider_id for one in matched])
    return len(matched)


async def forget_old_receipts(conn: Connection, now: datetime) -> None:
    """Delete receipts without a message: mostly of messages that were already final."""
    await delete_old_receipts(conn, now - _EARLY_RECEIPT_KEPT_FOR, _EARLY_RECEIPTS_KEPT)
