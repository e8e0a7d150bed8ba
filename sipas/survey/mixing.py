"""Answers of links and posters into the responses: in random order, whole days at a time, under new ids.

The use of a link and its answer are one transaction, so the database's own marks (transaction numbers, places
in files) lead from one to the other while the answer waits. A mix ends that: what goes into `response` has a
new id, another transaction, a random place, and of its time the day. docs/privacy.md says what remains.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random, SystemRandom

import asyncpg

from sipas.errors import Overloaded, SipasError
from sipas.postgres.pool import Connection, Pool
from sipas.queries.funnel import FunnelStep, add_funnel
from sipas.queries.links import delete_dead_drafts, forget_phones_of_expired_links
from sipas.queries.pending import (
    Pending,
    Waiting,
    count_pending,
    insert_pending,
    take_pending,
    vacuum_forgotten,
)
from sipas.queries.posters import delete_expired_forms
from sipas.queries.responses import Row, insert_responses
from sipas.survey import links
from sipas.survey.catalogue import LOCAL, local_day
from sipas.survey.submission import new_id

LOG = logging.getLogger(__name__)
TOGETHER = 20  # answers that are mixed as soon as their day is over; fewer wait for more
AT_MOST = timedelta(days=1)  # and this long after their day
SETTLED = timedelta(minutes=10)  # after midnight until no answer of the day before can still be on its way
AT_LATEST = timedelta(days=2, hours=1)  # from an answer until it counts
BATCH = 2_000  # rows to one INSERT
CHANCE = SystemRandom()


async def mix_due(pool: Pool, now: datetime, *, at_once: bool = False) -> int:
    """A look at what waits, and the mix of the days that are over if it is time; how many answers moved.

    at_once: today's too, however few. Only a demonstration, whose answers are made up, can afford that.
    """
    before = date.max if at_once else settled_before(now)
    async with pool.acquire() as conn:
        await delete_dead_drafts(conn)
        await forget_phones_of_expired_links(conn)
        await delete_expired_forms(conn, local_day(now))
        if not is_due(await count_pending(conn, before), before):
            return 0
        try:
            return await mix(conn, before)
        except Overloaded as busy:
            LOG.info("%s", busy)
            return 0


def settled_before(now: datetime) -> date:
    """The first day that is not over, or not for long."""
    return local_day(now - SETTLED)


def is_due(waiting: Waiting, before: date) -> bool:
    if waiting.first is None:
        return False
    return waiting.answers >= TOGETHER or waiting.first + AT_MOST < before


async def mix_all(conn: Connection) -> int:
    """Today's too: who answers later today is then mixed with those alone who do so too."""
    return await mix(conn, date.max)


async def mix(conn: Connection, before: date, chance: Random = CHANCE) -> int:
    """Moves the answers of the days before that one, all or none. Overloaded: somebody is reading them."""
    try:
        async with conn.transaction():
            waiting = await take_pending(conn)
            chance.shuffle(waiting)
            moved = [answer for answer in waiting if answer.day < before]
            await store(conn, [response(answer, chance) for answer in moved])
            await insert_pending(conn, (answer for answer in waiting if answer.day >= before))
            await add_funnel(conn, completed(moved))
    except asyncpg.LockNotAvailableError as error:
        raise Overloaded(
            "answers of links cannot be mixed while something reads them, such as a backup; try again later"
        ) from error
    if moved:
        await vacuum_forgotten(conn)
    return len(moved)


async def store(conn: Connection, rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        if len(await insert_responses(conn, batch)) != len(batch):
            raise SipasError("an answer of a link was not stored: its new id was taken; all wait as before")


def response(answer: Pending, chance: Random) -> Row:
    """As if it had come at the beginning of its day, from nowhere."""
    day = datetime.combine(answer.day, time(), LOCAL)
    return Row(
        id=new_id(day, chance.getrandbits),
        round_id=answer.round_id,
        unit_id=answer.unit_id,
        procedure_id=answer.procedure_id,
        kiosk_id=None,
        sequence=None,
        started_at=None,
        submitted_at=day,
        complete=answer.complete,
        channel=answer.channel,
        service_channel=answer.service_channel,
        form=answer.form,
        language=answer.language,
        answers=tuple(answer.answers),
        comment=None,
        attributes={},
        digest=chance.randbytes(16),
    )


def completed(answers: Iterable[Pending]) -> Iterator[FunnelStep]:
    """Of links alone: nobody was asked to a poster."""
    for a in answers:
        if a.channel == links.CHANNEL:
            yield FunnelStep(a.round_id, a.unit_id, a.procedure_id, a.service_channel, a.day, "completed")
