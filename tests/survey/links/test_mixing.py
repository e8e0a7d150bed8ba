"""What waits is mixed in whole months that are over, and stored with what k answers of a unit share."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from sipas.errors import Overloaded
from sipas.postgres.pool import Connection, Pool, connect
from sipas.queries.links import Link
from sipas.queries.pending import insert_pending
from sipas.survey.catalogue import LOCAL
from sipas.survey.links.mixing import mix_all, mix_due, mix_round, mix_simulated
from sipas.survey.links.one_time_links import new_links
from sipas.survey.links.waiting import WaitingAnswer, decrypt_answer, encrypt_answer, read_answer_cipher
from tests.cast import Town
from tests.mixed import CIPHER, waiting
from tests.serving import SECRET, settings_for

DAY = date(2026, 11, 20)
NEXT_MONTH = date(2026, 12, 1)


def after(day: date, minutes: int = 11) -> datetime:
    """So many minutes into that day, in Hanoi."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL) + timedelta(minutes=minutes)


async def give(
    conn: Connection,
    town: Town,
    days: list[date],
    channel: str = "sms",
    procedure_id: int | None = None,
    language: str = "vi",
) -> None:
    """An answer on each of these days; its first item tells which it is."""
    round_id, unit_id = town.catalogue.rounds["autumn"].id, town.kiosk.unit_id
    answers = [
        WaitingAnswer(unit_id, procedure_id, "online", channel, day, False, "full", language, (n, *[-1] * 22))
        for n, day in enumerate(days)
    ]
    await insert_pending(conn, [encrypt_answer(CIPHER, round_id, one) for one in answers])


async def counts(conn: Connection) -> tuple[int, int]:
    """Waiting, and stored."""
    row = await conn.fetchrow("select (select count(*) from pending), (select count(*) from response)")
    assert row is not None
    return row[0], row[1]


async def test_answers_wait_until_their_month_is_over(conn: Connection, pool: Pool, town: Town) -> None:
    await give(conn, town, [DAY] * 20)
    for now in (after(DAY, 600), after(DAY + timedelta(days=1)), after(NEXT_MONTH, 9)):
        assert await mix_due(pool, CIPHER, now) == 0  # one may still be on its way
    assert await mix_due(pool, CIPHER, after(NEXT_MONTH)) == 20
    assert await counts(conn) == (0, 20)


@pytest.mark.parametrize(("every", "day"), [("day", date(2026, 11, 21)), ("week", date(2026, 11, 23))])
async def test_a_round_may_mix_more_often(
    conn: Connection, pool: Pool, town: Town, every: str, day: date
) -> None:
    await conn.execute("update round set mixed_every = $1", every)
    await give(conn, town, [DAY] * 5)
    assert await mix_due(pool, CIPHER, after(day - timedelta(days=1), 1430)) == 0
    assert await mix_due(pool, CIPHER, after(day)) == 5


async def test_a_round_that_closes_stores_everything_however_few(
    conn: Connection, pool: Pool, town: Town
) -> None:
    await conn.execute("update round set mixed_every = 'round'")
    await give(conn, town, [DAY, date(2026, 10, 2)])
    assert await mix_due(pool, CIPHER, after(NEXT_MONTH)) == 0
    await conn.execute("update round set closes_at = $1", after(NEXT_MONTH, 60))
    assert await mix_due(pool, CIPHER, after(NEXT_MONTH, 69)) == 0
    assert await mix_due(pool, CIPHER, after(NEXT_MONTH, 71)) == 2
    assert await counts(conn) == (0, 2)


async def test_fewer_than_k_of_a_unit_wait_for_the_next_month(
    conn: Connection, pool: Pool, town: Town
) -> None:
    await give(conn, town, [DAY] * 3)
    assert await mix_due(pool, CIPHER, after(NEXT_MONTH)) == 0
    assert await conn.fetchval("select array_agg(distinct due_on) from pending") == [date(2027, 1, 1)]
    await give(conn, town, [NEXT_MONTH] * 2)
    assert await mix_due(pool, CIPHER, after(NEXT_MONTH + timedelta(days=1))) == 0
    assert await mix_due(pool, CIPHER, after(date(2027, 1, 1))) == 5
    levels = await conn.fetch("select distinct time_kept, place_kept from response")
    assert [tuple(row) for row in levels] == [("round", "unit")]


async def test_the_response_says_what_was_kept_of_it(conn: Connection, pool: Pool, town: Town) -> None:
    birth, *_ = town.catalogue.procedures.values()
    other = await conn.fetchval(
        "insert into procedure (code, name, field) values ('9.1', 'Another', $1) returning id", birth.field
    )
    await give(conn, town, [date(2026, 11, 2 + n) for n in range(5)], procedure_id=birth.id)
    await give(conn, town, [date(2026, 11, 2)] * 3, procedure_id=other)
    await give(conn, town, [DAY] * 5)
    await mix_due(pool, CIPHER, after(NEXT_MONTH))
    rows = await conn.fetch(
        """select procedure_id, field, service_channel, time_kept, place_kept, count(*),
            min((submitted_at at time zone 'Asia/Ho_Chi_Minh')::date) as day,
            bool_and(received_at = submitted_at) from response group by 1, 2, 3, 4, 5 order by count(*)"""
    )
    assert [tuple(row) for row in rows] == [
        (None, None, "online", "day", "procedure", 5, DAY, True),
        (None, birth.field, "online", "month", "field", 8, date(2026, 11, 1), True),
    ]


async def test_a_rare_language_is_kept_of_no_answer_of_its_group(conn: Connection, town: Town) -> None:
    await give(conn, town, [DAY] * 9)
    await give(conn, town, [DAY], language="en")
    await give(conn, town, [DAY] * 5, channel="web", language="en")
    await mix_all(conn, CIPHER)
    rows = await conn.fetch("select channel, language, count(*) from response group by 1, 2 order by 1")
    assert [tuple(row) for row in rows] == [("sms", "und", 10), ("web", "en", 5)]


async def test_a_demonstration_mixes_once_nothing_more_comes(
    conn: Connection, pool: Pool, town: Town
) -> None:
    await give(conn, town, [DAY])
    assert await mix_simulated(pool, CIPHER, 0) == 1
    await give(conn, town, [DAY])
    assert await mix_simulated(pool, CIPHER, 1) == 2
    assert await mix_simulated(pool, CIPHER, 2) == 0
    assert await counts(conn) == (0, 2)


async def test_answers_that_wait_are_encrypted_anew_and_all_as_long(
    conn: Connection, pool: Pool, town: Town
) -> None:
    await give(conn, town, [DAY] * 8)
    before = await conn.fetch("select encrypted, xmin from pending")
    await mix_due(pool, CIPHER, after(DAY + timedelta(days=1)))
    later = await conn.fetch("select encrypted, xmin from pending")
    assert not {row["encrypted"] for row in before} & {row["encrypted"] for row in later}
    assert len({len(row["encrypted"]) for row in (*before, *later)}) == 1
    assert len({row["xmin"] for row in later}) == 1
    assert sorted(one.answers[0] for one in await waiting(conn)) == list(range(8))


async def test_an_answer_whose_key_is_not_at_hand_waits_and_holds_nothing_up(
    conn: Connection, town: Town
) -> None:
    settings = settings_for("unused")
    other = read_answer_cipher(type(settings)(None, settings.data_dir, b"an earlier secret", "http://test"))
    await give(conn, town, [DAY] * 5)
    [answer, *_] = await waiting(conn)
    lost = encrypt_answer(other, town.catalogue.rounds["autumn"].id, answer)
    await insert_pending(conn, [lost])
    done = await mix_round(conn, CIPHER, after(NEXT_MONTH))
    assert (done.mixed, done.unreadable) == (5, 1)
    assert await conn.fetchval("select encrypted from pending") == lost.encrypted


async def test_what_waited_before_answers_were_encrypted_is_read(conn: Connection, town: Town) -> None:
    """As sql/migrations/0010 writes it."""
    await conn.execute(
        """insert into pending (round_id, due_on, encrypted) select $1, '2026-11-21', '\\x00000000'::bytea
            || convert_to(json_build_object('unit_id', $2::int, 'procedure_id', null, 'service_channel',
            'online', 'channel', 'sms', 'day', date '2026-11-20', 'complete', true, 'form', 'full',
            'language', 'vi', 'answers', '{5,-1}'::smallint[])::text, 'UTF8')""",
        town.catalogue.rounds["autumn"].id,
        town.kiosk.unit_id,
    )
    encrypted = await conn.fetchval("select encrypted from pending")
    assert decrypt_answer(CIPHER, encrypted).answers == [5, -1]
    assert await mix_all(conn, CIPHER) == 1


async def test_two_that_mix_at_once_move_each_answer_once(conn: Connection, dsn: str, town: Town) -> None:
    await give(conn, town, [DAY] * 500)
    other = await connect(dsn)
    try:
        moved = await asyncio.gather(mix_all(conn, CIPHER), mix_all(other, CIPHER))
    finally:
        await other.close()
    assert sorted(moved) == [0, 500]
    assert await counts(conn) == (0, 500)


async def test_what_fails_in_the_middle_leaves_every_answer_waiting(conn: Connection, town: Town) -> None:
    await give(conn, town, [DAY] * 30)
    await conn.execute("alter table funnel add constraint no_more check (n < 30)")
    with pytest.raises(Exception, match="no_more"):
        await mix_all(conn, CIPHER)
    assert await counts(conn) == (30, 0)


async def test_a_backup_that_reads_is_waited_for_another_time(
    conn: Connection, pool: Pool, town: Town, backup: Connection
) -> None:
    await give(conn, town, [DAY] * 20)
    await backup.execute("begin; lock table pending in access share mode")
    with pytest.raises(Overloaded, match="such as a backup"):
        await mix_round(conn, CIPHER, after(NEXT_MONTH))
    assert await counts(conn) == (20, 0)
    await backup.execute("commit")
    assert await mix_due(pool, CIPHER, after(NEXT_MONTH)) == 20


@pytest.fixture
async def backup(dsn: str) -> AsyncIterator[Connection]:
    conn = await connect(dsn)
    yield conn
    await conn.close()


async def test_an_invited_answer_counts_as_completed_the_next_day_and_once(
    conn: Connection, pool: Pool, town: Town
) -> None:
    await give(conn, town, [DAY] * 3)
    await give(conn, town, [DAY] * 4, channel="web")
    for now in (after(DAY + timedelta(days=1)), after(DAY + timedelta(days=2)), after(NEXT_MONTH)):
        await mix_due(pool, CIPHER, now)
        rows = await conn.fetch("select procedure_id, service_channel, day, step, n from funnel order by day")
        assert [tuple(row) for row in rows] == [(None, None, DAY, "completed", 3)]
    assert await counts(conn) == (7, 0)


async def test_mixed_answers_are_counted_like_any(conn: Connection, town: Town) -> None:
    await give(conn, town, [DAY] * 5)
    await mix_all(conn, CIPHER)
    assert await conn.fetchval("select sum(cardinality(ids)) from uncounted") == 5


async def test_expired_links_lose_their_phone_without_an_answer(
    conn: Connection, pool: Pool, town: Town
) -> None:
    link = Link(town.catalogue.rounds["autumn"].id, town.kiosk.unit_id, None, "online", None, b"of a phone")
    for lasts in (timedelta(days=-1), timedelta(days=1)):
        await new_links(conn, [link], lasts, SECRET)
    assert await mix_due(pool, CIPHER, datetime.now(UTC)) == 0
    rows = await conn.fetch("select opt_out_hash from link order by expires_at")
    assert [row["opt_out_hash"] for row in rows] == [None, b"of a phone"]


async def test_the_order_of_answers_is_drawn(conn: Connection, town: Town) -> None:
    await give(conn, town, [DAY] * 50)
    await mix_round(conn, CIPHER, after(NEXT_MONTH), chance=Random(1))
    by_place = [row[0] for row in await conn.fetch("select answers[1] from response order by ctid")]
    by_id = [row[0] for row in await conn.fetch("select answers[1] from response order by id")]
    assert sorted(by_place) == list(range(50))
    assert by_place == by_id != list(range(50))
