"""Accessibility of every screen: rules of axe, sizes and contrast."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from sipas.postgres.pool import Connection
from sipas.survey.kiosks.settings import configure_kiosks
from tests.browser.axe import violations
from tests.browser.terminal import enrol
from tests.cast import Town, fresh_code
from tests.serving import serving

SETTINGS = b"""
pin = "4711"
scan = true
comment = true
speech = true
note = { vi = "Co them hai quay.", en = "Two more counters." }
"""
# A headless browser has none.
VOICES = """speechSynthesis.getVoices = () =>
    [{lang: "vi-VN", localService: true}, {lang: "en-GB", localService: true}]"""
SAID = """() => { globalThis.said = [];
    globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    speechSynthesis.speak = (one) => said.push(`${one.lang} ${one.text}`); }"""
SIZES = [(1280, 800), (768, 1024), (1080, 1920)]
SMALLEST, LOWEST = 88, 0.45  # px; the share of a tall screen above which hands need not reach
TEXT, CONTROL = 7, 4.5
MEASURED = """() => {
    const rgb = (colour) => (colour.match(/[0-9.]+/g) ?? []).map(Number);
    const luminance = (colour) => rgb(colour).slice(0, 3).map((one) => one / 255)
        .map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
        .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
    const opaque = (colour) => rgb(colour).length === 3 || rgb(colour)[3] === 1;
    const behind = (element) => {
        for (let one = element; one; one = one.parentElement)
            if (opaque(getComputedStyle(one).backgroundColor)) return getComputedStyle(one).backgroundColor;
        return "rgb(255, 255, 255)";
    };
    const ratio = (a, b) => {
        const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
        return (light + 0.05) / (dark + 0.05);
    };
    const seen = (element) => element.checkVisibility() && !element.closest(".spoken");
    const words = [...document.querySelectorAll("#kiosk *")].filter((element) => seen(element)
        && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
    const controls = [...document.querySelectorAll("button, input, textarea")].filter(seen);
    return {
        text: words.map((element) =>
            [element.textContent, ratio(getComputedStyle(element).color, behind(element))]),
        edges: controls.map((element) => {
            const { borderTopColor, backgroundColor } = getComputedStyle(element);
            return [element.id || element.textContent, Math.max(
                ratio(borderTopColor, behind(element.parentElement)),
                opaque(backgroundColor) ? ratio(backgroundColor, behind(element.parentElement)) : 1)];
        }),
        targets: controls.map((element) => {
            const { top, width, height } = element.getBoundingClientRect();
            return [element.id || element.textContent, Math.min(width, height), top / innerHeight];
        }),
        names: controls.filter((element) => !element.textContent.trim() && !element.labels?.length
            && !element.getAttribute("aria-labelledby")).length,
    };
}"""


@pytest.fixture
async def terminal(page: Page, dsn: str, conn: Connection, town: Town) -> AsyncIterator[Page]:
    await configure_kiosks(conn, town.catalogue, SETTINGS, "kiosks.toml", datetime.now(UTC))
    async with serving(dsn) as address:
        await page.add_init_script(VOICES)
        await page.clock.install()
        await enrol(page, address, await fresh_code(conn, town))
        yield page


async def expect_for_everybody(page: Page, *, reach: bool = True) -> None:
    assert await violations(page) == []
    await page.evaluate(
        "document.fullscreenElement && document.exitFullscreen()"
    )  # else it cannot be resized
    for width, height in SIZES:
        await page.set_viewport_size(ViewportSize(width=width, height=height))
        found = await page.evaluate(MEASURED)
        assert [one for one in found["text"] if one[1] < TEXT] == []
        assert [one for one in found["edges"] if one[1] < CONTROL] == []
        assert [one for one in found["targets"] if one[1] < SMALLEST] == [], (width, height)
        assert found["names"] == 0
    assert [one for one in found["targets"] if reach and one[2] < LOWEST] == []


@pytest.mark.parametrize("aid", [None, "#larger", "#contrast"], ids=["plain", "larger", "contrast"])
async def test_every_screen_is_accessible_in_each_language(terminal: Page, aid: str | None) -> None:
    for language in ("vi", "en"):
        if aid:
            await terminal.click(aid)
        await expect_for_everybody(terminal)
        await terminal.click(f"#begin-{language}")
        await expect_whole_survey_for_everybody(terminal, idle=41_000 if aid else 21_000)
        await terminal.click("#again")


async def expect_whole_survey_for_everybody(page: Page, idle: int) -> None:
    for _ in ("field", "procedure"):
        await expect_for_everybody(page)
        await page.locator(".choices button").first.click()
    await expect_for_everybody(page)
    await page.click("#point-4")
    await expect(page.locator(".steps")).to_contain_text("2 / 7")
    await page.click("#back")
    await expect(page.locator("#point-4[aria-pressed=true]")).to_be_visible()
    await expect_for_everybody(page)
    for number in range(1, 7):
        await expect(page.locator(".steps")).to_contain_text(f"{number} / 7")
        await page.click("#skip" if number > 1 else "#forward")
    await expect(page.locator("#comment")).to_be_visible()
    await expect_for_everybody(page)
    await page.clock.fast_forward(idle)
    await expect(page.get_by_role("alertdialog")).to_be_visible()
    await expect_for_everybody(page, reach=False)
    await page.click("#here")
    await page.click("#send")
    await expect(page.locator(".thanks")).to_be_visible()
    await expect_for_everybody(page)


async def test_screens_for_staff_are_accessible_in_each_language(terminal: Page) -> None:
    """They have one look: opening them ends a citizen's survey and its aids."""
    await terminal.click("#larger")
    await terminal.keyboard.press("Control+Alt+o")
    await expect(terminal.locator("#pin")).to_be_visible()
    await expect_staff_screen_for_everybody(terminal)
    await terminal.fill("#pin", "4711")
    await terminal.press("#pin", "Enter")
    await expect(terminal.locator("#facts")).to_contain_text("Phường Hoàn Kiếm")
    await expect_staff_screen_for_everybody(terminal)
    await terminal.click("#enrol-again")
    await expect_staff_screen_for_everybody(terminal)


async def expect_staff_screen_for_everybody(page: Page) -> None:
    for other in ("English", "Tiếng Việt"):
        await expect_for_everybody(page, reach=False)
        await page.get_by_role("button", name=other).click()
    await expect(page.locator(".large")).to_have_count(0)


async def test_notices_are_accessible_in_every_look(
    terminal: Page, browser: Browser, conn: Connection
) -> None:
    await conn.execute("update round set closes_at = now() - interval '1 day'")
    await terminal.reload()
    await expect(terminal.locator(".notice h1").first).to_have_text("Hiện không có đợt khảo sát nào")
    await expect_notice_for_everybody(terminal)
    await terminal.route("**/api/kiosk/config", lambda route: route.abort())
    await terminal.evaluate("localStorage.removeItem('sipas.config')")
    await terminal.reload()
    await expect(terminal.locator(".notice h1").first).to_have_text("Máy tạm ngừng phục vụ")
    await expect_notice_for_everybody(terminal)
    await terminal.clock.fast_forward(121_000)
    await expect(terminal.locator(".large, .contrast")).to_have_count(0)
    await expect_app_that_does_not_start_for_everybody(browser, terminal.url)


async def expect_notice_for_everybody(page: Page) -> None:
    await expect_for_everybody(page)
    for aid in ("#larger", "#contrast", "#larger"):
        await page.click(aid)
        await expect_for_everybody(page)


async def expect_app_that_does_not_start_for_everybody(browser: Browser, address: str) -> None:
    page = await browser.new_page(service_workers="block")
    await page.route("**/messages/*.json", lambda route: route.abort())
    await page.goto(address)
    await expect(page.locator("h1")).to_have_text(
        ["Máy tạm ngừng phục vụ", "This terminal is out of service"]
    )
    await expect_for_everybody(page)
    await page.context.close()


async def test_an_operator_sees_that_a_voice_is_lacking(terminal: Page) -> None:
    await terminal.evaluate(
        """speechSynthesis.getVoices = () => [
            { lang: "en-GB", localService: true }, { lang: "vi-VN", localService: false }]"""
    )
    await terminal.keyboard.press("Control+Alt+o")
    await terminal.keyboard.type("4711")
    await terminal.keyboard.press("Enter")
    await expect(terminal.locator(".wrong", has_text="Giọng đọc")).to_contain_text(
        "Tiếng Việt: không có · English: có"
    )


async def test_screens_are_spoken_where_the_office_has_a_headset(terminal: Page) -> None:
    await terminal.evaluate(SAID)
    await terminal.click("#begin-vi")
    await terminal.click("#skip")
    await terminal.click("#listen")
    said = await terminal.evaluate("said")
    question = await terminal.inner_text("h1")
    assert said[0] == f"vi {question}"
    assert [one.removeprefix("vi ") for one in said[1:]] == await terminal.locator(".word").all_inner_texts()
    await terminal.click("#point-5")
    await expect(terminal.locator(".steps")).to_contain_text("2 / 7")
    assert len(await terminal.evaluate("said")) == 2 * len(said)
    await terminal.clock.fast_forward(41_000)
    await expect(terminal.get_by_role("alertdialog")).to_be_visible()
    warned = (await terminal.evaluate("said"))[2 * len(said) :]
    assert [one.partition(".")[0] for one in warned] == [
        "vi Ông/Bà còn ở đây không?",
        "vi Máy sẽ quay về màn hình đầu sau 19 giây",
        "vi Tôi vẫn ở đây",
    ]


async def test_each_language_is_spoken_by_its_own_voice_or_not_at_all(terminal: Page) -> None:
    await terminal.evaluate(SAID)
    await terminal.click("#listen")
    said = [one[:2] for one in await terminal.evaluate("said")]
    assert said == ["vi", "en", "vi", "vi", "en", "en"]  # headline, button and promise in each language
    await terminal.evaluate("speechSynthesis.getVoices = () => [{ lang: 'vi-VN', localService: true }]")
    await terminal.click("#begin-vi")
    await terminal.click("#skip")
    before = await terminal.evaluate("said.length")
    await terminal.click("#language")
    await expect(terminal.locator("#listen[aria-pressed=true]")).to_have_text("Listen")
    assert await terminal.evaluate("said.length") == before
    await terminal.click("#listen")
    await expect(terminal.locator("#listen")).to_have_count(0)
