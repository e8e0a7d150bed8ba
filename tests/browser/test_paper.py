"""A paper form typed twice with the keyboard, and settled; the line fails in between."""

from playwright.async_api import Browser, Page, ViewportSize, expect

from sipas.postgres.pool import Connection
from sipas.survey.access.people import add_person
from tests.browser.axe import violations
from tests.cast import HOAN_KIEM, Town
from tests.mixed import waiting
from tests.paper import PASSWORD, open_paper_round, today
from tests.serving import serving

OFFICE, SMALL_PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=360, height=640)
TEXTS = ("comment_open", "interviewer", "place", "day")


async def sign_in(page: Page, address: str, name: str) -> None:
    await page.goto(f"{address}/login?next=/paper")
    await page.get_by_label("Tên đăng nhập").fill(name)
    await page.get_by_label("Mật khẩu").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Nhập phiếu giấy")


async def begin(page: Page, number: str) -> None:
    await page.get_by_label("Số phiếu").fill(number)
    await page.get_by_label("Mã đơn vị").fill(HOAN_KIEM)
    await page.get_by_label("Ngày điền phiếu").fill(today())
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text(f"Phiếu số {number}")


async def type_all(page: Page, **changes: str) -> None:
    """Type from the field that has the focus to the last one, with the keyboard alone."""
    names: list[str] = await page.eval_on_selector_all(
        ".question input, .question textarea", "all => all.map(one => one.name)"
    )
    for name in names:
        assert await page.evaluate("document.activeElement.name") == name
        await page.keyboard.type(changes.get(name, "." if name in TEXTS else "2"))
        await page.keyboard.press("Enter")


async def test_a_form_is_typed_twice_with_the_keyboard_and_settled(
    browser: Browser, dsn: str, conn: Connection, town: Town
) -> None:
    await open_paper_round(conn)
    async with serving(dsn) as address:
        context = await browser.new_context(viewport=OFFICE, locale="vi-VN")
        for name, access1 in (("lan", "5"), ("minh", "4")):
            await add_person(conn, name, PASSWORD)
            page = await context.new_page()
            await sign_in(page, address, name)
            assert await violations(page) == []
            await begin(page, "17")
            await type_all(page, access1=access1, q2="1 3")
            await expect(page.locator(".typed")).to_have_text("Đã nhập 88/88 câu")
            assert await violations(page) == []
            if name == "lan":
                await context.set_offline(True)
                await page.keyboard.press("Enter")
                await expect(page.locator(".state")).to_contain_text("Mất kết nối")
                await context.set_offline(False)
            await page.keyboard.press("Enter")
            await page.wait_for_url("**/paper?*" if name == "lan" else "**/differences?*")
        await page.set_viewport_size(SMALL_PHONE)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await violations(page) == []
        await page.get_by_label("Lần nhập 1 5").check()
        await page.get_by_role("button", name="Lưu phiếu đã đối chiếu").click()
        await expect(page.get_by_role("status")).to_have_text("Đã lưu phiếu số 17 sau khi đối chiếu.")
        await context.close()
    [stored] = await waiting(conn)
    assert stored.complete
