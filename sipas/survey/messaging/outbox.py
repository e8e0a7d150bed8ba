"""The outbox: claims messages for one sender at a time, and records the outcomes.

The claim is committed before a message is sent, the outcome after it. If a sender stops in between, its
claims lapse and another sender takes them: a message may be sent twice, but is never lost.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from sipas.postgres.pool import Pool
from sipas.queries.funnel import FunnelStepName, add_funnel
from sipas.queries.messages import (
    Claimed,
    FinalizedMessage,
    MessageContext,
    PutOff,
    SentMessage,
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
from sipas.survey.contacts.finalize import finalize_messages, funnel_steps
from sipas.survey.contacts.phones import LONG_NUMBER
from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.early_receipts import apply_early_receipts
from sipas.survey.messaging.receipt_ids import receipt_id
from sipas.survey.messaging.transports import Accepted, Deferred, Rejected, SendOutcome, Unknown

_LOCK_MARGIN = timedelta(minutes=2)  # beyond the provider's timeout, for the database
_UNCERTAIN_ATTEMPTS_MAX = 3  # of a message that may have arrived each time
SEND_ATTEMPTS_MAX = 8  # of a message that the provider does not accept; they span most of a day
_RETRY_DELAY_MAX = timedelta(hours=6)
_GATEWAY_AWAY_DELAY = timedelta(minutes=1)


Judgement = tuple[Claimed, SendOutcome]


class Outbox:
    def __init__(self, pool: Pool, config: SmsConfig) -> None:
        self.pool, self.config = pool, config

    async def claim(self, now: datetime, most: int) -> tuple[list[Claimed], datetime]:
        """Return the messages to send now, and when the first may go; none while sending is stopped or
        ahead of its rate.

        The row of `sending` is locked meanwhile: limits and rate hold for all senders together.
        """
        day, config = local_day(now), self.config
        async with self.pool.acquire() as conn, conn.transaction():
            turn = await lock_sending(conn, day, now)
            left = most if config.per_day is None else min(most, config.per_day - turn.taken)
            if turn.stopped or left <= 0:
                return [], now
            # No turn is more than a second ahead, so a stop takes effect within a second.
            ahead = (now + timedelta(seconds=1) - turn.next_at).total_seconds()
            left = min(left, math.ceil(ahead * config.per_second))
            if left <= 0:
                return [], turn.next_at
            claimed = await claim_messages(conn, now, left, config.patience + _LOCK_MARGIN)
            if claimed:
                last = turn.next_at + timedelta(seconds=len(claimed) / config.per_second)
                await note_sending(conn, day, turn.taken + len(claimed), last)
        return claimed, turn.next_at

    async def record(self, outcomes: Sequence[Judgement], now: datetime, *, receipts: bool) -> None:
        """Record outcomes and their counts in one transaction."""
        sent = [SentMessage(one.id, _noted_id(what)) for one, what in outcomes if isinstance(what, Accepted)]
        others = [_next_step(one, what, now) for one, what in outcomes if not isinstance(what, Accepted)]
        async with self.pool.acquire() as conn, conn.transaction():
            await lock_messages(conn, [one.id for one, _ in outcomes])  # every process locks in this order
            if sent:
                await insert_reminders(conn, [one.id for one in sent], now)
                abouts = await mark_sent(conn, sent, local_day(now), keeps=receipts)
                await add_funnel(
                    conn, funnel_steps(((about, _step_of(about), None) for about in abouts), now)
                )
                await apply_early_receipts(conn, now, [one.provider_id for one in sent if one.provider_id])
            if put_off := [one for one in others if isinstance(one, PutOff)]:
                await put_off_messages(conn, put_off)
            await finalize_messages(conn, [one for one in others if isinstance(one, FinalizedMessage)], now)
            if not_taken := sum(not isinstance(what, Accepted | Unknown) for _, what in outcomes):
                await give_back(conn, local_day(now), not_taken)


def _noted_id(accepted: Accepted) -> str | None:
    return accepted.provider_id and receipt_id(accepted.provider_id)


def _step_of(about: MessageContext) -> FunnelStepName:
    return "sent" if about.kind == "invitation" else "reminded"


def _next_step(message: Claimed, outcome: SendOutcome, now: datetime) -> PutOff | FinalizedMessage:
    """Return another attempt later, or the final state."""
    assert not isinstance(outcome, Accepted)
    reason = without_numbers(outcome.reason)
    tried_enough = (
        isinstance(outcome, Rejected)
        or (isinstance(outcome, Unknown) and message.tries >= _UNCERTAIN_ATTEMPTS_MAX)
        or (isinstance(outcome, Deferred) and message.tries >= SEND_ATTEMPTS_MAX)
    )
    if tried_enough:
        return FinalizedMessage(message.id, "failed", reason)
    counts = isinstance(outcome, Deferred | Unknown)
    wait = (
        min(timedelta(minutes=1) * 4 ** (message.tries - 1), _RETRY_DELAY_MAX)
        if counts
        else _GATEWAY_AWAY_DELAY
    )
    return PutOff(message.id, now + wait, reason, counts)


def without_numbers(reason: str) -> str:
    """Remove long numbers from a provider's reason: it may contain the phone number, and reasons are
    stored.
    """
    return LONG_NUMBER.sub("…", reason)[:80]
