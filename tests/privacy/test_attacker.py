"""Whoever holds the whole database cannot tell which answer came over which link, better than by chance."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from sipas.postgres.pool import Connection
from sipas.survey.catalogue import LOCAL
from sipas.survey.encryption import DecryptionError, FieldCipher
from sipas.survey.links.mixing import mix_round
from tests.cast import Town
from tests.mixed import CIPHER
from tests.privacy.attacker import KNOWN, Attacker, Score, see_links, see_pending, see_responses
from tests.privacy.crowd import ANSWERS_A_DAY, Crowd, answer, gather, read_number

DAYS, SEED = 10, 20261122
BY_CHANCE, NEVER_BY_CHANCE = 1e-4, 1e-50
USED_AND_SOMETHING = """select count(*) from {table} as other
    where xmin in (select xmin from link where used)"""


class Orderly(Random):
    """Shuffles nothing, and draws one number after the other."""

    drawn = 0

    def shuffle(self, x: Any) -> None:
        pass

    def getrandbits(self, k: int, /) -> int:
        self.drawn += 1
        return self.drawn


def best(scores: Sequence[Score]) -> Score:
    return min(scores, key=lambda score: score.p)


async def test_twenty_thousand_answers_match_their_links_no_better_than_by_chance(
    conn: Connection, dsn: str, town: Town
) -> None:
    crowd = await gather(conn, DAYS, SEED)
    chance = Random(SEED)
    for day in crowd.days():
        await answer(conn, crowd, crowd.of_day(day))
        assert (await mix_round(conn, CIPHER, night_after(day), chance=chance)).mixed == ANSWERS_A_DAY
    links, answers = await see_links(conn, dsn, crowd), await see_responses(conn, dsn)
    for known in KNOWN.values():
        scores = Attacker(links, answers, known).scores()
        assert {score.cells * score.together for score in scores} == {DAYS * ANSWERS_A_DAY}
        assert best(scores).p > BY_CHANCE, best(scores)
    await expect_no_trace(conn)


async def expect_no_trace(conn: Connection) -> None:
    """Nothing but the link itself was left by the transaction that used it, and no answer waits."""
    tables = await conn.fetch("select tablename from pg_tables where schemaname = 'public'")
    for (table,) in tables:
        if table != "link":
            assert await conn.fetchval(USED_AND_SOMETHING.format(table=table)) == 0, table
    assert await conn.fetchval("select pg_relation_size('pending')") == 0


async def one_day(conn: Connection) -> Crowd:
    crowd = await gather(conn, 1, SEED)
    await answer(conn, crowd, crowd.of_day(crowd.days()[0]))
    return crowd


def night_after(day: date) -> datetime:
    return datetime.combine(day, time(0, 11), LOCAL) + timedelta(days=1)


async def test_before_the_mix_only_an_attacker_who_has_the_key_too_wins(
    conn: Connection, dsn: str, town: Town
) -> None:
    crowd = await one_day(conn)
    links = await see_links(conn, dsn, crowd)
    with pytest.raises(DecryptionError, match="a key that is missing"):
        await see_pending(conn, FieldCipher([b"whatever an attacker finds in the database"]))
    assert await conn.fetchval("select count(distinct length(encrypted)) from pending") == 1
    attacker = Attacker(links, await see_pending(conn, CIPHER))
    for score in (attacker.by_transaction(), attacker.by_order("transaction", "place")):
        assert score.hits == score.cells > 0


async def test_where_a_mix_keeps_the_order_the_same_attacker_wins(
    conn: Connection, dsn: str, town: Town
) -> None:
    crowd = await one_day(conn)
    await mix_round(conn, CIPHER, night_after(crowd.days()[0]), chance=Orderly())
    attacker = Attacker(await see_links(conn, dsn, crowd), await see_responses(conn, dsn))
    for key in ("place", "file", "dump", "id", "queue"):
        scores = [attacker.by_order("transaction", key, backwards) for backwards in (False, True)]
        assert best(scores).p < NEVER_BY_CHANCE, key


async def test_where_times_are_kept_the_same_attacker_wins(conn: Connection, dsn: str, town: Town) -> None:
    crowd = await gather(conn, 1, SEED)
    (day,) = crowd.days()
    answered = crowd.of_day(day)
    await answer(conn, crowd, answered)
    await mix_round(conn, CIPHER, night_after(day), chance=Random(SEED))
    await keep_times(conn, [citizen.number for citizen in answered])
    attacker = Attacker(await see_links(conn, dsn, crowd), await see_responses(conn, dsn))
    assert attacker.by_order("transaction", "times").p < NEVER_BY_CHANCE


async def keep_times(conn: Connection, in_order: Sequence[int]) -> None:
    """Gives each response the minute in which it was given, as a schema without the cut would have."""
    rows = await conn.fetch("select id, answers from response")
    place = {number: second for second, number in enumerate(in_order)}
    await conn.execute("alter table response disable trigger response_never_changes")
    await conn.executemany(
        "update response set submitted_at = submitted_at + make_interval(secs => $2) where id = $1",
        [(row["id"], place[read_number(row["answers"])]) for row in rows],
    )
