"""What is wrong with a terminal is said, mends itself where it can, and costs no answer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Page, Playwright, expect

from sipas.postgres.pool import Connection
from sipas.survey.kiosks.settings import configure_kiosks
from tests.browser.line import Line, reply
from tests.browser.machine import CHROMIUM_WITH_SETTINGS, switched_on
from tests.browser.terminal import answer, begin, drafts, enqueue, settle, stored, waiting, whole_survey
from tests.cast import Town, fresh_code, submission
from tests.waiting import until

OUT_OF_SERVICE = ["Máy tạm ngừng phục vụ", "This terminal is out of service"]
HANG = """async () => {
    globalThis.hung = true;
    const opening = indexedDB.open("sipas");
    await new Promise((opened) => (opening.onsuccess = opened));
    const change = opening.result.transaction(["waiting", "draft", "counters"], "readwrite");
    const counters = change.objectStore("counters");
    const hold = () => { if (hung) counters.get("sequence").onsuccess = hold; };
    hold();
}"""


async def test_what_a_machine_on_the_way_forbids_unmakes_no_terminal(terminal: Page, line: Line) -> None:
    line.fate = lambda request, body: reply("401 Unauthorized", "text/html", "<h1>Mời đăng nhập</h1>")
    async with terminal.expect_response("**/api/kiosk/config"):
        await terminal.reload()
    await whole_survey(terminal)
    assert await waiting(terminal) == 1


async def test_where_the_browser_bars_storage_the_terminal_is_out_of_service(
    playwright: Playwright, disk: Path, line: Line, conn: Connection, town: Town
) -> None:
    preferences = disk / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text('{"profile": {"default_content_setting_values": {"cookies": 2}}}')
    async with switched_on(playwright, disk, CHROMIUM_WITH_SETTINGS) as page:
        await page.goto(f"{line.address}/kiosk/#{await fresh_code(conn, town)}")
        await expect(page.locator(".notice h1")).to_have_text(OUT_OF_SERVICE)
        await page.keyboard.press("Control+Alt+o")
        await expect(page.locator(".wrong", has_text="Sự cố")).to_contain_text("không cho lưu")
        await page.click("#send-now")
        await expect(page.locator("#facts")).to_contain_text("Không đọc được")


async def test_a_device_whose_clock_is_wrong_dates_its_answers_by_the_server(
    terminal: Page, conn: Connection
) -> None:
    await terminal.clock.set_system_time("2019-01-01T00:00:00Z")
    await terminal.reload()
    await whole_survey(terminal)
    await settle(terminal)
    assert await conn.fetchval("select submitted_at > now() - interval '5 minutes' from response")


async def test_a_retired_terminal_is_out_of_service_until_enrolled_again_and_keeps_its_last_answers(
    terminal: Page, line: Line, conn: Connection, town: Town
) -> None:
    await set_pin(terminal, conn, town)
    line.target, server = None, line.target
    await whole_survey(terminal)
    await conn.execute("update kiosk set retired_at = now()")
    line.target = server
    await terminal.reload()
    await expect(terminal.locator(".cause").first).to_contain_text("máy đã được ngừng sử dụng")
    await expect(terminal.locator(".notice h1")).to_have_text(OUT_OF_SERVICE)
    await settle(terminal)
    assert await conn.fetchval("select count(*) from quarantine") == 1
    await open_with_pin(terminal)
    await expect(terminal.locator(".wrong", has_text="Sự cố")).to_contain_text(
        "không còn được máy chủ công nhận"
    )
    await terminal.click("#enrol-again")
    line.fate = lambda request, body: "cut" if request.endswith("/enrol") else "pass"
    await terminal.fill("#code", await fresh_code(conn, town))
    await terminal.keyboard.press("Enter")
    await expect(terminal.get_by_role("alert")).to_contain_text("Không kết nối được máy chủ")
    line.fate = lambda request, body: "pass"
    await terminal.press("#code", "Enter")
    await expect(terminal.locator("#begin-vi")).to_be_visible()


async def test_a_mistyped_code_leaves_no_trouble_behind(terminal: Page, conn: Connection, town: Town) -> None:
    await set_pin(terminal, conn, town)
    await open_with_pin(terminal)
    await terminal.click("#enrol-again")
    await terminal.fill("#code", "NONE-SUCH-CODE")
    await terminal.keyboard.press("Enter")
    await expect(terminal.get_by_role("alert")).to_contain_text("không đúng")
    await terminal.click("#back")
    await expect(terminal.locator("#begin-vi")).to_be_visible()
    await open_with_pin(terminal)
    async with terminal.expect_response("**/api/kiosk/heartbeat"):
        await terminal.click("#send-now")
    await expect(terminal.locator("#facts")).to_contain_text("Phường Hoàn Kiếm")
    await expect(terminal.locator(".wrong", has_text="Sự cố")).not_to_be_attached()
    beat = await conn.fetchval("select heartbeat from kiosk order by id desc limit 1")
    assert beat["problem"] is None


async def set_pin(page: Page, conn: Connection, town: Town) -> None:
    await configure_kiosks(conn, town.catalogue, b'pin = "4711"', "kiosks.toml", datetime.now(UTC))
    await page.reload()
    await page.wait_for_function("() => JSON.parse(localStorage.getItem('sipas.config')).pin")


async def open_with_pin(page: Page) -> None:
    await page.keyboard.press("Control+Alt+o")
    await expect(page.locator("#pin")).to_be_focused()
    await page.keyboard.type("4711")
    await page.keyboard.press("Enter")
    await expect(page.locator("#facts")).to_contain_text("Phiên bản")


async def test_a_disk_that_hangs_keeps_no_screen_and_costs_no_answer(
    terminal: Page, line: Line, conn: Connection
) -> None:
    elsewhere = await terminal.context.new_page()
    await elsewhere.goto(f"{line.address}/kiosk/icon.svg")
    await terminal.bring_to_front()
    await terminal.clock.install()
    await terminal.reload()
    await begin(terminal)
    await elsewhere.evaluate(HANG)
    await answer(terminal, [1, 2, 3, 4, 5, 4])
    await terminal.clock.run_for(
        200
    )  # fast_forward would end the wait for the disk before the last press counts
    await terminal.clock.fast_forward(10_000)
    await expect(terminal.locator(".notice h1")).to_have_text(OUT_OF_SERVICE)
    await elsewhere.evaluate("hung = false")
    await terminal.clock.fast_forward(5_000)
    await expect(terminal.locator("#begin-vi")).to_be_visible()
    await settle(terminal)
    assert await stored(conn) == [(1, True)]
    assert await drafts(terminal) == []
    late = submission()  # refused for its slowness, written all the same, and tried again
    await enqueue(terminal, [late, late])
    assert await waiting(terminal) == 1
    await elsewhere.evaluate(HANG)
    await terminal.reload()
    await terminal.wait_for_function("() => !dispatchEvent(new Event('contextmenu', {cancelable: true}))")
    await terminal.clock.fast_forward(10_000)
    await expect(terminal.locator(".notice h1")).to_have_text(OUT_OF_SERVICE)
    await terminal.clock.fast_forward(10_000)
    await until(lambda: tells(conn, "storage"), "the server hears what is wrong")
    await elsewhere.evaluate("hung = false")
    await expect(terminal.locator("#begin-vi")).to_be_visible()


async def tells(conn: Connection, problem: str) -> bool:
    beat = await conn.fetchval("select heartbeat from kiosk order by id desc limit 1") or {}
    return bool(beat.get("problem") == problem)


async def test_an_app_that_does_not_come_whole_begins_anew(
    playwright: Playwright, disk: Path, line: Line, conn: Connection, town: Town
) -> None:
    line.fate = lambda request, body: "cut" if request.endswith("idle.js") else "pass"
    async with switched_on(playwright, disk) as page:
        await page.clock.install()
        await page.goto(f"{line.address}/kiosk/#{await fresh_code(conn, town)}")
        await expect(page.locator("h1").first).to_have_text("Máy tạm ngừng phục vụ")
        line.fate = lambda request, body: "pass"
        await page.clock.fast_forward(30_000)
        await expect(page.locator("#begin-vi")).to_be_visible()


async def test_a_configuration_that_cannot_be_read_spoils_neither_a_fresh_terminal_nor_a_working_one(
    terminal: Page, line: Line, conn: Connection, town: Town
) -> None:
    line.fate = lambda request, body: reply("200 OK", body="{}") if request.endswith("/config") else "pass"
    await terminal.reload()
    await whole_survey(terminal)
    await terminal.click("#again")
    await settle(terminal)
    await terminal.evaluate("localStorage.removeItem('sipas.config')")
    await terminal.reload()
    await expect(terminal.locator(".cause").first).to_contain_text("không hiểu")
    line.fate = lambda request, body: "pass"
    await terminal.reload()
    await expect(terminal.locator("#begin-vi")).to_be_visible()


async def test_answers_that_wait_while_the_instrument_changes_are_stored_under_their_own(
    terminal: Page, line: Line, conn: Connection
) -> None:
    line.target, server = None, line.target
    await whole_survey(terminal)
    await terminal.click("#again")
    await conn.execute(
        """with newer as (
                insert into instrument (code, version, source)
                select code, 2, replace(source, 'version = 1', 'version = 2') from instrument
                returning id),
            closed as (update round set closes_at = now())
        insert into round (code, instrument_id, strata, index_code, target, opens_at)
        select 'winter', newer.id, strata, index_code, target, now() - interval '1 minute'
        from round, newer"""  # terminals hear the time in whole seconds, so theirs is up to one behind
    )
    line.target = server
    await terminal.reload()
    await settle(terminal)
    await terminal.reload()
    await terminal.click("#begin-vi")  # the new round has no frame, so it asks for no procedure
    await answer(terminal, [4] * 6)
    await expect(terminal.locator(".thanks")).to_be_visible()
    await settle(terminal)
    rounds = await conn.fetch(
        "select round.code from response join round on round.id = round_id order by sequence"
    )
    assert [row["code"] for row in rounds] == ["autumn", "winter"]


async def test_without_a_network_too_a_terminal_asks_nothing_more_once_its_round_has_closed(
    terminal: Page, line: Line, conn: Connection
) -> None:
    await conn.execute("update round set closes_at = now() + interval '1 hour'")
    await terminal.reload()
    await terminal.wait_for_function("() => JSON.parse(localStorage.getItem('sipas.config')).closes_at")
    line.target = None
    await terminal.reload()
    await expect(terminal.locator("#begin-vi")).to_be_visible()
    await terminal.clock.set_system_time(datetime.now(UTC) + timedelta(hours=2))
    await terminal.click("#begin-vi")
    await expect(terminal.locator("h1").first).to_have_text("Hiện không có đợt khảo sát nào")
