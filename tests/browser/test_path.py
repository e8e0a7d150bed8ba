"""From a touch to the index: a survey on each page, in each language, moves it by exactly that answer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest
from playwright.async_api import Page, expect

from sipas.postgres.pool import Connection
from sipas.survey.links.one_time_links import create_links
from tests.cast import HOAN_KIEM, Town, fresh_code, link_about
from tests.mixed import mix_everything
from tests.serving import SECRET, client_of, serving

SEND = {"vi": "Gửi câu trả lời", "en": "Send answers"}
THANKS = {"vi": "Xin cảm ơn Ông/Bà!", "en": "Thank you!"}


@dataclass
class Service:
    """The service as a browser meets it, and its index beside it."""

    address: str
    client: httpx.AsyncClient

    async def index(self) -> tuple[int, float | None]:
        """How many responses the overall index of Hoàn Kiếm stands on, and what it is."""
        asked = {"round": "autumn", "by": "unit", "where": f"unit={HOAN_KIEM}"}
        answer = await self.client.get("/api/indices", params=asked)
        (row,) = answer.json()["rows"]
        return row["n"], row["estimate"]


@pytest.fixture
async def service(dsn: str, town: Town) -> AsyncIterator[Service]:
    async with (
        serving(dsn, open_to_all=True) as address,
        client_of(address) as client,
    ):
        yield Service(address, client)


async def open_kiosk(page: Page, service: Service, code: str) -> None:
    await page.goto(f"{service.address}/kiosk/#{code}")
    await expect(page.locator("#begin-vi")).to_be_visible()
    assert code not in page.url


async def answer_on_kiosk(page: Page, language: str, overall: int, others: int) -> None:
    await page.tap(f"#begin-{language}")
    await page.get_by_role("button", name="Hộ tịch").tap()
    await page.get_by_role("button", name="Đăng ký khai sinh").tap()
    for number, point in enumerate([overall, *[others] * 5], start=1):
        await expect(page.locator(".steps")).to_contain_text(f"{number} / 6")
        await page.click(f"#point-{point}")
    await expect(page.locator(".thanks")).to_be_visible()


async def new_link(conn: Connection, town: Town, service: Service, service_channel: str) -> str:
    today = datetime.now(UTC).date()
    link = link_about(town.catalogue, service_channel=service_channel, completed_on=today)
    (made,) = await create_links(conn, link, 1, SECRET, service.address)
    return made.url


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_survey_on_the_kiosk_moves_the_index_by_that_answer(
    page: Page, service: Service, conn: Connection, town: Town, language: str
) -> None:
    await open_kiosk(page, service, await fresh_code(conn, town))
    assert await service.index() == (0, None)
    await answer_on_kiosk(page, language, overall=5, others=4)
    await expect_stored(conn, 1)
    assert await service.index() == (1, 1.0)
    await page.click("#again")
    await answer_on_kiosk(page, language, overall=2, others=3)
    await expect_stored(conn, 2)
    assert await service.index() == (2, 0.5)
    row = await conn.fetchrow(
        "select language, form, channel, complete, answers from response order by id limit 1"
    )
    assert row is not None
    assert (row["language"], row["form"], row["channel"], row["complete"]) == (
        language,
        "kiosk",
        "kiosk",
        True,
    )
    assert sorted(row["answers"], reverse=True)[:7] == [5, 4, 4, 4, 4, 4, -3]


async def expect_stored(conn: Connection, responses: int) -> None:
    """The terminal thanks when the answer is on its own disk, and sends right after."""
    for _ in range(200):
        if await conn.fetchval("select count(*) from response") == responses:
            return
        await conn.execute("select pg_sleep(0.05)")
    raise AssertionError(f"{responses} responses were not stored within 10 s")


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_survey_behind_a_link_moves_the_index_by_that_answer_once(
    page: Page, service: Service, conn: Connection, town: Town, language: str
) -> None:
    url = await new_link(conn, town, service, "online")
    await page.goto(f"{url}?lang={language}")
    assert await page.locator("html").get_attribute("lang") == language
    for item, point in (("overall", 4), ("access1", 2), ("officials6", 5)):
        await page.locator(f'input[name="{item}"][value="{point}"]').check(force=True)
    await page.get_by_role("button", name=SEND[language]).click()
    await expect(page.locator("h1")).to_have_text(THANKS[language])
    assert await service.index() == (0, None)
    await mix_everything(conn)
    assert await service.index() == (1, 1.0)
    row = await conn.fetchrow("select language, form, channel, service_channel, complete from response")
    assert row is not None
    assert tuple(row) == (language, "full", "sms", "online", False)
    await page.goto(f"{url}?lang={language}")
    await expect(page.locator("h1")).to_have_text(THANKS[language])  # the one who sent it is thanked again
    elsewhere = await service.client.get(url)
    assert elsewhere.status_code == 404
    assert await service.index() == (1, 1.0)


async def test_a_form_without_an_answer_says_so_and_the_link_stays_good(
    page: Page, service: Service, conn: Connection, town: Town
) -> None:
    url = await new_link(conn, town, service, "online")
    await page.goto(url)
    await page.get_by_role("button", name=SEND["vi"]).click()
    await expect(page.get_by_role("alert").first).to_be_visible()
    assert await service.index() == (0, None)
    again = await page.goto(url)
    assert again is not None
    assert again.status == 200
