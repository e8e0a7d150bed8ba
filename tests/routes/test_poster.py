import asyncio
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from sipas.postgres.pool import Connection
from sipas.queries.posters import retire_poster
from sipas.survey.catalogue import load_catalogue, local_day
from sipas.survey.links.posters import PosterForm, create_poster
from tests.cast import BIRTH, HOAN_KIEM, Town
from tests.long_form import open_long_form
from tests.mixed import mix_everything
from tests.serving import SECRET
from tests.waiting import until

FORM = re.compile(r'name="Form" value="([^"]+)"')


@pytest.fixture
async def poster(conn: Connection, town: Town) -> str:
    """The path behind a poster in Hoàn Kiếm."""
    made = await create_poster(conn, town.catalogue, HOAN_KIEM, datetime.now(UTC), "http://test")
    return made.url.removeprefix("http://test")


async def open_form(client: httpx.AsyncClient, poster: str) -> str:
    return form_of(await client.get(poster))


def form_of(page: httpx.Response) -> str:
    (form,) = FORM.findall(page.text)
    return str(form)


async def waiting(conn: Connection) -> int:
    return int(await conn.fetchval("select count(*) from pending"))


async def test_an_answer_to_a_poster_is_a_walk_up_answer_on_the_web(
    client: httpx.AsyncClient, conn: Connection, poster: str
) -> None:
    page = await client.get(poster)
    assert "Phường Hoàn Kiếm" in page.text
    assert "set-cookie" not in page.headers
    fields = {"overall": "4", "Form": form_of(page), "Procedure": BIRTH}
    thanks = await client.post(f"{poster}?lang=en", data=fields)
    assert (thanks.status_code, "Thank you" in thanks.text) == (200, True)
    await mix_everything(conn)
    row = await conn.fetchrow(
        """select channel, service_channel, form, language, unit.code as unit, procedure.code as procedure
            from response join unit on unit.id = unit_id join procedure on procedure.id = procedure_id"""
    )
    assert row is not None
    assert tuple(row) == ("web", "counter", "full", "en", HOAN_KIEM, BIRTH)
    assert await conn.fetchval("select count(*) from funnel") == 0


async def test_one_form_is_one_answer_however_often_it_is_sent(
    client: httpx.AsyncClient, conn: Connection, poster: str
) -> None:
    fields = {"overall": "4", "Form": await open_form(client, poster)}
    answers = await asyncio.gather(*(client.post(poster, data=fields) for _ in range(30)))
    assert Counter(answer.status_code for answer in answers) == {200: 30}
    assert await waiting(conn) == 1
    other = {"overall": "4", "Form": await open_form(client, poster)}
    await client.post(poster, data=other)
    assert await waiting(conn) == 2


async def test_a_form_that_is_not_this_posters_or_too_old_is_shown_anew_with_its_answers(
    client: httpx.AsyncClient, conn: Connection, town: Town, poster: str
) -> None:
    elsewhere = await create_poster(conn, town.catalogue, HOAN_KIEM, datetime.now(UTC), "")
    today, code = local_day(datetime.now(UTC)), poster.removeprefix("/q/")
    forms = [
        "",
        "x",
        await open_form(client, elsewhere.url),
        PosterForm(b"s" * 12, today).sign(code, b"another secret"),
        PosterForm(b"s" * 12, today - timedelta(days=2)).sign(code, SECRET),
    ]
    for form in forms:
        again = await client.post(poster, data={"overall": "4", "Form": form, "Procedure": BIRTH})
        assert again.status_code == 422
        assert 'name="overall" value="4" checked' in again.text
        assert f'value="{BIRTH}" selected' in again.text
    assert await waiting(conn) == 0
    sent = await client.post(poster, data={"overall": "4", "Form": form_of(again)})
    assert sent.status_code == 200
    assert await waiting(conn) == 1


async def test_yesterdays_form_still_counts(client: httpx.AsyncClient, conn: Connection, poster: str) -> None:
    yesterday = local_day(datetime.now(UTC)) - timedelta(days=1)
    form = PosterForm(b"s" * 12, yesterday).sign(poster.removeprefix("/q/"), SECRET)
    assert (await client.post(poster, data={"overall": "4", "Form": form})).status_code == 200
    assert await waiting(conn) == 1


@pytest.fixture
def few_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sipas.survey.links.posters.NETWORK_ANSWERS", 3)


@pytest.mark.usefixtures("few_answers")
async def test_too_many_answers_of_one_network_stay_on_their_page_and_others_are_taken(
    client: httpx.AsyncClient, conn: Connection, poster: str
) -> None:
    forms = [await open_form(client, poster) for _ in range(8)]
    posts = [{"overall": "4", "Form": form} for form in forms]
    answers = await asyncio.gather(*(client.post(poster, data=one) for one in posts))
    assert Counter(answer.status_code for answer in answers) == {200: 3, 429: 5}
    late = next(answer for answer in answers if answer.status_code == 429)
    assert 0 < int(late.headers["retry-after"]) <= 18
    assert 'name="overall" value="4" checked' in late.text
    sent = next(one for one, answer in zip(posts, answers, strict=True) if answer.status_code == 200)
    assert (await client.post(poster, data=sent)).status_code == 200  # once more the same
    assert await waiting(conn) == 3
    elsewhere = {"x-forwarded-for": "203.0.113.9"}
    answered = await client.post(poster, data={"overall": "4", "Form": form_of(late)}, headers=elsewhere)
    assert answered.status_code == 200
    assert await waiting(conn) == 4


async def test_to_switch_the_language_keeps_what_was_chosen(
    client: httpx.AsyncClient, conn: Connection, poster: str
) -> None:
    fields = {"overall": "2", "Procedure": BIRTH, "Form": await open_form(client, poster), "Language": "en"}
    english = await client.post(f"{poster}?lang=en", data=fields)
    assert english.status_code == 200
    assert 'name="overall" value="2" checked' in english.text
    assert f'value="{BIRTH}" selected' in english.text
    assert form_of(english) == fields["Form"]
    assert await waiting(conn) == 0


async def test_without_an_answer_the_page_says_so(
    client: httpx.AsyncClient, conn: Connection, poster: str
) -> None:
    answer = await client.post(poster, data={"Form": await open_form(client, poster)})
    assert answer.status_code == 422
    assert await waiting(conn) == 0


@pytest.mark.parametrize(
    "change",
    [
        "update poster set retired_at = now()",
        "update round set closes_at = now()",
        "update unit set valid_to = '2026-01-01' where code = '00070'",
    ],
)
async def test_a_poster_that_asks_nothing_any_more_leads_to_the_one_kind_page(
    client: httpx.AsyncClient, conn: Connection, poster: str, change: str
) -> None:
    fields = {"overall": "4", "Form": await open_form(client, poster)}
    await conn.execute(change)

    async def is_gone() -> bool:
        return (await client.get(poster)).status_code == 404

    await until(is_gone, "the server has seen the change of its catalogue")
    assert (await client.post(poster, data=fields)).status_code == 404
    for wrong in ("NOWHERE2", "%00", "%ff%fe"):
        assert (await client.get(f"/q/{wrong}")).status_code == 404
    assert await waiting(conn) == 0


async def test_a_retired_poster_is_retired_once(conn: Connection, town: Town, poster: str) -> None:
    code = poster.removeprefix("/q/")
    assert await retire_poster(conn, code)
    assert not await retire_poster(conn, code)
    assert not await retire_poster(conn, "NOWHERE2")


async def test_a_poster_of_a_round_asks_that_round_until_it_closes(
    client: httpx.AsyncClient, conn: Connection, poster: str, town: Town
) -> None:
    """Another round is open that opened later."""
    await conn.execute("update round set opens_at = now() - interval '1 hour' where code = 'autumn'")
    await open_long_form(conn, town)
    catalogue, now = await load_catalogue(conn), datetime.now(UTC)
    made = await create_poster(conn, catalogue, HOAN_KIEM, now, "", "households")
    assert 'name="sex"' in (await client.get(made.url)).text
    assert 'name="overall"' in (await client.get(poster)).text
    await conn.execute("update round set closes_at = now() where code = 'households'")

    async def is_gone() -> bool:
        return (await client.get(made.url)).status_code == 404

    await until(is_gone, "the server has seen the change of its catalogue")
    assert (await client.get(poster)).status_code == 200
