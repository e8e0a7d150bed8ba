"""What waits is mixed in whole days that are over: twenty together, or after another day."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from sipas.errors import Overloaded
from sipas.postgres.pool import Connection, Pool, connect
from sipas.queries.links import Link
from sipas.queries.pending import Pending, insert_pending
from sipas.survey.links import new_links
from sipas.survey.mixing import mix, mix_all, mix_due
from tests.cast import Town
from tests.serving import SECRET

DAY = date(2026, 11, 20)
MIDNIGHT = datetime(2026, 11, 20, 17, tzinfo=UTC)  # after it, in Hanoi
SOON, LATER = MIDNIGHT + timedelta(minutes=11), MIDNIGHT + timedelta(days=1, minutes=11)


async def give(conn: Connection, town: Town, days: list[date], channel: str = "sms") -> None:
    """An answer on each of these days; its first item tells which it is."""
    round_id, unit_id = town.catalogue.rounds["autumn"].id, town.kiosk.unit_id
    await insert_pending(
        conn,
        [
            Pending(round_id, unit_id, None, "online", channel, day, False, "full", "vi", (n, *[-1] * 22))
            for n, day in enumerate(days)
        ],
    )


async def counts(conn: Connection) -> tuple[int, int]:
    """Waiting, and stored."""
    row = await conn.fetchrow("select (select count(*) from pending), (select count(*) from response)")
    assert row is not None
    return row[0], row[1]


async def test_twenty_answers_are_mixed_once_their_day_is_over(
    conn: Connection, pool: Pool, town: Town
) -> None:
    await give(conn, town, [DAY] * 20)
    assert await mix_due(pool, MIDNIGHT - timedelta(minutes=1)) == 0
    assert await mix_due(pool, MIDNIGHT + timedelta(minutes=9)) == 0  # one may still be on its way
    assert await mix_due(pool, SOON) == 20
    assert await counts(conn) == (0, 20)


async def test_fewer_wait_for_another_day_and_no_longer(conn: Connection, pool: Pool, town: Town) -> None:
    await give(conn, town, [DAY] * 19)
    assert await mix_due(pool, SOON) == 0
    assert await mix_due(pool, LATER) == 19
    assert await counts(conn) == (0, 19)


async def test_a_day_that_is_not_over_waits_whole(conn: Connection, pool: Pool, town: Town) -> None:
    await give(conn, town, [DAY] * 30 + [DAY + timedelta(days=1)] * 30)
    assert await mix_due(pool, SOON) == 30
    assert await counts(conn) == (30, 30)
    assert await conn.fetchval("select array_agg(distinct day) from pending") == [DAY + timedelta(days=1)]
    assert await mix_due(pool, LATER) == 30


async def test_a_demonstration_does_not_wait(conn: Connection, pool: Pool, town: Town) -> None:
    await give(conn, town, [DAY])
    assert await mix_due(pool, MIDNIGHT - timedelta(hours=5), at_once=True) == 1


async def test_two_that_mix_at_once_move_each_answer_once(conn: Connection, dsn: str, town: Town) -> None:
    await give(conn, town, [DAY] * 500)
    other = await connect(dsn)
    try:
        moved = await asyncio.gather(mix_all(conn), mix_all(other))
    finally:
        await other.close()
    assert sorted(moved) == [0, 500]
    assert await counts(conn) == (0, 500)


async def test_what_fails_in_the_middle_leaves_every_answer_waiting(conn: Connection, town: Town) -> None:
    await give(conn, town, [DAY] * 30)
    await conn.execute("alter table funnel add constraint no_more check (n < 30)")
    with pytest.raises(Exception, match="no_more"):
        await mix_all(conn)
    assert await counts(conn) == (30, 0)


async def test_a_backup_that_reads_is_waited_for_another_time(
    conn: Connection, pool: Pool, town: Town, backup: Connection
) -> None:
    await give(conn, town, [DAY] * 20)
    await backup.execute("begin; lock table pending in access share mode")
    with pytest.raises(Overloaded, match="such as a backup"):
        await mix(conn, DAY + timedelta(days=1))
    assert await counts(conn) == (20, 0)
    await backup.execute("commit")
    assert await mix_due(pool, SOON) == 20


@pytest.fixture
async def backup(dsn: str) -> AsyncIterator[Connection]:
    conn = await connect(dsn)
    yield conn
    await conn.close()


async def test_whoever_was_invited_counts_as_completed_and_whoever_walked_up_does_not(
    conn: Connection, town: Town
) -> None:
    await give(conn, town, [DAY] * 3 + [DAY + timedelta(days=1)] * 2)
    await give(conn, town, [DAY] * 4, channel="web")
    await mix_all(conn)
    rows = await conn.fetch("select day, step, n from funnel order by day")
    assert [tuple(row) for row in rows] == [(DAY, "completed", 3), (DAY + timedelta(days=1), "completed", 2)]
    assert await counts(conn) == (0, 9)


async def test_mixed_answers_are_counted_like_any(conn: Connection, town: Town) -> None:
    await give(conn, town, [DAY] * 5)
    await mix_all(conn)
    assert await conn.fetchval("select sum(cardinality(ids)) from uncounted") == 5


async def test_expired_links_forget_whom_they_were_sent_to_though_nobody_answers(
    conn: Connection, pool: Pool, town: Town
) -> None:
    link = Link(town.catalogue.rounds["autumn"].id, town.kiosk.unit_id, None, "online", None, b"of a phone")
    for lasts in (timedelta(days=-1), timedelta(days=1)):
        await new_links(conn, [link], lasts, SECRET)
    assert await mix_due(pool, SOON) == 0
    rows = await conn.fetch("select opt_out_hash from link order by expires_at")
    assert [row["opt_out_hash"] for row in rows] == [None, b"of a phone"]


async def test_the_order_of_a_day_is_drawn(conn: Connection, town: Town) -> None:
    await give(conn, town, [DAY] * 50)
    await mix(conn, DAY + timedelta(days=1), Random(1))
    by_place = [row[0] for row in await conn.fetch("select answers[1] from response order by ctid")]
    by_id = [row[0] for row in await conn.fetch("select answers[1] from response order by id")]
    assert sorted(by_place) == list(range(50))
    assert by_place == by_id != list(range(50))
