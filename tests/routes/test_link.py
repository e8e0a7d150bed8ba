import asyncio
from collections import Counter
from datetime import UTC, datetime, time

import httpx
import pytest

from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.survey.catalogue import LOCAL
from sipas.survey.links import create_links, link_for
from tests.cast import BIRTH, HOAN_KIEM, Town
from tests.serving import SECRET


@pytest.fixture
async def link(conn: Connection, town: Town) -> str:
    """The path of an open link."""
    about = link_for(
        town.catalogue,
        datetime.now(UTC),
        round_code="autumn",
        unit_code=HOAN_KIEM,
        procedure_code=BIRTH,
        service_channel="online",
    )
    (made,) = await create_links(conn, about, 1, SECRET, "http://test")
    return made.url.removeprefix("http://test")


async def test_fifty_concurrent_posts_of_one_link_give_one_response(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    answers = await asyncio.gather(*(client.post(link, data={"overall": "4"}) for _ in range(50)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 404: 49}
    assert await conn.fetchval("select count(*) from response") == 1


async def test_opening_and_previewing_use_nothing_up(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    for agent in ("WhatsApp/2.23", "facebookexternalhit/1.1", "Zalo"):
        assert (await client.get(link, headers={"user-agent": agent})).status_code == 200
        await client.head(link)
    assert (await client.post(link, data={"overall": "4"})).status_code == 200
    assert await conn.fetchval("select count(*) from response") == 1


async def test_a_used_link_keeps_its_hash_its_round_and_the_day(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    await client.post(link, data={"overall": "1", "access1": "NA"})
    row = await conn.fetchrow("select unit_id, procedure_id, service_channel, used_on from link")
    assert row is not None
    assert tuple(row)[:3] == (None, None, None)
    assert row["used_on"] is not None
    stored = await conn.fetchrow(
        "select kiosk_id, started_at, comment, attributes, answers, submitted_at, received_at from response"
    )
    assert stored is not None
    assert tuple(stored)[:4] == (None, None, None, {})
    assert stored["answers"][:3] == [1, -2, -1]
    for moment in (stored["submitted_at"], stored["received_at"]):
        assert moment.astimezone(LOCAL).time() == time(0)


async def test_a_closed_round_takes_no_answer_from_a_link(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    await conn.execute("update round set closes_at = now()")
    assert (await client.get(link)).status_code == 404
    assert (await client.post(link, data={"overall": "4"})).status_code == 404
    assert await conn.fetchval("select count(*) from response") == 0


@pytest.mark.parametrize("token", ["A" * 11, "short", "x" * 200, "%00", "ký-tự"])
async def test_used_expired_and_unknown_get_the_same_page(
    client: httpx.AsyncClient, conn: Connection, link: str, token: str
) -> None:
    await client.post(link, data={"overall": "4"})
    used = await client.get(link)
    await conn.execute("update link set expires_at = now() - interval '1 day'")
    expired = await client.get(link)
    unknown = await client.get(f"/s/{token}")
    assert {used.status_code, expired.status_code, unknown.status_code} == {404}
    assert without_nonce(used.text) == without_nonce(expired.text) == without_nonce(unknown.text)


def without_nonce(page: str) -> str:
    before, _, rest = page.partition('nonce="')
    return before + rest.partition('"')[2]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"overall": ""},
        {"overall": "9", "access2": "3"},
        {"overall": "NA"},
        {"overall": "4", "unheard": "1"},
        {"overall": "x" * 10_000},
    ],
)
async def test_a_bad_form_is_shown_again_and_stores_nothing(
    client: httpx.AsyncClient, conn: Connection, link: str, fields: dict[str, str]
) -> None:
    answer = await client.post(link, data=fields)
    assert answer.status_code == 422
    assert await conn.fetchval("select count(*) from response") == 0
    assert (await client.get(link)).status_code == 200


async def test_what_was_answered_rightly_stays_on_the_page_beside_what_was_not(
    client: httpx.AsyncClient, link: str
) -> None:
    answer = await client.post(link, data={"overall": "9", "access2": "3"})
    assert answer.text.count(" checked") == 1


async def test_the_page_may_be_neither_kept_nor_framed_nor_told_of(
    client: httpx.AsyncClient, link: str
) -> None:
    headers = (await client.get(link)).headers
    assert "no-store" in headers["cache-control"]
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "set-cookie" not in headers


async def test_a_link_about_something_unknown_is_not_made(town: Town) -> None:
    def try_link(round_code: str, unit: str, procedure: str, service_channel: str = "online") -> None:
        link_for(
            town.catalogue,
            datetime.now(UTC),
            round_code=round_code,
            unit_code=unit,
            procedure_code=procedure,
            service_channel=service_channel,
        )

    for unknown in (("autumn", "99999", BIRTH), ("autumn", HOAN_KIEM, "XX"), ("winter", HOAN_KIEM, BIRTH)):
        with pytest.raises(NotFound):
            try_link(*unknown)
    with pytest.raises(InputError, match="service channel"):
        try_link("autumn", HOAN_KIEM, BIRTH, "pigeon")
