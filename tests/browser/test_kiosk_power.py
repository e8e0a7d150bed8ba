"""No network, power cuts, servers that die, full disks: no answer is lost, and none counts twice."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Playwright, async_playwright, expect

from sipas.postgres.pool import Connection
from sipas.routes import kiosk_shell
from tests.browser.line import PORTAL, Fate, Line, opened_line, reply
from tests.browser.machine import cut_power, switched_on
from tests.browser.terminal import (
    answer,
    begin,
    drafts,
    enqueue,
    enrol,
    many_surveys,
    settle,
    stored,
    until_shell_is_kept,
    waiting,
    whole_survey,
)
from tests.cast import Town, fresh_code, submission
from tests.faults.service import Service
from tests.scratch import scratch
from tests.serving import SECRET, serving
from tests.waiting import until

POST = "POST /api/submissions"
SHELL = kiosk_shell.shell_of(kiosk_shell.FOLDER)
DESTROY = """() => new Promise((done, failed) => {
  const destroying = indexedDB.deleteDatabase("sipas");
  destroying.onsuccess = () => done();
  destroying.onerror = () => failed(destroying.error);
})"""
BACK_ONLINE = "dispatchEvent(new Event('online'))"
FETCH_NEWER = """async () => {
    const shell = await navigator.serviceWorker.ready;
    await shell.update();
    while (!shell.waiting) await new Promise((resolve) => setTimeout(resolve, 20));
}"""


@pytest.fixture
def disk() -> Iterator[Path]:
    with scratch() as directory:
        disk = directory / "disk"
        disk.mkdir()
        yield disk


@pytest.fixture
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as playwright:
        yield playwright


@pytest.fixture
async def line(dsn: str, town: Town) -> AsyncIterator[Line]:
    """To a service of its own."""
    async with serving(dsn) as address, opened_line() as line:
        line.lead_to(address)
        yield line


@pytest.fixture
async def terminal(
    playwright: Playwright, disk: Path, line: Line, conn: Connection, town: Town
) -> AsyncIterator[Page]:
    """Enrolled, its app on its disk."""
    async with switched_on(playwright, disk) as page:
        await enrol(page, line.address, await fresh_code(conn, town))
        await until_shell_is_kept(page)
        yield page


async def test_200_surveys_without_a_network_and_a_power_cut_among_them_are_200_rows(
    playwright: Playwright, disk: Path, line: Line, conn: Connection, town: Town
) -> None:
    server = line.target
    async with switched_on(playwright, disk) as page:
        await enrol(page, line.address, await fresh_code(conn, town))
        await until_shell_is_kept(page)
        line.target = None
        await many_surveys(page, 120)
        await begin(page)
        await answer(page, [1, 2])
        await expect(page.locator(".steps")).to_contain_text("3 / 6")
        (draft,) = await drafts(page)
        await cut_power(page, disk)
    async with switched_on(playwright, disk) as page:
        await page.goto(f"{line.address}/kiosk/")
        await expect(page.locator("#begin-vi")).to_be_visible()
        await settle(page, left=121)
        await many_surveys(page, 79)
        assert await waiting(page) == 200
        assert await stored(conn) == []
        line.target = server
        await page.reload()
        await settle(page)
    assert await stored(conn) == [(n, n != 121) for n in range(1, 201)]
    cut = await conn.fetchrow("select id::text, answers from response where sequence = 121")
    assert cut is not None
    assert cut["id"] == draft["id"]
    assert sorted(cut["answers"], reverse=True)[:6] == [2, 1, -1, -1, -1, -1]


async def test_a_reply_that_is_cut_after_the_commit_is_one_row(
    terminal: Page, line: Line, conn: Connection
) -> None:
    fates: list[Fate] = ["cut", "halve"]
    line.fate = lambda request, body: fates.pop() if request == POST and fates else "pass"
    await whole_survey(terminal)
    await settle(terminal)
    assert fates == []
    assert await stored(conn) == [(1, True)]


async def test_behind_a_captive_portal_the_terminal_goes_on_and_keeps_its_answers(
    terminal: Page, line: Line, conn: Connection
) -> None:
    line.fate = lambda request, body: PORTAL
    await terminal.evaluate("navigator.serviceWorker.ready.then((shell) => shell.update()).catch(() => null)")
    await terminal.reload()
    await whole_survey(terminal)
    assert await waiting(terminal) == 1
    line.fate = lambda request, body: "pass"
    await terminal.reload()
    await settle(terminal)
    assert await stored(conn) == [(1, True)]


@pytest.mark.parametrize("status", ["400 Bad Request", "413 Content Too Large"])
async def test_a_submission_that_the_server_cannot_take_blocks_no_other_and_is_kept(
    terminal: Page, line: Line, conn: Connection, status: str
) -> None:
    line.target, server = None, line.target
    poisoned = [submission(sequence=n, comment="poison" if n == 3 else None) for n in range(1, 8)]
    await enqueue(terminal, poisoned)
    line.target = server
    line.fate = lambda request, body: reply(status) if b"poison" in body else "pass"
    await terminal.reload()
    await settle(terminal, left=1)
    assert [number for number, _ in await stored(conn)] == [1, 2, 4, 5, 6, 7]
    line.fate = lambda request, body: "pass"
    await terminal.reload()
    await settle(terminal)
    assert len(await stored(conn)) == 7


async def test_a_server_that_is_killed_during_the_upload_has_every_row_once(
    playwright: Playwright, disk: Path, dsn: str, conn: Connection, town: Town
) -> None:
    environment = {"SIPAS_DATABASE_URL": dsn, "SIPAS_SECRET": SECRET.decode()}
    service = Service(disk.parent, workers=1, environment=environment)
    posts = 0

    def strike(request: str, body: bytes) -> Fate:
        nonlocal posts
        posts += request == POST
        if request == POST and posts == 2:
            asyncio.get_running_loop().call_later(0.002, service.kill)
        return "pass"

    async with opened_line() as line, switched_on(playwright, disk) as page:
        line.lead_to(service.address)
        service.start()
        try:
            await service.until_ready()
            await enrol(page, line.address, await fresh_code(conn, town))
            line.target, server = None, line.target
            await enqueue(page, [submission(sequence=n) for n in range(1, 301)])
            line.target, line.fate = server, strike
            await page.evaluate(BACK_ONLINE)
            await until(lambda: not service.runs(), "the server was killed")
            service.start()
            await service.until_ready()
            await page.evaluate(BACK_ONLINE)
            await settle(page)
        finally:
            service.end()
    assert await stored(conn) == [(n, True) for n in range(1, 301)]


async def test_the_first_load_fetches_each_file_once_and_keeps_it_for_offline(
    playwright: Playwright, disk: Path, line: Line, conn: Connection, town: Town
) -> None:
    asked: list[str] = []

    def passed(request: str, body: bytes) -> Fate:
        asked.append(request)
        return "pass"

    line.fate = passed
    async with switched_on(playwright, disk) as page:
        await enrol(page, line.address, await fresh_code(conn, town))
        await until_shell_is_kept(page)
    icon = {"icon.svg"}  # the browser's own windows want it too, at a moment of their own
    files = [f"GET /kiosk/{'' if file == 'index.html' else file}" for file in SHELL.files.keys() - icon]
    assert [file for file in files if asked.count(file) != 1] == []


async def test_a_new_version_takes_over_between_two_citizens(
    playwright: Playwright,
    disk: Path,
    dsn: str,
    conn: Connection,
    town: Town,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with opened_line() as line, switched_on(playwright, disk) as page:
        async with serving(dsn) as address:
            line.lead_to(address)
            await enrol(page, line.address, await fresh_code(conn, town))
            await until_shell_is_kept(page)
            await begin(page)
            await answer(page, [4, 4])
        newer = shutil.copytree(kiosk_shell.FOLDER, disk.parent / "newer")
        words = newer / "messages" / "vi.json"
        words.write_text(words.read_text("utf-8").replace("Bắt đầu", "Bắt đầu ngay"), "utf-8")
        monkeypatch.setattr(kiosk_shell, "FOLDER", newer)
        async with serving(dsn) as address:
            line.lead_to(address)
            await page.evaluate(FETCH_NEWER)
            await answer(page, [4, 4, 4, 4], first=3)
            await expect(page.locator(".thanks")).to_be_visible()
            await page.click("#again")
            await expect(page.locator("#begin-vi")).to_contain_text("Bắt đầu ngay")
            await settle(page)
            assert await stored(conn) == [(1, True)]
            version = kiosk_shell.shell_of(newer).version
            await until(lambda: beats_as(conn, version), "the server hears from the new version")
        line.lead_to(None)
        await page.reload()
        await expect(page.locator("#begin-vi")).to_contain_text("Bắt đầu ngay")


async def test_a_version_that_does_not_start_gives_way_to_the_next_one(
    playwright: Playwright,
    disk: Path,
    dsn: str,
    conn: Connection,
    town: Town,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = kiosk_shell.FOLDER
    broken = shutil.copytree(sound, disk.parent / "broken")
    main = broken / "main.js"
    main.write_text(
        main.read_text("utf-8").replace("function boot() {", "function boot() { throw new Error();"), "utf-8"
    )
    monkeypatch.setattr(kiosk_shell, "FOLDER", broken)
    async with opened_line() as line, switched_on(playwright, disk) as page:
        async with serving(dsn) as address:
            line.lead_to(address)
            await page.goto(f"{line.address}/kiosk/#{await fresh_code(conn, town)}")
            await expect(page.locator("h1")).to_have_text("Máy tạm ngừng phục vụ")
            await until_shell_is_kept(page)
        monkeypatch.setattr(kiosk_shell, "FOLDER", sound)
        async with serving(dsn) as address:
            line.lead_to(address)
            await page.evaluate(FETCH_NEWER)
            await page.reload()
            await expect(page.locator("#begin-vi")).to_be_visible()


async def test_what_a_machine_on_the_way_forbids_unmakes_no_terminal(terminal: Page, line: Line) -> None:
    line.fate = lambda request, body: reply("401 Unauthorized", "text/html", "<h1>Mời đăng nhập</h1>")
    async with terminal.expect_response("**/api/kiosk/config"):
        await terminal.reload()
    await whole_survey(terminal)
    assert await waiting(terminal) == 1


async def beats_as(conn: Connection, version: str) -> bool:
    """The terminal's last sign of life says so, and that nothing waits."""
    beat = await conn.fetchval("select heartbeat from kiosk order by id desc limit 1") or {}
    assert {"storage", "clock", "problem", "oldest_unsent"} <= beat.keys()
    return (beat["app_version"], beat["queue"], beat["sequence"]) == (version, 0, 1)


async def test_on_a_full_disk_the_terminal_says_so_and_keeps_what_it_has(
    playwright: Playwright, disk: Path, line: Line, conn: Connection, town: Town
) -> None:
    server = line.target
    async with switched_on(playwright, disk) as page:
        await enrol(page, line.address, await fresh_code(conn, town))
        await until_shell_is_kept(page)
        line.target = None
        await whole_survey(page)
    async with switched_on(playwright, disk) as page:  # a browser remembers for 30 s how much room it had
        await allow_bytes(page, line, 1)
        await page.goto(f"{line.address}/kiosk/")
        await begin(page)
        await page.click("#point-2")
        await expect(page.locator(".notice h1").first).to_have_text("Máy tạm ngừng phục vụ")
        assert await waiting(page) == 1
        await allow_bytes(page, line, None)
        await expect(page.locator("#begin-vi")).to_be_visible(timeout=30_000)
        assert await waiting(page) == 2
        line.target = server
        await page.reload()
        await settle(page)
    assert await stored(conn) == [(1, True), (2, False)]


async def allow_bytes(page: Page, line: Line, quota: int | None) -> None:
    """None: as many as before."""
    session = await page.context.new_cdp_session(page)
    limit = {} if quota is None else {"quotaSize": quota}
    await session.send("Storage.overrideQuotaForOrigin", {"origin": line.address, **limit})


async def test_where_the_browser_bars_storage_the_terminal_is_out_of_service(
    playwright: Playwright, disk: Path, line: Line, conn: Connection, town: Town
) -> None:
    preferences = disk / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text('{"profile": {"default_content_setting_values": {"cookies": 2}}}')
    async with switched_on(playwright, disk) as page:
        await page.goto(f"{line.address}/kiosk/#{await fresh_code(conn, town)}")
        await expect(page.locator(".notice h1")).to_have_text(
            ["Máy tạm ngừng phục vụ", "This terminal is out of service"]
        )


async def test_a_database_that_was_destroyed_leaves_a_gap_in_the_sequence_and_a_working_terminal(
    playwright: Playwright, disk: Path, line: Line, conn: Connection, town: Town
) -> None:
    async with switched_on(playwright, disk) as page:
        await enrol(page, line.address, await fresh_code(conn, town))
        await until_shell_is_kept(page)
        server, line.target = line.target, None
        await whole_survey(page)
        await page.evaluate(DESTROY)
        line.target = server
        await page.reload()
        await whole_survey(page)
        await settle(page)
    assert await stored(conn) == [(2, True)]


async def test_a_device_whose_clock_is_wrong_dates_its_answers_by_the_server(
    terminal: Page, conn: Connection
) -> None:
    await terminal.clock.set_system_time("2019-01-01T00:00:00Z")
    await terminal.reload()
    await whole_survey(terminal)
    await settle(terminal)
    assert await conn.fetchval("select submitted_at > now() - interval '5 minutes' from response")


async def test_a_retired_terminal_asks_to_be_enrolled_and_its_last_answers_reach_quarantine(
    terminal: Page, line: Line, conn: Connection
) -> None:
    line.target, server = None, line.target
    await whole_survey(terminal)
    await conn.execute("update kiosk set retired_at = now()")
    line.target = server
    await terminal.reload()
    await expect(terminal.get_by_role("alert")).to_contain_text("không còn nhận máy này")
    await settle(terminal)
    assert await conn.fetchval("select count(*) from quarantine") == 1


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
        select 'winter', newer.id, strata, index_code, target, now() from round, newer"""
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
