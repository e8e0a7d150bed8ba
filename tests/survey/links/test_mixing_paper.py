"""Answers of paper forms wait for k of their unit, and keep what they say of the person."""

from datetime import date

from sipas.postgres.pool import Connection, Pool
from sipas.queries.pending import insert_pending
from sipas.survey.links.mixing import mix_all, mix_due
from sipas.survey.links.waiting import WaitingAnswer, encrypt_answer
from tests.cast import Town
from tests.mixed import CIPHER, waiting
from tests.survey.links.test_mixing import after, counts

FILLED, TYPED, NEXT = date(2026, 11, 3), date(2026, 11, 20), date(2026, 11, 21)


async def give_paper(
    conn: Connection, town: Town, n: int, village: str | None = None, typed: date = TYPED
) -> None:
    """Answers of forms that were filled in on one day and settled on another."""
    round_id, unit_id = town.catalogue.rounds["autumn"].id, town.kiosk.unit_id
    person = {"sex": "F", "age": "over-60", **({"village": village} if village else {})}
    answers = [
        WaitingAnswer(unit_id, None, None, "paper", FILLED, True, "full", "vi", (place, *[-1] * 22),
                      attributes=person, since=typed)
        for place in range(n)
    ]  # fmt: skip
    await insert_pending(conn, [encrypt_answer(CIPHER, round_id, one) for one in answers])


async def test_k_forms_are_stored_in_the_night_with_all_about_the_person(
    conn: Connection, pool: Pool, town: Town
) -> None:
    await give_paper(conn, town, 5)
    assert await mix_due(pool, CIPHER, after(TYPED, 900)) == 0
    assert await mix_due(pool, CIPHER, after(NEXT)) == 5
    rows = await conn.fetch("select distinct attributes, time_kept, submitted_at from response")
    assert [tuple(row) for row in rows] == [({"sex": "F", "age": "over-60"}, "day", after(FILLED, 0))]


async def test_fewer_than_k_of_a_village_wait_for_others(conn: Connection, pool: Pool, town: Town) -> None:
    await give_paper(conn, town, 5, "An")
    await give_paper(conn, town, 4, "Bình")
    assert await mix_due(pool, CIPHER, after(NEXT)) == 5
    assert {one.attributes["village"] for one in await waiting(conn)} == {"Bình"}
    assert await conn.fetchval("select array_agg(distinct due_on) from pending") == [date(2026, 12, 1)]
    await give_paper(conn, town, 1, "Bình", NEXT)
    assert await mix_due(pool, CIPHER, after(date(2026, 11, 22))) == 5


async def test_after_closing_few_forms_wait_until_the_month_is_over(
    conn: Connection, pool: Pool, town: Town
) -> None:
    await conn.execute("update round set closes_at = $1", after(date(2026, 11, 10)))
    await give_paper(conn, town, 2)
    await mix_due(pool, CIPHER, after(NEXT))
    before = await conn.fetch("select xmin, encrypted from pending")
    assert len(before) == 2
    await mix_due(pool, CIPHER, after(NEXT, 500))
    assert await conn.fetch("select xmin, encrypted from pending") == before  # nothing is done in vain
    assert await mix_due(pool, CIPHER, after(date(2026, 12, 1))) == 2
    assert await counts(conn) == (0, 2)


async def test_few_forms_of_an_open_round_go_on_waiting(conn: Connection, pool: Pool, town: Town) -> None:
    await give_paper(conn, town, 2)
    assert await mix_due(pool, CIPHER, after(date(2026, 12, 1))) == 0
    assert await conn.fetchval("select array_agg(distinct due_on) from pending") == [date(2027, 1, 1)]
    assert await mix_all(conn, CIPHER) == 2
