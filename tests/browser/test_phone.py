"""The survey on phones: light, whole without script or style, kept as it is given, open to screen readers."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, Page, Response, Route, ViewportSize, expect

from sipas.postgres.pool import Connection
from sipas.survey.catalogue import load_catalogue
from sipas.survey.links.one_time_links import LINK_VALID_FOR, new_links
from sipas.survey.links.posters import create_poster
from tests.browser.axe import violations
from tests.cast import BIRTH, HOAN_KIEM, Town, link_about, reword
from tests.mixed import waiting
from tests.serving import SECRET, serving

LONGEST_UNIT = "Chi nhánh số 12 Trung tâm Phục vụ hành chính công thành phố Hà Nội"
LONGEST_PROCEDURE = (
    "Thực hiện, điều chỉnh, thôi hưởng trợ cấp xã hội hàng tháng, "
    "hỗ trợ kinh phí chăm sóc, nuôi dưỡng hàng tháng"
)
SEND = {"vi": "Gửi câu trả lời", "en": "Send answers"}
PHONE, COMPUTER = ViewportSize(width=360, height=640), ViewportSize(width=1280, height=800)


@dataclass
class Service:
    address: str
    conn: Connection
    links: list[str]
    poster: str

    def next_link(self) -> str:
        return self.links.pop()

    async def answers(self) -> int:
        return int(await self.conn.fetchval("select count(*) from pending"))


@pytest.fixture
async def service(dsn: str, conn: Connection, town: Town) -> AsyncIterator[Service]:
    """With the longest names that Hanoi has."""
    await conn.execute(
        "update unit set name = $1 where code = $2 and valid_to is null", LONGEST_UNIT, HOAN_KIEM
    )
    await conn.execute("update procedure set name = $1 where code = $2", LONGEST_PROCEDURE, BIRTH)
    catalogue, now = await load_catalogue(conn), datetime.now(UTC)
    link = link_about(catalogue, completed_on=date(2026, 11, 20))
    wanted = [msgspec.structs.replace(link, opt_out_hash=bytes([number])) for number in range(8)]
    async with serving(dsn) as address:
        links = [f"{address}/s/{token}" for token in await new_links(conn, wanted, LINK_VALID_FOR, SECRET)]
        poster = await create_poster(conn, catalogue, HOAN_KIEM, now, address)
        yield Service(address, conn, links, poster.url)


async def choose(page: Page, item: str, point: str) -> None:
    await page.locator(f'input[name="{item}"][value="{point}"] + span').click()


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_axe_finds_nothing_on_any_page_of_a_citizen(
    page: Page, service: Service, language: str
) -> None:
    link, send = service.next_link(), SEND[language]

    async def expect_clean(address: str | None = None) -> None:
        if address:
            await page.goto(f"{address}?lang={language}")
        assert await page.locator("html").get_attribute("lang") == language
        assert await violations(page) == []

    await page.set_viewport_size(PHONE)
    await expect_clean(link)
    await page.get_by_role("button", name=send).click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect_clean()
    await choose(page, "overall", "4")
    await page.get_by_role("button", name=send).click()
    await expect(page.locator("form")).to_have_count(0)
    await expect_clean()
    await expect_clean(link)
    await expect_clean(service.poster)
    await page.goto(f"{service.next_link()}?lang={language}")
    await page.locator("[name=Stop]").click()
    await expect(page.locator("form")).to_have_count(0)
    await expect_clean()
    await page.goto(f"{service.address}/nowhere")
    assert await violations(page) == []


@pytest.mark.parametrize("size", [PHONE, COMPUTER], ids=["phone", "computer"])
async def test_the_longest_texts_fit_and_the_overall_question_is_there_at_once(
    page: Page, service: Service, size: ViewportSize
) -> None:
    await page.set_viewport_size(size)
    for language in ("vi", "en"):
        for address in (service.links[0], service.poster):
            await page.goto(f"{address}?lang={language}")
            assert await page.evaluate("document.documentElement.scrollWidth") == size["width"]
            box = await page.locator("#overall label").first.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= size["height"]
            heights = await page.evaluate(
                "[...document.querySelectorAll('label span, button, select')].map((one) => one.offsetHeight)"
            )
            assert min(heights) >= 44


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_whole_survey_is_one_request_of_less_than_14_kilobytes(
    page: Page, service: Service, language: str
) -> None:
    asked: list[Response] = []
    said: list[str] = []
    page.on("response", lambda answer: asked.append(answer))
    page.on("console", lambda message: said.append(message.text))
    await page.goto(f"{service.links[0]}?lang={language}", wait_until="networkidle")
    (only,) = asked
    sizes = await only.request.sizes()
    assert sizes["responseBodySize"] + sizes["responseHeadersSize"] < 14_000
    headers = await only.all_headers()
    assert headers["content-encoding"] == "gzip"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert said == []
    assert await page.context.cookies() == []
    await choose(page, "overall", "4")
    await page.get_by_role("button", name=SEND[language]).click()
    await expect(page.locator("form")).to_have_count(0)
    (cookie,) = await page.context.cookies()  # by which its sender is thanked again
    assert (cookie["name"], cookie["path"], cookie["httpOnly"]) == ("sipas_sent", "/s", True)
    assert 0 < cookie["expires"] - datetime.now(UTC).timestamp() <= 3_600


SAID = """document.forms[0].addEventListener("submit", () => setTimeout(() => {
    sessionStorage.said = document.querySelector("#Send").textContent }))"""


async def test_a_double_tap_a_reload_and_the_way_back_are_thanked(page: Page, service: Service) -> None:
    link = service.next_link()
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.post_data or "") if one.is_navigation_request() else None)
    await page.set_viewport_size(PHONE)
    await page.goto(link)
    await page.evaluate(SAID)
    await choose(page, "overall", "4")
    await expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "1")
    await page.locator("#Send").dblclick(no_wait_after=True)
    thanks = page.get_by_role("heading", name="Xin cảm ơn Ông/Bà!")
    await expect(thanks).to_be_visible()
    assert sum("overall=4" in one for one in sent) == 1
    assert await page.evaluate("sessionStorage.said") == "Đang gửi…"
    await page.reload()
    await expect(thanks).to_be_visible()
    await page.goto(link)
    await expect(thanks).to_be_visible()
    assert await service.answers() == 1


async def test_each_answer_is_kept_as_it_is_given_and_is_there_on_another_device(
    page: Page, browser: Browser, service: Service
) -> None:
    link = service.next_link()
    await page.set_viewport_size(PHONE)
    await page.goto(link)
    async with page.expect_response(lambda answer: answer.status == 204):
        await choose(page, "overall", "4")
    await expect(page.locator("#access1 label").last).to_be_in_viewport()  # it moves on to the next question
    async with page.expect_response(lambda answer: answer.status == 204):
        await choose(page, "access1", "2")
    await page.keyboard.press("Enter")  # neither sends nor changes the language
    other = await browser.new_page(viewport=COMPUTER)
    await other.goto(link)
    assert await chosen(other) == ["overall 4", "access1 2"]
    await other.get_by_role("button", name="English").click()
    await expect(other.locator("html")).to_have_attribute("lang", "en")
    assert await chosen(other) == ["overall 4", "access1 2"]
    await other.get_by_role("button", name=SEND["en"]).click()
    await expect(other.locator("h1")).to_have_text("Thank you!")
    assert await service.answers() == 1


async def test_a_citizen_who_has_moved_on_is_not_taken_back(page: Page, service: Service) -> None:
    await page.set_viewport_size(PHONE)
    await page.clock.install()
    await page.goto(service.next_link())
    await choose(page, "overall", "4")
    await page.evaluate("scrollTo(0, 2000)")
    await page.clock.run_for(1_000)
    assert await page.evaluate("pageYOffset") == 2000
    await choose(page, "access1", "4")
    before = await page.evaluate("pageYOffset")
    await page.clock.run_for(1_000)
    assert await page.evaluate("pageYOffset") > before


async def test_an_item_may_be_called_what_a_form_is_called_by(
    page: Page, dsn: str, conn: Connection, town: Town
) -> None:
    await reword(conn, overall="action")
    await conn.execute("update round set index_code = 'action'")
    link = link_about(await load_catalogue(conn))
    [token] = await new_links(conn, [link], LINK_VALID_FOR, SECRET)
    async with serving(dsn) as address:
        await page.goto(f"{address}/s/{token}")
        async with page.expect_response(lambda answer: answer.status == 204):
            await choose(page, "action", "4")


async def chosen(page: Page) -> list[str]:
    script = "[...document.querySelectorAll(':checked')].map((one) => `${one.name} ${one.value}`)"
    found: list[str] = await page.evaluate(script)
    return found


async def test_what_was_given_without_a_network_is_kept_once_it_is_back(page: Page, service: Service) -> None:
    await page.goto(service.next_link())
    await page.context.set_offline(True)
    await choose(page, "overall", "4")
    async with page.expect_response(lambda answer: answer.status == 204):
        await page.context.set_offline(False)

    assert await service.conn.fetchval("select count(*) from draft") == 1


@pytest.mark.parametrize("styled", [True, False], ids=["with style", "without style"])
async def test_it_is_whole_without_script_and_without_style(
    browser: Browser, service: Service, styled: bool
) -> None:
    context = await browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = await context.new_page()
    if not styled:
        await page.route("**/s/*", without_style)
    await page.goto(service.next_link())
    for item, point in (("overall", "4"), ("access1", "NA"), ("feedback4", "1")):
        await page.locator(f'label:has(input[name="{item}"][value="{point}"])').click()
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("h1")).to_contain_text("asks for your opinion")
    await page.get_by_role("button", name=SEND["en"]).click()
    await expect(page.locator("h1")).to_have_text("Thank you!")
    [answer] = await waiting(service.conn)
    assert (answer.answers[0], answer.answers[1], answer.answers[22]) == (4, -2, 1)
    await context.close()


async def without_style(route: Route) -> None:
    answer = await route.fetch()
    text = re.sub("<style.*?</style>", "", await answer.text(), flags=re.DOTALL)
    await route.fulfill(response=answer, body=text)


async def test_a_text_mode_browser_shows_all_of_it_and_sends_it(service: Service, tmp_path: Path) -> None:
    if shutil.which("w3m") is None:
        pytest.fail("w3m is missing: apt-get install w3m")
    link = service.next_link()
    shown = await w3m(link)
    for words in (
        LONGEST_UNIT[:30],
        "Gửi câu trả lời",
        "English",
        "Rất không hài lòng",
        "Tôi không muốn nhận tin nhắn khảo sát nữa",
    ):
        assert words in shown
    assert shown.count("( )") == 5 + 22 * 6
    form = tmp_path / "form"
    form.write_text("overall=4&access1=2", encoding="ascii")
    assert "Xin cảm ơn Ông/Bà!" in await w3m("-post", str(form), link)
    assert await service.answers() == 1
    assert "Nếu Ông/Bà đã gửi: xin cảm ơn" in await w3m(link)


async def w3m(*arguments: str) -> str:
    """In a thread: the service answers from this one."""
    command = ["w3m", "-no-cookie", "-dump", "-cols", "100", "-O", "UTF-8", *arguments]
    done = await asyncio.to_thread(
        subprocess.run, command, check=True, capture_output=True, text=True, timeout=60
    )
    return str(done.stdout)
