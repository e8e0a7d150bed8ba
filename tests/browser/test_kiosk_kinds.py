"""Every kind of item at a kiosk: asked in both languages, stored as answered, and large enough."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from sipas.postgres.pool import Connection
from tests.browser.axe import violations
from tests.browser.terminal import enrol, keep_window, settle, until_shell_is_kept
from tests.browser.test_kiosk_sizes import FAULTS, TERMINALS
from tests.cast import Town, fresh_code
from tests.every_kind import open_every_kind
from tests.long_form import open_long_form
from tests.serving import serving

Look = Callable[[], Awaitable[None]]
_STORED = """
    select answers::int[] as answers, texts, attributes ->> 'age' as age, complete, language, form
    from response order by sequence"""
# sources (eight columns), online, returned, visits, reason, polite, recommend
ANSWERED = [0, 1, 0, 0, 0, 0, 0, 1, 3, 1, 12, 3, 4, 10]
DECLINED = [-1] * 8 + [-1, 0, -3, -3, -2, 0]


@pytest.fixture
async def kiosk(page: Page, dsn: str, conn: Connection, town: Town) -> AsyncIterator[Page]:
    await open_every_kind(conn)
    async with serving(dsn) as address:
        await keep_window(page)
        await page.emulate_media(reduced_motion="reduce")
        await enrol(page, address, await fresh_code(conn, town))
        await until_shell_is_kept(page)
        yield page


async def test_every_kind_of_item_is_answered_and_stored(kiosk: Page, conn: Connection) -> None:
    await answer_everything(kiosk, lambda: look_at(kiosk))
    await kiosk.context.set_offline(True)
    await decline_what_can_be(kiosk)
    await kiosk.context.set_offline(False)
    await kiosk.reload()
    await settle(kiosk)
    first, second = await conn.fetch(_STORED)
    assert (first["answers"], first["age"], first["complete"]) == (ANSWERED, "35-60", True)
    assert first["texts"] == {
        "sources_other": "Con gái tôi",
        "reason_other": "Sai mẫu đơn",
        "opinion": "Thêm ghế chờ",
    }
    assert (second["answers"], second["age"], second["complete"]) == (DECLINED, None, False)
    assert [row["language"] for row in (first, second)] == ["vi", "en"]


async def test_the_national_questionnaire_is_answered_at_a_kiosk(
    page: Page, dsn: str, conn: Connection, town: Town
) -> None:
    await open_long_form(conn, town)
    async with serving(dsn) as address:
        await page.emulate_media(reduced_motion="reduce")
        await enrol(page, address, await fresh_code(conn, town))
        await page.tap("#begin-vi")
        for number in range(1, 10):
            await expect(page.locator(".steps")).to_contain_text(f"{number} / 9")
            await page.tap("#point-4")
        await expect(page.locator(".thanks")).to_be_visible()
        await settle(page)
    (row,) = await conn.fetch(_STORED)
    assert (row["form"], row["complete"], row["language"]) == ("kiosk", True, "vi")
    assert [answer for answer in row["answers"] if answer != -3] == [4] * 9


async def look_at(page: Page) -> None:
    """No accessibility rule is broken, and everything fits at each size of terminals."""
    assert await violations(page) == []
    for size in TERMINALS:
        await page.set_viewport_size(size)
        assert (size, await page.evaluate(FAULTS)) == (size, [])


async def answer_everything(page: Page, look: Look) -> None:
    """In Vietnamese."""

    async def at(number: int, total: int) -> None:
        await expect(page.locator(".steps")).to_contain_text(f"{number} / {total}")

    await page.tap("#begin-vi")
    await at(1, 7)
    await expect(page.locator(".section")).to_have_text("Thông tin về Ông/Bà")
    await expect(page.locator(".intro")).to_have_text("Thông tin này chỉ dùng để tổng hợp, không kèm tên.")
    await look()
    await page.tap("#option-1")
    await at(2, 7)
    await look()
    await page.tap("#go-on")
    await expect(page.get_by_role("alert")).to_have_text("Mời Ông/Bà chọn ít nhất một ý.")
    for option in (0, 1, 7, 0):
        await page.tap(f"#option-{option}")
    await expect(page.locator(".option[aria-pressed=true]")).to_have_count(2)
    await page.tap("#go-on")
    await expect(page.locator("h1")).to_have_text("Kênh khác: xin Ông/Bà ghi rõ")
    await look()
    await page.fill("#text", "Con gái tôi")
    await page.tap("#go-on")
    await at(3, 7)
    await look()
    await page.tap("#point-3")
    await at(4, 7)
    await look()
    await page.tap("#yes")
    await at(5, 9)
    await look()
    await page.tap("#digit-0")
    await page.tap("#go-on")
    await expect(page.get_by_role("alert")).to_have_text("Xin nhập số từ 1 đến 30.")
    await page.tap("#erase")
    await page.tap("#digit-1")
    await page.tap("#digit-2")
    await page.keyboard.press("Tab")
    await page.tap("#go-on")
    await at(6, 9)
    await page.tap("#option-2")
    await page.fill("#text", "Sai mẫu đơn")
    await page.tap("#go-on")
    await at(7, 9)
    await look()
    await page.tap("#point-4")
    await at(8, 9)
    await look()
    await page.tap("#point-10")
    await at(9, 9)
    await look()
    await page.fill("#text", " Thêm ghế chờ ")
    await page.tap("#go-on")
    await expect(page.locator(".thanks")).to_be_visible()
    await page.tap("#again")


async def decline_what_can_be(page: Page) -> None:
    """In English: required items are left out by way of a screen that asks, and conditions hide two."""
    await page.tap("#begin-en")
    await expect(page.locator("#skip")).not_to_be_attached()
    await page.tap("#decline")
    await expect(page.locator("h1")).to_have_text("This question needs your answer")
    assert await violations(page) == []
    await page.tap("#answer-it")
    await expect(page.locator("h1")).to_have_text("How old are you?")
    await page.tap("#decline")
    await page.tap("#leave-out")
    await page.tap("#decline")
    await page.tap("#leave-out")
    await page.tap("#skip")
    await page.tap("#yes")
    await expect(page.locator(".steps")).to_contain_text("5 / 9")
    await page.tap("#digit-3")
    await page.tap("#go-on")
    await expect(page.locator(".steps")).to_contain_text("6 / 9")
    await page.tap("#back")
    await page.tap("#back")
    await page.tap("#no")
    await expect(page.locator(".steps")).to_contain_text("5 / 7")
    await page.tap("#not-applicable")
    await page.tap("#point-0")
    await page.tap("#skip")
    await expect(page.locator(".thanks")).to_be_visible()
