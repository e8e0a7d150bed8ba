"""Final states of messages: contact details are deleted, and results are counted.

The view `withheld` lists waiting messages that must not go out: senders skip them, and `withdraw_messages`
finalizes them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sipas.postgres.pool import Connection
from sipas.queries.funnel import FunnelStep, FunnelStepName, add_funnel
from sipas.queries.messages import (
    FinalizedMessage,
    Locked,
    MessageContext,
    Withheld,
    forget_contacts,
    list_reminders,
    lock_messages,
    lock_withheld,
    store_final_states,
)
from sipas.queries.transactions import expire_links
from sipas.survey.catalogue import local_day


async def finalize_messages(conn: Connection, closed: Sequence[FinalizedMessage], now: datetime) -> int:
    """Finalize messages in a transaction; return how many were not final yet.

    The reminder of a message that never arrived is not sent.
    """
    by_id = {one.id: one for one in closed}
    locked = await lock_messages(conn, list(by_id))
    if not locked:
        return 0
    await forget_contacts(conn, [one.id for one in locked if by_id[one.id].state != "delivered"])
    await store_final_states(conn, [by_id[one.id] for one in locked])
    await add_funnel(conn, funnel_steps([step for one in locked for step in _taken(one, by_id[one.id])], now))
    failed = [one.link_hash for one in locked if one.link_hash and by_id[one.id].state != "delivered"]
    if reminders := await list_reminders(conn, failed):
        await finalize_messages(
            conn, [FinalizedMessage(id_, "cancelled", "not invited") for id_ in reminders], now
        )
    return len(locked)


async def withdraw_messages(conn: Connection, ids: Sequence[int], now: datetime) -> int:
    """Finalize those of the messages that must not go out; return how many. Messages held by a sender are
    left to it.
    """
    withheld = await lock_withheld(conn, ids, now)
    if withheld:
        await finalize_messages(conn, [_last_of(one) for one in withheld], now)
        await expire_links(conn, [one.link_hash for one in withheld if one.ends_link])
    return len(withheld)


def _last_of(withheld: Withheld) -> FinalizedMessage:
    """Return the final state. A citizen who answers has received the invitation, even if its sending was not
    recorded.
    """
    if withheld.reason == "answered already" and withheld.kind == "invitation":
        return FinalizedMessage(withheld.id, "delivered")
    return FinalizedMessage(withheld.id, "cancelled", withheld.reason)


def _taken(
    locked: Locked, closed: FinalizedMessage
) -> list[tuple[MessageContext, FunnelStepName, str | None]]:
    """Return the steps to count. A message that arrived counts as sent too."""
    if closed.state != "delivered":
        return [(locked.about, "failed", closed.reason)]
    steps: list[FunnelStepName] = ["sent", "delivered"] if locked.state == "waiting" else ["delivered"]
    return [(locked.about, step, None) for step in steps]


def funnel_steps(
    taken: Iterable[tuple[MessageContext, FunnelStepName, str | None]], now: datetime
) -> list[FunnelStep]:
    """Return the funnel's steps. Response rates refer to invitations; of reminders, only sent ones are
    counted.
    """
    day = local_day(now)
    return [
        FunnelStep(
            about.round_id, about.unit_id, about.procedure_id, about.service_channel, day, step, reason
        )
        for about, step, reason in taken
        if about.kind == "invitation" or step == "reminded"
    ]
