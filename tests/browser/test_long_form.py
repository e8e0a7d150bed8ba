"""The national questionnaire on a phone: killed in the middle, and finished on another one without script."""

from playwright.async_api import Browser, Page, ViewportSize, expect

from sipas.postgres.pool import Connection
from tests.browser.axe import violations
from tests.cast import Town
from tests.long_form import open_long_form
from tests.mixed import waiting
from tests.serving import serving

PHONE, SMALL_PHONE = ViewportSize(width=390, height=844), ViewportSize(width=360, height=640)
LAST_PART = 16


async def answer_all(page: Page) -> None:
    """Choose the second answer to each question that has any, and write into each box."""
    for question in await page.locator("fieldset").all():
        labels = question.locator("label")
        if await labels.count():
            await labels.nth(1).click()
        else:
            await question.locator("textarea, .box").fill("Ngõ tối")


async def expect_part(page: Page, number: int) -> None:
    await expect(page.locator("#Part")).to_have_attribute("value", str(number))
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_long_form_is_killed_in_the_middle_and_finished_on_another_phone_in_english(
    browser: Browser, dsn: str, conn: Connection, town: Town
) -> None:
    path = await open_long_form(conn, town)
    async with serving(dsn) as address:
        first = await browser.new_context(viewport=PHONE, locale="vi-VN")
        page = await first.new_page()
        await page.goto(address + path)
        for part in range(1, 6):
            await expect_part(page, part)
            assert await violations(page) == []
            await answer_all(page)
            await page.get_by_role("button", name="Tiếp tục").click()
        await page.go_back()
        await expect_part(page, 5)
        await page.go_forward()
        await expect_part(page, 6)
        async with page.expect_response(lambda answer: answer.status == 204):
            await page.locator("#accountability1 label").nth(3).click()
        await first.close()
        second = await browser.new_context(viewport=SMALL_PHONE, java_script_enabled=False)
        page = await second.new_page()
        await page.goto(address + path)
        await page.get_by_role("button", name="English").click()
        await expect(page.locator("#accountability1 input:checked")).to_have_value("4")
        await page.locator("#accountability2 label").nth(3).click()
        for part in range(6, LAST_PART + 1):
            await expect(page.locator("#Part")).to_have_attribute("value", str(part))
            if part > 6:
                await answer_all(page)
            await page.locator("#Send").click()
        await expect(page.locator("h1")).to_have_text("Thank you!")
        await second.close()
    [answer] = await waiting(conn)
    assert answer.complete
    assert answer.language == "en"
    assert answer.attributes["sex"] == "F"
    assert answer.texts == {"comment_open": "Ngõ tối"}
    assert -1 not in answer.answers
