"""What comes back: receipts close messages, and whoever answers STOP or TC is left alone."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sipas.postgres.pool import Connection, Pool
from sipas.queries.funnel import FunnelStep, add_funnel
from sipas.queries.messages import Closed, list_receipted
from sipas.queries.opt_outs import list_rounds_that_ask, list_rounds_that_asked
from sipas.survey.catalogue import local_day
from sipas.survey.feed.inviting import contact_purpose
from sipas.survey.sms.closing import close
from sipas.survey.sms.opt_out import OPT_OUT, asks_to_stop, leave_alone
from sipas.survey.sms.phones import PhoneError, hash_phone, parse_phone
from sipas.survey.sms.transports import Event, Receipt, Reply, Transport

LOG = logging.getLogger(__name__)
PATIENCE = timedelta(seconds=30)  # with a receipt that overtook the note that its message was sent
STRAYS = 10_000  # of which it is known since when they come


class Returns:
    """Holds what came until it is kept; only then does the provider hear so."""

    def __init__(self, pool: Pool, transport: Transport, secret: bytes) -> None:
        self.pool, self.transport, self.secret = pool, transport, secret
        self.held: list[tuple[datetime, Event]] = []

    async def take(self, now: datetime) -> None:
        while not self.transport.events.empty():
            self.held.append((now, self.transport.events.get_nowait()))
        if not self.held:
            return
        async with self.pool.acquire() as conn:
            known = await keep(conn, [event.what for _, event in self.held], self.secret, now)
        kept = [
            (event, is_known)
            for (since, event), is_known in zip(self.held, known, strict=True)
            if is_known or now - since > PATIENCE
        ]
        gone = {id(event) for event, _ in kept}
        self.held = [(since, event) for since, event in self.held if id(event) not in gone]
        for event, is_known in kept:
            event.done()
            if not is_known:
                LOG.info("a receipt came for a message that is not on its way, or not any more")


class Strays:
    """Receipts of messages that nobody knows, in the order in which they first came."""

    def __init__(self) -> None:
        self.since: dict[Receipt | Reply, datetime] = {}

    def has_waited(self, what: Receipt | Reply, now: datetime) -> bool:
        """Whether it has come for so long that its message is not on its way any more."""
        since = self.since.setdefault(what, now)
        if len(self.since) > STRAYS:
            del self.since[next(iter(self.since))]
        return now - since > PATIENCE


async def keep(conn: Connection, came: Sequence[Receipt | Reply], secret: bytes, now: datetime) -> list[bool]:
    """Of each, whether it is done with; a receipt for a message that is not known may be one too early."""
    async with conn.transaction():
        receipts = [one for one in came if isinstance(one, Receipt)]
        ids = await list_receipted(conn, [one.provider_id for one in receipts])
        closed = {
            ids[one.provider_id]: Closed(ids[one.provider_id], one.state, one.reason)
            for one in receipts
            if one.provider_id in ids
        }
        await close(conn, list(closed.values()), now)
        for one in came:
            if isinstance(one, Reply) and asks_to_stop(one.text):
                await heed(conn, one, secret, now)
    return [isinstance(one, Reply) or one.provider_id in ids for one in came]


async def heed(conn: Connection, reply: Reply, secret: bytes, now: datetime) -> None:
    """The rounds that asked that phone count a refusal; of which unit, nobody knows any more."""
    try:
        phone = parse_phone(reply.phone)
    except PhoneError as error:
        LOG.warning("somebody asked to be left alone, and cannot be told: %s", error)
        return
    if await leave_alone(conn, hash_phone(phone, secret, OPT_OUT), now):
        rounds = await list_rounds_that_ask(conn)
        hashes = {round_id: hash_phone(phone, secret, contact_purpose(round_id)) for round_id in rounds}
        asked = await list_rounds_that_asked(conn, hashes)
        day = local_day(now)
        await add_funnel(conn, [FunnelStep(round_id, None, None, None, day, "refused") for round_id in asked])
