"""Every screen on every size of screen, from a telephone to a tall terminal, in both sizes of text."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, ViewportSize, expect

from sipas.postgres.pool import Connection
from sipas.survey.kiosks.settings import configure_kiosks
from tests.browser.terminal import enrol, keep_window
from tests.cast import Town, fresh_code
from tests.serving import serving

TELEPHONES = [ViewportSize(width=360, height=640), ViewportSize(width=390, height=844)]
TERMINALS = [
    ViewportSize(width=1080, height=1920),
    ViewportSize(width=1280, height=800),
    ViewportSize(width=768, height=1024),
]
SIZES = [*TELEPHONES, *TERMINALS]
STAFF_SIZES = [size for size in SIZES if size["height"] > 640]
FIELDS = 15  # more than a telephone shows at once
FAULTS = """() => {
    const faults = [];
    const named = (element) => element.id || element.textContent;
    const inner = (element) => {
        const { left, top, right, bottom } = element.getBoundingClientRect();
        const edge = element.matches(".choices") ? parseFloat(getComputedStyle(element).paddingTop) : 0;
        return { left: left + edge, top: top + edge, right: right - edge, bottom: bottom - edge };
    };
    const headline = document.querySelector("h1");
    const box = headline.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(headline).fontSize);
    const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth)
        faults.push("the question is not wholly in view");
    if (box.height < 20 || headline.scrollHeight > headline.clientHeight)
        faults.push("the question is cut off");
    if (!headline.contains(seen)) faults.push("the question is covered");
    if (size < 20) faults.push(`the question is set in ${size} px`);
    if (document.documentElement.scrollWidth > innerWidth) faults.push("the page scrolls sideways");

    const shown = (selector) =>
        [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
    const buttons = shown("button");
    for (const button of buttons) {
        const { width, height, left, right } = button.getBoundingClientRect();
        if (width < 44 || height < 44) faults.push(`${named(button)} is too small to touch`);
        if (left < 0 || right > innerWidth) faults.push(`${named(button)} lies outside`);
        if (button.scrollWidth > button.clientWidth || button.scrollHeight > button.clientHeight)
            faults.push(`the words of ${named(button)} do not fit`);
    }
    for (const words of document.querySelectorAll("footer span")) {
        const height = words.getBoundingClientRect().height;
        if (height > 2.9 * parseFloat(getComputedStyle(words).fontSize))
            faults.push(`${named(words)} wraps twice`);
    }
    for (const words of document.querySelectorAll(".who b, .who span"))
        if (words.scrollHeight > words.clientHeight + 1 && words.checkVisibility())
            faults.push(`${named(words)} is cut off`);
    for (const icon of shown(".icon")) {
        const { width, height } = icon.getBoundingClientRect();
        if (Math.min(width, height) < 20) faults.push("an icon is squeezed");
    }
    const still = [headline, ...buttons.filter((button) => !button.closest(".choices")),
        ...document.querySelectorAll(".choices")];
    still.forEach((one, place) => still.slice(place + 1).forEach((other) => {
        const [a, b] = [one, other].map(inner);
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5)
            faults.push(`${named(one)} lies over ${named(other)}`);
    }));
    return faults;
}"""


@pytest.fixture
async def address(dsn: str, conn: Connection, town: Town) -> AsyncIterator[str]:
    await conn.execute(
        """with land as (
                insert into procedure (code, name, field)
                select 'DD-' || n,
                    'Đăng ký biến động quyền sử dụng đất và tài sản gắn liền với đất, mẫu ' || n,
                    'Đất đai, đo đạc và bản đồ ' || n
                from generate_series(1, $1) as n
                returning id)
            insert into frame (round_id, unit_id, procedure_id, service_channel, transactions)
            select round.id, unit.id, land.id, 'counter', 100
            from round, unit, land
            where unit.valid_to is null""",
        FIELDS,
    )
    await configure_kiosks(conn, town.catalogue, b'pin = "4711"', "kiosks.toml", datetime.now(UTC))
    async with serving(dsn) as address:
        yield address


@pytest.mark.parametrize("large", [False, True], ids=["normal text", "larger text"])
async def test_every_screen_shows_its_question_and_no_button_lies_over_another(
    page: Page, address: str, conn: Connection, town: Town, large: bool
) -> None:
    await keep_window(page)
    await enrol(page, address, await fresh_code(conn, town))
    for language in ("vi", "en"):
        if large:
            await page.click("#larger")
        await expect_no_faults(page)
        await page.click(f"#begin-{language}")
        await expect(page.locator(".service")).to_be_visible()
        await expect_no_faults(page)
        await page.get_by_role("button", name="Đất đai").last.click()
        await expect(page.locator(".field")).to_be_visible()
        await expect_no_faults(page)
        await page.locator(".choices button").click()
        for number in range(1, 7):
            await expect(page.locator(".steps")).to_contain_text(f"{number} / 6")
            await expect_no_faults(page)
            await page.click("#point-5")
        await expect(page.locator(".thanks")).to_be_visible()
        await expect_no_faults(page)
        await page.click("#again")
    if not large:  # what staff see has one size of text
        await page.keyboard.press("Control+Alt+o")
        await expect(page.locator("#pin")).to_be_focused()
        await expect_no_faults(page, STAFF_SIZES)
        await page.keyboard.type("4711")
        await page.keyboard.press("Enter")
        await expect(page.locator("#facts")).to_contain_text("Phường Hoàn Kiếm")
        await expect_no_faults(page, STAFF_SIZES)


async def expect_no_faults(page: Page, sizes: Sequence[ViewportSize] = SIZES) -> None:
    for size in sizes:
        await page.set_viewport_size(size)
        await page.evaluate("scrollTo(0, 0)")
        assert await page.evaluate(FAULTS) == [], size


async def test_on_a_telephone_a_question_and_its_answers_are_seen_at_once(
    page: Page, address: str, conn: Connection, town: Town
) -> None:
    await keep_window(page)
    await enrol(page, address, await fresh_code(conn, town))
    await page.click("#begin-vi")
    await page.click("#skip")
    for number in range(1, 7):
        await expect(page.locator(".steps")).to_contain_text(f"{number} / 6")
        for size in TELEPHONES:
            await page.set_viewport_size(size)
            assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight"), size
        await page.click("#point-1")
