"""Screens as a citizen meets them: big enough, still between questions, usable without touch."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, ViewportSize, expect

from sipas.postgres.pool import Connection
from tests.browser.terminal import begin, enrol, keep_window
from tests.cast import Town, fresh_code
from tests.serving import serving
from tests.waiting import until

SIZES = [(1080, 1920), (1280, 800), (768, 1024)]
SEEN = """() => {
    const [text, main, page] = ["h1", "main", "html"].map((name) => document.querySelector(name));
    return {
        places: [...document.querySelectorAll(".answer, footer button")]
            .map((button) => button.getBoundingClientRect())
            .map(({x, y, width, height}) => [x, y, width, height].map(Math.round)),
        letters: parseFloat(getComputedStyle(text).fontSize),
        fits: text.scrollHeight <= text.clientHeight && main.scrollHeight <= main.clientHeight
            && page.scrollHeight <= innerHeight && page.scrollWidth <= innerWidth,
    };
}"""


@pytest.fixture
async def address(dsn: str, town: Town) -> AsyncIterator[str]:
    async with serving(dsn) as address:
        yield address


async def test_answers_are_big_and_stand_still_from_question_to_question(
    page: Page, address: str, conn: Connection, town: Town
) -> None:
    await keep_window(page)
    await enrol(page, address, await fresh_code(conn, town))
    normal: list[float] = []
    for large in (False, True):
        await begin(page)
        if large:
            await page.click("#larger")
        first = await seen_in_each_size(page)
        normal = normal or [one["letters"] for one in first]
        for one, letters in zip(first, normal, strict=True):
            assert all(height >= 120 for _, _, _, height in one["places"][:5])
            assert all(width >= 88 and height >= 88 for _, _, width, height in one["places"])
            assert one["letters"] == pytest.approx(letters * (1.25 if large else 1))
            assert one["fits"]
        for number in range(1, 7):
            await expect(page.locator(".steps")).to_contain_text(f"{number} / 6")
            for _ in ("vi", "en"):
                assert await seen_in_each_size(page) == first
                await page.click("#language")
            await page.click("#point-3")
        await page.click("#again")


async def seen_in_each_size(page: Page) -> list[dict[str, Any]]:
    found = []
    for width, height in SIZES:
        await page.set_viewport_size(ViewportSize(width=width, height=height))
        found.append(await page.evaluate(SEEN))
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_survey_is_answered_by_keyboard_alone(
    page: Page, address: str, conn: Connection, town: Town, language: str
) -> None:
    await enrol(page, address, await fresh_code(conn, town))

    async def press(target: str) -> None:
        for _ in range(20):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.id") == target:
                return await page.keyboard.press("Enter")
        raise AssertionError(f"Tab does not reach #{target}")

    await press(f"begin-{language}")
    await press("skip")
    for number in range(1, 7):
        await expect(page.locator(".steps")).to_contain_text(f"{number} / 6")
        assert await page.evaluate("document.activeElement.id") == "question"
        await press("point-4")
    await expect(page.locator(".thanks")).to_be_visible()


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_survey_is_answered_by_touch_alone(
    page: Page, address: str, conn: Connection, town: Town, language: str
) -> None:
    await enrol(page, address, await fresh_code(conn, town))
    await page.tap(f"#begin-{language}")
    await page.tap("#skip")
    for number, point in enumerate([5, 1, 4, 2, 3, 5], start=1):
        await expect(page.locator(".steps")).to_contain_text(f"{number} / 6")
        await page.tap(f"#point-{point}")
    await expect(page.locator(".thanks")).to_be_visible()
    answered = "select answers from response"
    await until(lambda: is_stored(conn, answered), "the answers are stored")
    assert sorted(await conn.fetchval(answered))[-6:] == [1, 2, 3, 4, 5, 5]


async def is_stored(conn: Connection, query: str) -> bool:
    return await conn.fetchval(query) is not None


async def test_the_second_of_two_hasty_touches_does_not_answer_the_next_question(
    page: Page, address: str, conn: Connection, town: Town
) -> None:
    await enrol(page, address, await fresh_code(conn, town))
    await begin(page)
    await page.emulate_media(reduced_motion="reduce")  # the next question stands at once
    await page.locator("#point-3").dblclick()
    await expect(page.locator(".steps")).to_contain_text("2 / 6")
    await page.locator("#point-3").click()
    await expect(page.locator(".steps")).to_contain_text("3 / 6")


async def test_what_was_said_before_stands_until_it_is_changed_or_taken_back(
    page: Page, address: str, conn: Connection, town: Town
) -> None:
    await enrol(page, address, await fresh_code(conn, town))
    await page.click("#begin-vi")
    for _ in ("field", "procedure"):
        await expect(page.locator(".steps")).to_have_text("Còn 6 câu")
        await page.locator(".choices button").first.click()
    await page.click("#back")
    await page.click("#forward")
    await expect(page.locator(".steps")).to_contain_text("1 / 6")
    await page.click("#back")
    await page.locator(".choices [aria-pressed=true]").click()
    await expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    await page.click("#skip")
    await page.click("#point-2")
    await expect(page.locator(".steps")).to_contain_text("2 / 6")
    await page.click("#back")
    await page.get_by_role("button", name="Tiếp tục").click()
    await expect(page.locator(".steps")).to_contain_text("2 / 6")
    await page.click("#back")
    await expect(page.locator("#point-2")).to_have_attribute("aria-pressed", "true")
    await page.click("#point-5")
    await expect(page.locator(".steps")).to_contain_text("2 / 6")
    await page.click("#back")
    await expect(page.locator("#point-5")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#point-2")).to_have_attribute("aria-pressed", "false")
    await page.click("#point-5")
    await expect(page.locator("#skip")).to_have_text("Bỏ qua")
    await expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    await expect(page.locator(".steps")).to_contain_text("1 / 6")


async def test_a_code_that_does_not_work_says_why_and_another_can_be_typed(
    page: Page, address: str, conn: Connection, town: Town
) -> None:
    await page.goto(f"{address}/kiosk/#NONE-SUCH-CODE")
    await expect(page.get_by_role("alert")).to_contain_text("đã dùng hoặc đã hết hạn")
    assert "#" not in page.url
    await page.fill("#code", (await fresh_code(conn, town)).lower())
    await page.keyboard.press("Enter")
    await expect(page.locator("#begin-vi")).to_be_visible()


async def test_a_terminal_started_with_its_spent_code_keeps_its_place(
    page: Page, address: str, conn: Connection, town: Town
) -> None:
    code = await fresh_code(conn, town)
    await enrol(page, address, code)
    await page.goto("about:blank")
    await enrol(page, address, code)


async def test_the_start_screen_moves_unless_a_person_asks_for_none(
    page: Page, address: str, conn: Connection, town: Town
) -> None:
    await enrol(page, address, await fresh_code(conn, town))
    moving = """[...new Set(document.getAnimations().map((one) => one.animationName).filter(Boolean))]
        .sort().join()"""
    assert await page.evaluate(moving) == "attract,drift"
    await page.emulate_media(reduced_motion="reduce")
    assert await page.evaluate(moving) == ""


async def test_without_an_open_round_the_terminal_says_so(
    page: Page, address: str, conn: Connection, town: Town
) -> None:
    await conn.execute("update round set closes_at = now() - interval '1 day'")
    await page.goto(f"{address}/kiosk/#{await fresh_code(conn, town)}")
    await expect(page.locator("h1").first).to_have_text("Hiện không có đợt khảo sát nào")


async def test_a_terminal_without_its_server_says_so_in_both_languages(
    page: Page, address: str, conn: Connection, town: Town
) -> None:
    await page.route("**/api/kiosk/config", lambda route: route.abort())
    await page.goto(f"{address}/kiosk/#{await fresh_code(conn, town)}")
    await expect(page.locator("h1")).to_have_text(
        ["Máy tạm ngừng phục vụ", "This terminal is out of service"]
    )
    await expect(page.locator("footer [lang]")).to_have_text(
        ["Chữ to hơn", "Larger text", "Tương phản cao", "High contrast"]
    )
