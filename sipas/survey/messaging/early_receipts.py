"""Receipts that came before their messages were noted as sent. They close them as soon as that is done."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sipas.postgres.pool import Connection
from sipas.queries.messages import Closed
from sipas.queries.receipts import delete_early_receipts, delete_old_receipts, list_matched_receipts
from sipas.survey.contacts.finalize import close

EARLY_RECEIPT_LASTS = timedelta(days=3)
EARLY_RECEIPTS_KEPT = 100_000


async def apply_early_receipts(conn: Connection, now: datetime, provider_ids: Sequence[str]) -> int:
    """How many messages it closed. In a transaction."""
    matched = await list_matched_receipts(conn, provider_ids)
    await close(conn, [Closed(one.message_id, one.state, one.reason) for one in matched], now)
    await delete_early_receipts(conn, [one.provider_id for one in matched])
    return len(matched)


async def forget_old_receipts(conn: Connection, now: datetime) -> None:
    """Those whose message never came: of one that was closed already, mostly."""
    await delete_old_receipts(conn, now - EARLY_RECEIPT_LASTS, EARLY_RECEIPTS_KEPT)
