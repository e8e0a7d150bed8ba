"""The interviewer's tablet: two households without a network, one of them through a power cut."""

import os
from pathlib import Path

from playwright.async_api import Page, Playwright, ViewportSize, expect

from sipas.postgres.pool import Connection
from tests.browser.axe import violations
from tests.browser.line import Line
from tests.browser.machine import cut_power, switched_on
from tests.browser.terminal import until_shell_is_kept
from tests.cast import Town
from tests.field import LAN, PASSWORD, open_field
from tests.mixed import mix_everything, waiting

TABLET, TURNED, PHONE = (
    ViewportSize(width=800, height=1280),
    ViewportSize(width=1280, height=800),
    ViewportSize(width=360, height=640),
)


async def sound(page: Page, name: str = "") -> None:
    """No fault for assistive technology, and no sideways scrolling, at each size."""
    for size in (TURNED, PHONE, TABLET):
        await page.set_viewport_size(size)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
        if name and (folder := os.environ.get("SIPAS_TEST_PICTURES")):
            await page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=False)
    assert await violations(page) == []


async def answer_page(page: Page) -> None:
    """Choose the first answer to each question that has any, and write into each box."""
    for question in await page.locator(".question").all():
        labels = question.locator(".option")
        if await labels.count():
            await labels.first.click()
        else:
            await question.locator("input, textarea").fill("30")


async def answer_to_the_end(page: Page) -> None:
    while await page.locator("#next").count():
        await answer_page(page)
        await page.click("#next")
    await expect(page.locator("#finish")).to_be_visible()


async def sign_in(page: Page, address: str) -> None:
    await page.goto(f"{address}/interviews/")
    await expect(page.locator("#send")).to_be_visible()
    await sound(page, "sign-in")
    await page.fill("#name", LAN)
    await page.fill("#password", PASSWORD)
    await page.click("#send")
    await expect(page.locator("#household-1")).to_contain_text("Hộ 12")


async def test_households_are_interviewed_without_a_network_and_through_a_power_cut(
    playwright: Playwright, disk: Path, line: Line, conn: Connection, town: Town, tmp_path: Path
) -> None:
    await open_field(conn, tmp_path)
    address, service = line.address, line.target
    async with switched_on(playwright, disk) as page:
        await sign_in(page, address)
        await until_shell_is_kept(page)
        await sound(page, "list")
        line.lead_to(None)
        await page.click("#household-1")
        await page.click("#more")
        await page.click("#more")
        await expect(page.locator("#person")).to_contain_text("người thứ 2")
        await page.fill("#adults", "100")
        await expect(page.locator("#whom")).to_have_text("Ghi một số nguyên từ 1 đến 99.")
        await page.fill("#adults", "12")
        await expect(page.locator("#whom")).to_contain_text("Hộ có 12 người lớn")
        await page.fill("#adults", "2")
        await expect(page.locator("#person")).to_contain_text("người thứ 2")
        await sound(page, "household")
        await page.click("#begin")
        await page.click("#next")
        await expect(page.locator("#missing")).to_be_focused()
        await sound(page, "missing")
        await answer_page(page)
        await page.click("#next")
        await answer_page(page)
        await sound(page, "ratings")
        await page.click("#next")
        await expect(page.locator(".progress")).to_contain_text("Phần 3")
        await cut_power(page, disk)
    async with switched_on(playwright, disk) as page:
        await page.goto(f"{address}/interviews/")
        await expect(page.locator("#household-1")).to_contain_text("Đang phỏng vấn dở")
        await page.click("#household-1")
        await page.click("#begin")
        await expect(page.locator(".progress")).to_contain_text("Phần 3")
        await page.click("#language")
        await expect(page.locator(".progress")).to_contain_text("Part 3")
        await sound(page, "english")
        await page.click("#language")
        await answer_to_the_end(page)
        await sound(page, "ending")
        await page.click("#finish")
        await expect(page.get_by_role("status")).to_contain_text("đã lưu")
        await page.click("#home")
        await expect(page.locator("#household-1")).to_contain_text("Đã xong")
        await page.click("#household-2")
        await page.click("#result-refused")
        await sound(page)
        await page.click("#record")
        await expect(page.locator("#household-2")).to_contain_text("Từ chối")
        await expect(page.locator("#unsent")).to_contain_text("Chờ gửi: 2")
        await page.click("#sign-out")
        await expect(page.locator("#kept")).to_contain_text("Còn 2")
        await sound(page, "waiting")
        line.target = service
        await page.click("#refresh")
        await expect(page.locator("#unsent")).to_contain_text("Đã gửi hết")
        await expect(page.locator("#progress")).to_contain_text("1 trên 2")
        await page.click("#refresh")
        await expect(page.locator("#household-2")).to_contain_text("Từ chối")
        await page.click("#sign-out")
        await expect(page.locator("#name")).to_be_visible()
    [answer] = await waiting(conn)
    assert answer.complete
    assert answer.language == "vi"
    assert answer.attributes["village"] == "Thôn Đông"
    assert answer.attributes["adults"] == "2"
    assert -1 not in answer.answers
    rows = await conn.fetch(
        "select state, visits from household where person_id is not null order by questionnaire"
    )
    assert [tuple(row) for row in rows] == [("done", 1), ("refused", 1)]
    assert await mix_everything(conn) == 1


async def test_who_interviews_a_household_twice_is_told_and_the_second_interview_does_not_count(
    page: Page, line: Line, conn: Connection, town: Town, tmp_path: Path
) -> None:
    await open_field(conn, tmp_path)
    await page.set_viewport_size(TABLET)
    await sign_in(page, line.address)
    await page.click("#household-1")
    await page.click("#more")
    await page.click("#begin")
    await page.locator(".option").first.click()
    await page.click("#stop")
    assert await violations(page) == []
    await conn.execute("update household set state = 'done' where questionnaire = '1'")
    await page.click("#end")
    await page.click("#home")
    await expect(page.get_by_role("alert").first).to_contain_text("thiết bị khác")
    await page.get_by_role("button", name="Đã rõ").click()
    await expect(page.get_by_text("thiết bị khác")).to_have_count(0)
    await expect(page.locator("#unsent")).to_contain_text("Đã gửi hết")
    assert await waiting(conn) == []
    assert await conn.fetchval("select count(*) from quarantine") == 1
