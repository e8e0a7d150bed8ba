"""Callbacks that could not be read are read again with the configuration as it is now."""

from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest

from sipas.postgres.pool import Connection
from sipas.queries.callbacks import UnreadReason, UnreadRow, delete_unread, list_unread, mark_unread
from sipas.survey.encryption import Sealer, SealError
from sipas.survey.messaging.callbacks import read_callback
from sipas.survey.messaging.config import Callback
from sipas.survey.messaging.delivery_receipts import keep
from sipas.survey.messaging.transports import Incoming, Unread
from sipas.survey.messaging.unread_callbacks import read_kept
from sipas.survey.tokens import hash_token

_ROWS = 100  # to one transaction


async def retry_unread(
    conn: Connection,
    callback: Callback,
    secret: bytes,
    sealer: Sealer,
    now: datetime,
    reasons: Sequence[UnreadReason] = ("configuration", "content"),
) -> int:
    """How many were read. Those whose address holds another token are dropped: a stranger sent them."""
    read, after = 0, 0
    while True:
        async with conn.transaction():
            rows = await list_unread(conn, reasons, after, _ROWS)
            for row in rows:
                read += await _retry(conn, row, callback, secret, sealer, now)
        if not rows:
            return read
        after = rows[-1].id


async def _retry(
    conn: Connection, row: UnreadRow, callback: Callback, secret: bytes, sealer: Sealer, now: datetime
) -> bool:
    if row.token_hash is None:  # it came over SMPP, which this configuration does not concern
        return False
    if not compare_digest(row.token_hash, hash_token(callback.token)):
        await delete_unread(conn, [row.id] if row.reason == "configuration" else [])
        return False
    events = _read(row, callback, sealer)
    unread = [event for event in events if isinstance(event, Unread)]
    if len(unread) == len(events):
        await mark_unread(conn, row.id, "content", unread[0].outline if unread else row.outline)
        return False
    await keep(conn, events, secret, sealer, now, row.token_hash)
    await delete_unread(conn, [row.id])
    return True


def _read(row: UnreadRow, callback: Callback, sealer: Sealer) -> list[Incoming]:
    try:
        return read_callback(read_kept(sealer.unseal(row.content)), callback)
    except SealError:
        return []
