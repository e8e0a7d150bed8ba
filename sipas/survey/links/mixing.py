"""Answers of links and posters into the responses: in random order, under new ids, with what k of them share.

The use of a link and its answer are one transaction, so the database's own marks (transaction numbers, places
in files) lead from the link to its encrypted answer while that waits. The first mix after its day ends that.
The answer then waits for others until its month is over (or its day, week or round), and is stored with what
at least k answers of its unit and channel share. docs/explanation/privacy.md says what remains.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain
from random import Random, SystemRandom

import asyncpg
import msgspec

from sipas.errors import Overloaded, SipasError
from sipas.postgres.pool import Connection, Pool
from sipas.queries.catalogue import Round, list_procedures, list_rounds
from sipas.queries.funnel import FunnelStep, add_funnel
from sipas.queries.links import delete_dead_drafts, forget_phones_of_expired_links
from sipas.queries.pending import Pending, count_due, insert_pending, take_pending, vacuum_forgotten
from sipas.queries.posters import delete_expired_forms
from sipas.queries.responses import Row, insert_responses
from sipas.survey.catalogue import LOCAL, local_day
from sipas.survey.encryption import Sealer, SealError
from sipas.survey.intake.submission import new_id
from sipas.survey.links.mix_plan import MixPlan, Opened, Stored
from sipas.survey.links.one_time_links import CHANNEL
from sipas.survey.links.waiting import open_answer

LOG = logging.getLogger(__name__)
SETTLED = timedelta(minutes=10)  # after midnight, or a round's end, until no answer can still be on its way
AFTER_CLOSING = timedelta(hours=1)  # from a round's end until all of its answers count
BATCH = 2_000  # rows to one INSERT
CHANCE = SystemRandom()


class Mixed(msgspec.Struct, frozen=True):
    """mixed: answers stored now. waiting: those that go on waiting.

    recognisable: of those stored, how many share what is kept of them with too few, because their unit has no
    more. unreadable: those that wait and whose key is not at hand.
    """

    mixed: int = 0
    waiting: int = 0
    recognisable: int = 0
    unreadable: int = 0


async def mix_simulated(pool: Pool, sealer: Sealer, waited: int) -> int:
    """Mixes all that waits if it is as much as at the last look; how much waits.

    Only a demonstration, whose answers are made up, can afford not to wait for others.
    """
    async with pool.acquire() as conn:
        waiting = await count_due(conn, date.max, datetime.now(LOCAL))
        if waiting and waiting == waited:
            return (await mix(conn, sealer, datetime.now(LOCAL), everything=True)).waiting
        return waiting


async def mix_due(pool: Pool, sealer: Sealer, now: datetime) -> int:
    """Mix if answers are due; return how many were stored."""
    before = settled_before(now)
    async with pool.acquire() as conn:
        await delete_dead_drafts(conn)
        await forget_phones_of_expired_links(conn)
        await delete_expired_forms(conn, local_day(now))
        if not await count_due(conn, before, now - SETTLED):
            return 0
        try:
            return (await mix(conn, sealer, now)).mixed
        except Overloaded as busy:
            LOG.info("%s", busy)
            return 0


def settled_before(now: datetime) -> date:
    """The first day of which answers may still be on their way."""
    return local_day(now - SETTLED)


async def mix_all(conn: Connection, sealer: Sealer) -> int:
    """Store everything that waits, today's answers too, with whatever k of them share now."""
    return (await mix(conn, sealer, datetime.now(LOCAL), everything=True)).mixed


async def mix(
    conn: Connection, sealer: Sealer, now: datetime, *, everything: bool = False, chance: Random = CHANCE
) -> Mixed:
    """Stores the answers that are due and lets the others wait in another order; all of it or nothing.

    Overloaded: something is reading what waits.
    """
    try:
        async with conn.transaction():
            done, forgotten = await mix_taken(conn, sealer, now, everything=everything, chance=chance)
    except asyncpg.LockNotAvailableError as error:
        raise Overloaded(
            "answers of links cannot be mixed while something reads them, such as a backup; try again later"
        ) from error
    if forgotten:
        await vacuum_forgotten(conn)
    if done.unreadable:
        LOG.error(
            "%s waiting answers of links and posters cannot be decrypted: "
            "add the earlier SIPAS_SECRET as a line to the file SIPAS_PHONE_KEYS",
            done.unreadable,
        )
    return done


async def mix_taken(
    conn: Connection, sealer: Sealer, now: datetime, *, everything: bool, chance: Random
) -> tuple[Mixed, int]:
    """What the mix did, and how many answers it saw for the first time."""
    taken = await take_pending(conn)
    chance.shuffle(taken)
    plan = MixPlan(
        {one.id: one for one in await list_rounds(conn)},
        {one.id: one for one in await list_procedures(conn)},
        date.max if everything else settled_before(now),
        now - SETTLED,
    )
    # In a thread: the loop has answers to take in.
    decided = await asyncio.to_thread(decide, plan, taken, sealer, chance)
    await store(conn, decided.rows)
    await insert_pending(conn, decided.waiting)
    await add_funnel(conn, completed(decided.new))
    return decided.done, len(decided.new)


class Decided(msgspec.Struct, frozen=True):
    """rows: responses to store. waiting: what goes on waiting. new: what the funnel does not know of."""

    rows: list[Row]
    waiting: list[Pending]
    new: list[Opened]
    done: Mixed


def decide(plan: MixPlan, taken: Sequence[Pending], sealer: Sealer, chance: Random) -> Decided:
    opened, unreadable = open_all(taken, sealer)
    stored = [*chain.from_iterable(plan.stored(group) for group in plan.groups(opened))]
    chance.shuffle(stored)
    gone = {one.place for one in stored}
    left = [answer for place, answer in enumerate(opened) if place not in gone]
    few = sum(one.shared_by < plan.rounds[one.round_id].anonymity for one in stored)
    return Decided(
        rows=[response(one, plan.rounds[one.round_id], chance) for one in stored],
        waiting=[*plan.resealed(left, sealer), *unreadable],
        new=[one for one in opened if not one[1].counted and plan.is_settled(*one)],
        done=Mixed(len(stored), len(left), few, len(unreadable)),
    )


def open_all(taken: Iterable[Pending], sealer: Sealer) -> tuple[list[Opened], list[Pending]]:
    """Decrypt answers; return those whose key is not at hand as they are."""
    opened, unreadable = [], []
    for one in taken:
        try:
            opened.append((one.round_id, open_answer(sealer, one.sealed)))
        except SealError:
            unreadable.append(one)
    return opened, unreadable


async def store(conn: Connection, rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        if len(await insert_responses(conn, batch)) != len(batch):
            raise SipasError("an answer of a link was not stored: its new id was taken; all wait as before")


def response(one: Stored, round_: Round, chance: Random) -> Row:
    """As if it had come at the beginning of its day, week, month or round, from nowhere."""
    answer, kept = one.answer, one.kept
    day = datetime.combine(max(kept.day, local_day(round_.opens_at)), time(), LOCAL)
    return Row(
        id=new_id(day, chance.getrandbits),
        round_id=one.round_id,
        unit_id=answer.unit_id,
        procedure_id=kept.procedure_id,
        kiosk_id=None,
        sequence=None,
        started_at=None,
        submitted_at=day,
        complete=answer.complete,
        channel=answer.channel,
        service_channel=kept.service_channel,
        form=answer.form,
        language=one.language,
        answers=tuple(answer.answers),
        comment=None,
        attributes={},
        digest=chance.randbytes(16),
        field=kept.field if kept.procedure_id is None else None,
        time_kept=one.level.time,
        place_kept=one.level.place,
    )


def completed(answers: Iterable[Opened]) -> Iterator[FunnelStep]:
    """Of links alone, as a poster invites nobody; by unit and day, as a used link keeps no stratum."""
    for round_id, a in answers:
        if a.channel == CHANNEL:
            yield FunnelStep(round_id, a.unit_id, None, None, a.day, "completed")
