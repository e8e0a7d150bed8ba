"""The last state of a message. Whom it was for goes with it, and what it came to is counted.

What waits and must not go out is told by the view `withheld`: senders leave it, and `withdraw` closes it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sipas.postgres.pool import Connection
from sipas.queries.funnel import FunnelStep, Step, add_funnel
from sipas.queries.messages import (
    About,
    Closed,
    Locked,
    Withheld,
    close_messages,
    forget_contacts,
    list_reminders,
    lock_messages,
    lock_withheld,
)
from sipas.queries.transactions import expire_links
from sipas.survey.catalogue import local_day


async def close(conn: Connection, closed: Sequence[Closed], now: datetime) -> int:
    """How many were still on their way. Call it in a transaction.

    A reminder of what never arrived is not sent.
    """
    by_id = {one.id: one for one in closed}
    locked = await lock_messages(conn, list(by_id))
    if not locked:
        return 0
    await forget_contacts(conn, [one.id for one in locked if by_id[one.id].state != "delivered"])
    await close_messages(conn, [by_id[one.id] for one in locked])
    await add_funnel(conn, funnel_steps([step for one in locked for step in taken(one, by_id[one.id])], now))
    failed = [one.link_hash for one in locked if one.link_hash and by_id[one.id].state != "delivered"]
    if reminders := await list_reminders(conn, failed):
        await close(conn, [Closed(id_, "cancelled", "not invited") for id_ in reminders], now)
    return len(locked)


async def withdraw(conn: Connection, ids: Sequence[int], now: datetime) -> int:
    """How many of them must not go out, and were closed; what a sender holds is left to it."""
    withheld = await lock_withheld(conn, ids, now)
    if withheld:
        await close(conn, [last_of(one) for one in withheld], now)
        await expire_links(conn, [one.link_hash for one in withheld if one.ends_link])
    return len(withheld)


def last_of(withheld: Withheld) -> Closed:
    """Whoever answers has got the invitation, though nobody noted that it went out."""
    if withheld.reason == "answered already" and withheld.kind == "invitation":
        return Closed(withheld.id, "delivered")
    return Closed(withheld.id, "cancelled", withheld.reason)


def taken(locked: Locked, closed: Closed) -> list[tuple[About, Step, str | None]]:
    """What arrived was sent."""
    if closed.state != "delivered":
        return [(locked.about, "failed", closed.reason)]
    steps: list[Step] = ["sent", "delivered"] if locked.state == "waiting" else ["delivered"]
    return [(locked.about, step, None) for step in steps]


def funnel_steps(taken: Iterable[tuple[About, Step, str | None]], now: datetime) -> list[FunnelStep]:
    """Invitations are what response rates are of; of reminders only those sent are counted, as reminded."""
    day = local_day(now)
    return [
        FunnelStep(
            about.round_id, about.unit_id, about.procedure_id, about.service_channel, day, step, reason
        )
        for about, step, reason in taken
        if about.kind == "invitation" or step == "reminded"
    ]
