"""The mix: stores answers of links, posters, paper forms and interviews in random order, under new ids, with
attributes that k of them share.

A link's use and its answer are one transaction, so the database's internal marks (transaction numbers, file
positions) connect the link to its encrypted answer while it waits. The first mix after the day removes that
connection. The answer then waits until its month is over (or its day, week or round), and is stored with
attributes that at least k answers of its unit and channel share. docs/explanation/privacy.md says what risk
remains.
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
from sipas.queries.responses import ResponseRow, insert_responses
from sipas.survey.catalogue import LOCAL, local_day
from sipas.survey.encryption import DecryptionError, FieldCipher
from sipas.survey.intake.submission import new_id
from sipas.survey.links.mix_plan import MixedAnswer, MixPlan, Opened
from sipas.survey.links.one_time_links import LINK_CHANNEL
from sipas.survey.links.waiting import decrypt_answer

_LOG = logging.getLogger(__name__)
_SETTLING_TIME = timedelta(
    minutes=10
)  # after midnight, or a round's end, until no answer can still be in progress
MIXED_AFTER_CLOSING = timedelta(hours=1)  # from a round's end until all of its answers count
_MIX_BATCH_ROWS = 2_000  # in one INSERT
_RANDOM = SystemRandom()


class Mixed(msgspec.Struct, frozen=True):
    """Counts of one run of mixing. mixed: answers stored by it. waiting: answers that still wait.

    recognisable: stored answers whose kept attributes are common to fewer than k answers, because the
    unit has no more. unreadable: waiting answers whose key is missing.
    """

    mixed: int = 0
    waiting: int = 0
    recognisable: int = 0
    unreadable: int = 0


async def mix_simulated(pool: Pool, cipher: FieldCipher, waited: int) -> int:
    """Mix all waiting answers if none arrived since the last call; return how many wait.

    Only the demonstration does this: its answers are made up and need no protection.
    """
    async with pool.acquire() as conn:
        waiting = await count_due(conn, date.max, datetime.now(LOCAL))
        if waiting and waiting == waited:
            return (await mix_round(conn, cipher, datetime.now(LOCAL), everything=True)).waiting
        return waiting


async def mix_due(pool: Pool, cipher: FieldCipher, now: datetime) -> int:
    """Mix if answers are due; return how many were stored."""
    before = _settled_before(now)
    async with pool.acquire() as conn:
        await delete_dead_drafts(conn)
        await forget_phones_of_expired_links(conn)
        await delete_expired_forms(conn, local_day(now))
        if not await count_due(conn, before, now - _SETTLING_TIME):
            return 0
        try:
            return (await mix_round(conn, cipher, now)).mixed
        except Overloaded as busy:
            _LOG.info("%s", busy)
            return 0


def _settled_before(now: datetime) -> date:
    """Return the first day of which answers may still arrive."""
    return local_day(now - _SETTLING_TIME)


async def mix_all(conn: Connection, cipher: FieldCipher) -> int:
    """Store every waiting answer, today's too, with the attributes that k of them share now."""
    return (await mix_round(conn, cipher, datetime.now(LOCAL), everything=True)).mixed


async def mix_round(
    conn: Connection,
    cipher: FieldCipher,
    now: datetime,
    *,
    everything: bool = False,
    chance: Random = _RANDOM,
) -> Mixed:
    """Store due answers and write the others back in another order, in one transaction.

    Overloaded: another process is reading the waiting answers.
    """
    try:
        async with conn.transaction():
            done, forgotten = await _mix_taken(conn, cipher, now, everything=everything, chance=chance)
    except asyncpg.LockNotAvailableError as error:
        raise Overloaded(
            "answers of links cannot be mixed while something reads them, such as a backup; try again later"
        ) from error
    if forgotten:
        await vacuum_forgotten(conn)
    if done.unreadable:
        _LOG.error(
            "%s waiting answers of links, posters, paper forms and interviews cannot be decrypted: "
            "add the earlier SIPAS_SECRET as a line to the file SIPAS_PHONE_KEYS",
            done.unreadable,
        )
    return done


async def _mix_taken(
    conn: Connection, cipher: FieldCipher, now: datetime, *, everything: bool, chance: Random
) -> tuple[Mixed, int]:
    """Mix; return the result and the number of answers seen for the first time."""
    taken = await take_pending(conn)
    chance.shuffle(taken)
    plan = MixPlan(
        {one.id: one for one in await list_rounds(conn)},
        {one.id: one for one in await list_procedures(conn)},
        date.max if everything else _settled_before(now),
        now - _SETTLING_TIME,
    )
    # In a thread: the event loop must go on taking in answers.
    decided = await asyncio.to_thread(_decide, plan, taken, cipher, chance)
    await _store(conn, decided.rows)
    await insert_pending(conn, decided.waiting)
    await add_funnel(conn, _completed(decided.new))
    return decided.done, len(decided.new)


class _Decided(msgspec.Struct, frozen=True):
    """rows: responses to store. waiting: answers that go on waiting. new: answers that the funnel has not
    counted.
    """

    rows: list[ResponseRow]
    waiting: list[Pending]
    new: list[Opened]
    done: Mixed


def _decide(plan: MixPlan, taken: Sequence[Pending], cipher: FieldCipher, chance: Random) -> _Decided:
    opened, unreadable = _open_all(taken, cipher)
    stored = [*chain.from_iterable(plan.stored(group) for group in plan.groups(opened))]
    chance.shuffle(stored)
    gone = {one.place for one in stored}
    left = [answer for place, answer in enumerate(opened) if place not in gone]
    few = sum(one.shared_by < plan.rounds[one.round_id].anonymity for one in stored)
    return _Decided(
        rows=[_response(one, plan.rounds[one.round_id], chance) for one in stored],
        waiting=[*plan.reencrypted(left, cipher), *unreadable],
        new=[one for one in opened if not one[1].counted and plan.is_settled(*one)],
        done=Mixed(len(stored), len(left), few, len(unreadable)),
    )


def _open_all(taken: Iterable[Pending], cipher: FieldCipher) -> tuple[list[Opened], list[Pending]]:
    """Decrypt answers; return those whose key is missing as they are."""
    opened, unreadable = [], []
    for one in taken:
        try:
            opened.append((one.round_id, decrypt_answer(cipher, one.encrypted)))
        except DecryptionError:
            unreadable.append(one)
    return opened, unreadable


async def _store(conn: Connection, rows: Sequence[ResponseRow]) -> None:
    for start in range(0, len(rows), _MIX_BATCH_ROWS):
        batch = rows[start : start + _MIX_BATCH_ROWS]
        if len(await insert_responses(conn, batch)) != len(batch):
            raise SipasError("an answer of a link was not stored: its new id was taken; all wait as before")


def _response(one: MixedAnswer, round_: Round, chance: Random) -> ResponseRow:
    """Return the response, dated at the beginning of its day, week, month or round, without its origin."""
    answer, kept = one.answer, one.kept
    day = datetime.combine(max(kept.day, local_day(round_.opens_at)), time(), LOCAL)
    return ResponseRow(
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
        attributes=one.attributes,
        digest=chance.randbytes(16),
        field=kept.field if kept.procedure_id is None else None,
        time_kept=one.level.time,
        place_kept=one.level.place,
        texts=answer.texts or None,
    )


def _completed(answers: Iterable[Opened]) -> Iterator[FunnelStep]:
    """Yield funnel steps of links (posters have no invitations); by unit and day, as used links keep no
    stratum.
    """
    for round_id, a in answers:
        if a.channel == LINK_CHANNEL:
            yield FunnelStep(round_id, a.unit_id, None, None, a.day, "completed")
