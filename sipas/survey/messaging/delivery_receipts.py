"""Receipts and replies: receipts close messages, and a reply such as STOP or TC opts its phone out."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sipas.postgres.pool import Connection, Pool
from sipas.queries.callbacks import insert_unread
from sipas.queries.funnel import FunnelStep, add_funnel
from sipas.queries.messages import Closed, list_receipted
from sipas.queries.opt_outs import list_rounds_that_ask, list_rounds_that_asked
from sipas.queries.receipts import EarlyReceipt, insert_early_receipts
from sipas.survey.catalogue import local_day
from sipas.survey.contacts.finalize import close
from sipas.survey.contacts.opt_outs import OPT_OUT, leave_alone
from sipas.survey.contacts.phones import PhoneError, hash_phone, parse_phone
from sipas.survey.encryption import Sealer
from sipas.survey.invitations.inviting import contact_purpose
from sipas.survey.messaging.opt_out_words import asks_to_stop
from sipas.survey.messaging.receipt_ids import receipt_id
from sipas.survey.messaging.transports import Event, Incoming, Receipt, Reply, Transport, Unread
from sipas.survey.messaging.unread_callbacks import UNREAD_CALLBACKS_KEPT, sealed_unread

LOG = logging.getLogger(__name__)


class Returns:
    """Holds events until they are stored, and only then acknowledges them."""

    def __init__(self, pool: Pool, transport: Transport, secret: bytes, sealer: Sealer) -> None:
        self.pool, self.transport, self.secret, self.sealer = pool, transport, secret, sealer
        self.held: list[Event] = []

    async def take(self, now: datetime) -> None:
        while not self.transport.events.empty():
            self.held.append(self.transport.events.get_nowait())
        if not self.held:
            return
        async with self.pool.acquire() as conn:
            await keep(conn, [event.what for event in self.held], self.secret, self.sealer, now)
        kept, self.held = self.held, []
        for event in kept:
            event.done()


async def keep(
    conn: Connection,
    came: Sequence[Incoming],
    secret: bytes,
    sealer: Sealer,
    now: datetime,
    token_hash: bytes | None = None,
) -> None:
    """All of it or nothing. token_hash: of the callback's address, where it came by one."""
    unread = [one for one in came if isinstance(one, Unread)]
    async with conn.transaction():
        await keep_receipts(conn, [one for one in came if isinstance(one, Receipt)], now)
        for one in came:
            if isinstance(one, Reply) and asks_to_stop(one.text):
                await heed(conn, one, secret, now)
        sealed = [sealed_unread(one, "content", token_hash, sealer, now) for one in unread]
        await insert_unread(conn, sealed, UNREAD_CALLBACKS_KEPT)
    if unread:
        LOG.warning("%d of a provider's reports are not understood; see `sipas link callbacks`", len(unread))


async def keep_receipts(conn: Connection, receipts: Sequence[Receipt], now: datetime) -> None:
    """A receipt whose message is not noted as sent yet waits for that. In a transaction."""
    by_id = {receipt_id(one.provider_id): one for one in receipts}
    ids = await list_receipted(conn, list(by_id))
    closed = [Closed(ids[name], one.state, one.reason) for name, one in by_id.items() if name in ids]
    await close(conn, closed, now)
    early = [EarlyReceipt(name, one.state, one.reason, now) for name, one in by_id.items() if name not in ids]
    await insert_early_receipts(conn, early)


async def heed(conn: Connection, reply: Reply, secret: bytes, now: datetime) -> None:
    """Record the opt-out. The rounds that asked that phone count a refusal, of no known unit."""
    try:
        phone = parse_phone(reply.phone)
    except PhoneError as error:
        LOG.warning("an opt-out by message was not recorded: %s", error)
        return
    if await leave_alone(conn, hash_phone(phone, secret, OPT_OUT), now):
        rounds = await list_rounds_that_ask(conn)
        hashes = {round_id: hash_phone(phone, secret, contact_purpose(round_id)) for round_id in rounds}
        asked = await list_rounds_that_asked(conn, hashes)
        day = local_day(now)
        await add_funnel(conn, [FunnelStep(round_id, None, None, None, day, "refused") for round_id in asked])
