"""Receipts and replies: receipts finalize messages, and a reply such as STOP or TC opts its phone out."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sipas.postgres.pool import Connection, Pool
from sipas.queries.callbacks import insert_unread
from sipas.queries.funnel import FunnelStep, add_funnel
from sipas.queries.messages import FinalizedMessage, list_receipted
from sipas.queries.opt_outs import list_rounds_that_ask, list_rounds_that_asked
from sipas.queries.receipts import EarlyReceipt, insert_early_receipts
from sipas.survey.catalogue import local_day
from sipas.survey.contacts.finalize import finalize_messages
from sipas.survey.contacts.opt_outs import OPT_OUT_PURPOSE, opt_out
from sipas.survey.contacts.phones import PhoneError, hash_phone, parse_phone
from sipas.survey.encryption import FieldCipher
from sipas.survey.invitations.inviting import contact_purpose
from sipas.survey.messaging.opt_out_words import asks_to_stop
from sipas.survey.messaging.receipt_ids import receipt_id
from sipas.survey.messaging.transports import (
    GatewayEvent,
    GatewayMessage,
    Receipt,
    SmsReply,
    Transport,
    Unread,
)
from sipas.survey.messaging.unread_callbacks import UNREAD_CALLBACKS_KEPT, encrypted_unread

_LOG = logging.getLogger(__name__)


class DeliveryReceipts:
    """Holds events until they are stored, and only then acknowledges them."""

    def __init__(self, pool: Pool, transport: Transport, secret: bytes, cipher: FieldCipher) -> None:
        self.pool, self.transport, self.secret, self.cipher = pool, transport, secret, cipher
        self.held: list[GatewayEvent] = []

    async def take(self, now: datetime) -> None:
        while not self.transport.events.empty():
            self.held.append(self.transport.events.get_nowait())
        if not self.held:
            return
        async with self.pool.acquire() as conn:
            await keep_gateway_messages(
                conn, [event.what for event in self.held], self.secret, self.cipher, now
            )
        kept, self.held = self.held, []
        for event in kept:
            event.done()


async def keep_gateway_messages(
    conn: Connection,
    came: Sequence[GatewayMessage],
    secret: bytes,
    cipher: FieldCipher,
    now: datetime,
    token_hash: bytes | None = None,
) -> None:
    """Store messages of the gateway in one transaction. token_hash: of the callback's address, if there is
    one.
    """
    unread = [one for one in came if isinstance(one, Unread)]
    async with conn.transaction():
        await _keep_receipts(conn, [one for one in came if isinstance(one, Receipt)], now)
        for one in came:
            if isinstance(one, SmsReply) and asks_to_stop(one.text):
                await _handle_reply(conn, one, secret, now)
        encrypted = [encrypted_unread(one, "content", token_hash, cipher, now) for one in unread]
        await insert_unread(conn, encrypted, UNREAD_CALLBACKS_KEPT)
    if unread:
        _LOG.warning("%d of a provider's reports are not understood; see `sipas link callbacks`", len(unread))


async def _keep_receipts(conn: Connection, receipts: Sequence[Receipt], now: datetime) -> None:
    """Store receipts, in a transaction. They wait if their message is not recorded as sent yet."""
    by_id = {receipt_id(one.provider_id): one for one in receipts}
    ids = await list_receipted(conn, list(by_id))
    closed = [
        FinalizedMessage(ids[name], one.state, one.reason) for name, one in by_id.items() if name in ids
    ]
    await finalize_messages(conn, closed, now)
    early = [EarlyReceipt(name, one.state, one.reason, now) for name, one in by_id.items() if name not in ids]
    await insert_early_receipts(conn, early)


async def _handle_reply(conn: Connection, reply: SmsReply, secret: bytes, now: datetime) -> None:
    """Record the opt-out. The rounds that invited that phone count a refusal, without a unit."""
    try:
        phone = parse_phone(reply.phone)
    except PhoneError as error:
        _LOG.warning("an opt-out by message was not recorded: %s", error)
        return
    if await opt_out(conn, hash_phone(phone, secret, OPT_OUT_PURPOSE), now):
        rounds = await list_rounds_that_ask(conn)
        hashes = {round_id: hash_phone(phone, secret, contact_purpose(round_id)) for round_id in rounds}
        asked = await list_rounds_that_asked(conn, hashes)
        day = local_day(now)
        await add_funnel(conn, [FunnelStep(round_id, None, None, None, day, "refused") for round_id in asked])
