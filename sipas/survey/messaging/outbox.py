"""Messages out of the outbox and back: taken up by one sender at a time, and noted for what became of them.

The claim is committed before a message is sent, the outcome after it. A sender that dies in between leaves
its claims to whoever comes when they have lapsed: a message is then sent again rather than never.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from sipas.postgres.pool import Pool
from sipas.queries.funnel import Step, add_funnel
from sipas.queries.messages import (
    About,
    Claimed,
    Closed,
    PutOff,
    Sent,
    claim_messages,
    give_back,
    insert_reminders,
    lock_messages,
    lock_sending,
    mark_sent,
    note_sending,
    put_off_messages,
)
from sipas.survey.catalogue import local_day
from sipas.survey.contacts.finalize import close, funnel_steps
from sipas.survey.contacts.phones import LONG_NUMBER
from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.early_receipts import apply_early_receipts
from sipas.survey.messaging.receipt_ids import receipt_id
from sipas.survey.messaging.transports import Accepted, Deferred, Outcome, Rejected, Unknown

SLACK = timedelta(minutes=2)  # beyond the provider's patience, for the database
UNCERTAIN_TRIES = 3  # of a message that may have arrived each time
TRIES = 8  # of one that the provider does not take; they span most of a day
LONGEST = timedelta(hours=6)
AWAY = timedelta(minutes=1)


Judgement = tuple[Claimed, Outcome]


class Outbox:
    def __init__(self, pool: Pool, config: SmsConfig) -> None:
        self.pool, self.config = pool, config

    async def claim(self, now: datetime, most: int) -> tuple[list[Claimed], datetime]:
        """What is to be sent now, and when the first of it may go; nothing while sending is stopped or ahead.

        The row of `sending` is held meanwhile: cap and rate are of all senders together.
        """
        day, config = local_day(now), self.config
        async with self.pool.acquire() as conn, conn.transaction():
            turn = await lock_sending(conn, day, now)
            left = most if config.per_day is None else min(most, config.per_day - turn.taken)
            if turn.stopped or left <= 0:
                return [], now
            # No turn is further ahead than a second: stopping is heard within one.
            ahead = (now + timedelta(seconds=1) - turn.next_at).total_seconds()
            left = min(left, math.ceil(ahead * config.per_second))
            if left <= 0:
                return [], turn.next_at
            claimed = await claim_messages(conn, now, left, config.patience + SLACK)
            if claimed:
                last = turn.next_at + timedelta(seconds=len(claimed) / config.per_second)
                await note_sending(conn, day, turn.taken + len(claimed), last)
        return claimed, turn.next_at

    async def record(self, outcomes: Sequence[Judgement], now: datetime, *, receipts: bool) -> None:
        """All of it or nothing, with what it adds to the counts."""
        sent = [Sent(one.id, noted_id(what)) for one, what in outcomes if isinstance(what, Accepted)]
        others = [next_step(one, what, now) for one, what in outcomes if not isinstance(what, Accepted)]
        async with self.pool.acquire() as conn, conn.transaction():
            await lock_messages(conn, [one.id for one, _ in outcomes])  # in the order in which all lock them
            if sent:
                await insert_reminders(conn, [one.id for one in sent], now)
                abouts = await mark_sent(conn, sent, local_day(now), keeps=receipts)
                await add_funnel(conn, funnel_steps(((about, step_of(about), None) for about in abouts), now))
                await apply_early_receipts(conn, now, [one.provider_id for one in sent if one.provider_id])
            if put_off := [one for one in others if isinstance(one, PutOff)]:
                await put_off_messages(conn, put_off)
            await close(conn, [one for one in others if isinstance(one, Closed)], now)
            if not_taken := sum(not isinstance(what, Accepted | Unknown) for _, what in outcomes):
                await give_back(conn, local_day(now), not_taken)


def noted_id(accepted: Accepted) -> str | None:
    return accepted.provider_id and receipt_id(accepted.provider_id)


def step_of(about: About) -> Step:
    return "sent" if about.kind == "invitation" else "reminded"


def next_step(message: Claimed, outcome: Outcome, now: datetime) -> PutOff | Closed:
    """Another try later, or no more."""
    assert not isinstance(outcome, Accepted)
    reason = without_numbers(outcome.reason)
    tried_enough = (
        isinstance(outcome, Rejected)
        or (isinstance(outcome, Unknown) and message.tries >= UNCERTAIN_TRIES)
        or (isinstance(outcome, Deferred) and message.tries >= TRIES)
    )
    if tried_enough:
        return Closed(message.id, "failed", reason)
    counts = isinstance(outcome, Deferred | Unknown)
    wait = min(timedelta(minutes=1) * 4 ** (message.tries - 1), LONGEST) if counts else AWAY
    return PutOff(message.id, now + wait, reason, counts)


def without_numbers(reason: str) -> str:
    """A provider may say the number back to us; reasons are kept."""
    return LONG_NUMBER.sub("…", reason)[:80]
