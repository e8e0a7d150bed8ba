"""Nothing of one citizen is left for the next, and only an operator gets out of the app."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect

from sipas.postgres.pool import Connection
from sipas.survey.kiosks.settings import configure_kiosks
from tests.browser.terminal import drafts, enrol, settle, stored
from tests.cast import Town, fresh_code
from tests.serving import serving

SETTINGS = b"""
pin = "4711"
scan = true
comment = true
note = { vi = "Co them hai quay.", en = "Two more counters." }
"""
WRITTEN = "Quay so ba lam rat nhanh"
AN_HOUR_LATER = """() => { const now = Date.now; Date.now = () => now() + 3_600_000; }"""
LEFT = """async () => ({
    page: document.documentElement.outerHTML,
    typed: [...document.querySelectorAll("input, textarea")].map((field) => field.value),
    chosen: document.querySelectorAll(".answer[aria-pressed=true], .large, .contrast").length,
    selected: String(getSelection()),
    session: sessionStorage.length + document.cookie.length,
    local: Object.keys(localStorage).sort(),
    state: history.state,
    databases: (await indexedDB.databases()).map(({name}) => name),
    caches: (await caches.keys()).filter((name) => !name.startsWith("sipas-shell-")),
})"""


@pytest.fixture
async def terminal(page: Page, dsn: str, conn: Connection, town: Town) -> AsyncIterator[Page]:
    """With a scanner, a comment to give and a PIN."""
    await configure_kiosks(conn, town.catalogue, SETTINGS, "kiosks.toml", datetime.now(UTC))
    async with serving(dsn) as address:
        await page.clock.install()
        await enrol(page, address, await fresh_code(conn, town))
        yield page


async def to_the_comment(page: Page) -> None:
    await page.click("#begin-en")
    await page.click("#skip")
    for number in range(1, 7):
        await expect(page.locator(".steps")).to_contain_text(f"{number} / 7")
        await page.click("#point-4")
    await expect(page.locator("#comment")).to_be_visible()


async def test_who_says_i_am_still_here_goes_on_and_who_has_gone_leaves_no_trace(
    terminal: Page, conn: Connection
) -> None:
    fresh = await terminal.evaluate(LEFT)
    await terminal.click("#contrast")
    await terminal.click("#larger")
    await to_the_comment(terminal)
    await terminal.fill("#comment", WRITTEN)
    await terminal.click("#larger")
    await terminal.click("#contrast")
    assert await terminal.input_value("#comment") == WRITTEN
    await terminal.clock.fast_forward(21_000)
    await expect(terminal.get_by_role("alertdialog")).to_be_visible()
    await expect(terminal.locator(".left")).to_have_text(re.compile(r"^\d$"))
    await terminal.click("#here")
    await expect(terminal.get_by_role("alertdialog")).not_to_be_attached()
    assert await terminal.input_value("#comment") == WRITTEN
    await terminal.click("#back")
    await expect(terminal.locator(".steps")).to_contain_text("6 / 7")
    await terminal.clock.fast_forward(21_000)
    await expect(terminal.get_by_role("alertdialog")).to_be_visible()
    await terminal.clock.fast_forward(10_000)
    await expect(terminal.locator("#begin-vi")).to_be_visible()
    await settle(terminal)
    assert await stored(conn) == [(1, True)]
    assert await drafts(terminal) == []
    left = await terminal.evaluate(LEFT)
    assert WRITTEN not in left.pop("page")
    assert left.pop("local") == sorted({*fresh["local"], "sipas.sequence"})
    del fresh["page"], fresh["local"]
    assert left == fresh
    await terminal.reload()
    await to_the_comment(terminal)
    assert await terminal.input_value("#comment") == ""
    assert await conn.fetchval("select comment from response") is None


async def test_after_a_sleep_or_a_leap_of_the_clock_it_asks_who_is_there_before_it_ends_a_survey(
    terminal: Page, conn: Connection
) -> None:
    await begin_with_comment(terminal)
    await answer_first(terminal)
    await terminal.evaluate(AN_HOUR_LATER)
    await terminal.clock.run_for(1000)
    await expect(terminal.get_by_role("alertdialog")).to_be_visible()
    await terminal.click("#here")
    await expect(terminal.locator(".steps")).to_contain_text("2 / 7")
    await terminal.evaluate(AN_HOUR_LATER)
    await terminal.mouse.move(500, 500)
    await expect(terminal.get_by_role("alertdialog")).to_be_visible()
    await terminal.clock.fast_forward(10_000)
    await expect(terminal.locator("#begin-vi")).to_be_visible()
    await settle(terminal)
    assert await stored(conn) == [(1, False)]


async def test_an_answer_by_an_assistive_device_is_a_sign_of_life(terminal: Page) -> None:
    await terminal.tap("#begin-vi")
    await terminal.tap("#skip")
    await terminal.clock.fast_forward(15_000)
    await terminal.evaluate("document.querySelector('#point-5').click()")  # neither touch nor key
    await expect(terminal.locator(".steps")).to_contain_text("2 / 7")
    await terminal.clock.fast_forward(10_000)
    assert await terminal.get_by_role("alertdialog").count() == 0


async def test_who_needs_larger_text_is_given_twice_the_time(terminal: Page) -> None:
    await terminal.click("#larger")
    await terminal.click("#begin-vi")
    await terminal.clock.fast_forward(31_000)
    await expect(terminal.get_by_role("alertdialog")).not_to_be_attached()
    await terminal.clock.fast_forward(10_000)
    await expect(terminal.locator(".left")).to_have_text(re.compile(r"^1\d$"))


async def stop_clock(page: Page) -> None:
    """From here on the page's time passes in the test's steps only, however slow the machine is."""
    await page.clock.pause_at(await page.evaluate("Date.now() / 1000 + 1"))


async def test_thanks_give_way_to_the_next_citizen(terminal: Page, conn: Connection) -> None:
    await to_the_comment(terminal)
    await terminal.fill("#comment", WRITTEN)
    await terminal.click("#send")
    await expect(terminal.locator(".thanks")).to_contain_text("Two more counters.")
    await stop_clock(terminal)
    await terminal.clock.fast_forward(3_000)
    await terminal.touchscreen.tap(500, 500)  # still reading
    await terminal.clock.fast_forward(3_000)
    await expect(terminal.locator(".thanks")).to_be_visible()
    await terminal.clock.fast_forward(2_000)
    await expect(terminal.locator("#begin-vi")).to_be_visible()
    await settle(terminal)
    assert await conn.fetchval("select comment from response") == WRITTEN


async def test_there_is_no_way_back_no_menu_no_selection_no_zoom(terminal: Page) -> None:
    address = terminal.url
    await begin_with_comment(terminal)
    await terminal.go_back()
    await expect(terminal.locator(".question")).to_be_visible()
    assert terminal.url == address
    for kind in ("contextmenu", "dragstart", "selectstart", "copy"):
        event = f"new Event('{kind}', {{bubbles: true, cancelable: true}})"
        assert not await terminal.evaluate(f"document.querySelector('h1').dispatchEvent({event})")
    await terminal.locator("h1").dblclick()
    await terminal.keyboard.press("Control+a")
    assert await terminal.evaluate("String(getSelection())") == ""
    session = await terminal.context.new_cdp_session(terminal)
    pinch = {"x": 200, "y": 300, "scaleFactor": 3, "relativeSpeed": 5000, "gestureSourceType": "touch"}
    await session.send("Input.synthesizePinchGesture", pinch)
    assert await terminal.evaluate("visualViewport.scale") == 1
    assert await terminal.evaluate("[...document.querySelectorAll('a, [href]:not(link), img')].length") == 0


async def test_what_a_citizen_writes_cannot_be_copied_for_the_next_to_paste(terminal: Page) -> None:
    await to_the_comment(terminal)
    for kind in ("copy", "cut", "contextmenu"):
        event = f"new Event('{kind}', {{bubbles: true, cancelable: true}})"
        assert not await terminal.evaluate(f"document.querySelector('#comment').dispatchEvent({event})")


async def begin_with_comment(page: Page) -> None:
    await page.click("#begin-vi")
    await page.click("#skip")
    await expect(page.locator(".steps")).to_contain_text("1 / 7")


async def test_a_receipt_that_is_scanned_names_its_procedure_and_nothing_of_it_is_kept(
    terminal: Page, conn: Connection
) -> None:
    await terminal.click("#begin-vi")
    await scan(terminal, "H26-251121-0007|XX-99")
    await expect(terminal.get_by_role("status")).to_contain_text("chưa tìm thấy thủ tục")
    await scan(terminal, "H26-251121-0007|ht-02|2026-11-21")
    await answer_first(terminal)
    await terminal.clock.fast_forward(21_000)
    await terminal.clock.fast_forward(10_000)
    await expect(terminal.locator("#begin-vi")).to_be_visible()
    await settle(terminal)
    row = await conn.fetchrow(
        """select procedure.code, response::text as whole
        from response join procedure on procedure.id = procedure_id"""
    )
    assert row is not None
    assert row["code"] == "HT-02"
    assert "251121" not in row["whole"]


async def scan(page: Page, text: str) -> None:
    """All keys at once, as a wedge scanner types them."""
    await page.evaluate(
        """(text) => [...text, "Enter"].forEach((key) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})))""",
        text,
    )


async def answer_first(page: Page) -> None:
    await expect(page.locator(".steps")).to_contain_text("1 / 7")
    await page.click("#point-5")
    await expect(page.locator(".steps")).to_contain_text("2 / 7")


async def test_an_operator_gets_in_by_the_corner_and_the_pin_and_a_citizen_does_not(terminal: Page) -> None:
    await begin_with_comment(terminal)
    await answer_first(terminal)
    for _ in range(5):
        await terminal.touchscreen.tap(30, 30)
    await expect(terminal.locator("#pin")).to_be_focused()
    await settle(terminal)
    await terminal.keyboard.type("1234")
    await terminal.keyboard.press("Enter")
    await expect(terminal.get_by_role("alert")).to_contain_text("không đúng")
    for digit in "4711":
        await terminal.get_by_role("button", name=digit, exact=True).tap()
    await terminal.get_by_role("button", name="Mở").tap()
    await expect(terminal.locator("#facts")).to_contain_text("Phường Hoàn Kiếm")
    await expect(terminal.locator("#enrol-again")).to_be_visible()
    await terminal.clock.fast_forward(121_000)
    await expect(terminal.locator("#begin-vi")).to_be_visible()
