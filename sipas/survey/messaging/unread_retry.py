"""Reads stored callbacks again with the current configuration."""

from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest

from sipas.postgres.pool import Connection
from sipas.queries.callbacks import UnreadReason, UnreadRow, delete_unread, list_unread, mark_unread
from sipas.survey.encryption import DecryptionError, FieldCipher
from sipas.survey.messaging.callbacks import read_callback
from sipas.survey.messaging.config import Callback
from sipas.survey.messaging.delivery_receipts import keep_gateway_messages
from sipas.survey.messaging.transports import GatewayMessage, Unread
from sipas.survey.messaging.unread_callbacks import read_kept
from sipas.survey.tokens import hash_token

_RETRY_BATCH_ROWS = 100  # in one transaction


async def retry_unread(
    conn: Connection,
    callback: Callback,
    secret: bytes,
    cipher: FieldCipher,
    now: datetime,
    reasons: Sequence[UnreadReason] = ("configuration", "content"),
) -> int:
    """Read callbacks again; return how many. Those with another token in their address are deleted as
    foreign.
    """
    read, after = 0, 0
    while True:
        async with conn.transaction():
            rows = await list_unread(conn, reasons, after, _RETRY_BATCH_ROWS)
            for row in rows:
                read += await _retry(conn, row, callback, secret, cipher, now)
        if not rows:
            return read
        after = rows[-1].id


async def _retry(
    conn: Connection, row: UnreadRow, callback: Callback, secret: bytes, cipher: FieldCipher, now: datetime
) -> bool:
    if row.token_hash is None:  # from SMPP, which this configuration does not concern
        return False
    if not compare_digest(row.token_hash, hash_token(callback.token)):
        await delete_unread(conn, [row.id] if row.reason == "configuration" else [])
        return False
    events = _read(row, callback, cipher)
    unread = [event for event in events if isinstance(event, Unread)]
    if len(unread) == len(events):
        await mark_unread(conn, row.id, "content", unread[0].outline if unread else row.outline)
        return False
    await keep_gateway_messages(conn, events, secret, cipher, now, row.token_hash)
    await delete_unread(conn, [row.id])
    return True


def _read(row: UnreadRow, callback: Callback, cipher: FieldCipher) -> list[GatewayMessage]:
    try:
        return read_callback(read_kept(cipher.decrypt(row.content)), callback)
    except DecryptionError:
        return []
