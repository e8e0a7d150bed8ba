"""What a terminal's disk holds: nothing to read of what was sent, the whole app, right times."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Page, Playwright, expect

from sipas.postgres.pool import Connection
from sipas.survey.kiosks.settings import configure_kiosks
from tests.browser.line import Line
from tests.browser.machine import switched_on
from tests.browser.terminal import enrol, settle, until_shell_is_kept, waiting, whole_survey
from tests.cast import Town, fresh_code
from tests.waiting import until

WRITTEN = "Co Huong o quay so ba rat tan tinh 7391"
BACK_ONLINE = "dispatchEvent(new Event('online'))"
KEYS = """async () => {
    const folder = await navigator.storage.getDirectory();
    const file = await (await folder.getFileHandle("sipas-key")).getFile();
    return [...new Uint8Array(await file.arrayBuffer())];
}"""
LOSE_FILES = """async () => {
    const [name] = await caches.keys();
    const shell = await caches.open(name);
    await shell.delete("idle.js");
    await shell.put("speech.js", new Response("spoilt"));
}"""
KEPT = "caches.match('idle.js').then((found) => found !== undefined)"


async def test_nothing_that_a_citizen_wrote_can_be_read_in_the_files_of_the_browser(
    playwright: Playwright, disk: Path, line: Line, conn: Connection, town: Town
) -> None:
    await configure_kiosks(conn, town.catalogue, b"comment = true", "kiosks.toml", datetime.now(UTC))
    async with switched_on(playwright, disk) as page:
        await enrol(page, line.address, await fresh_code(conn, town))
        await until_shell_is_kept(page)
        line.target, server = None, line.target
        await page.click("#begin-vi")
        await page.click("#skip")
        for number in range(1, 7):
            await expect(page.locator(".steps")).to_contain_text(f"{number} / 7")
            await page.click("#point-4")
        await page.locator("#comment").press_sequentially(WRITTEN)
        await page.click("#send")
        await expect(page.locator(".thanks")).to_be_visible()
        used = await page.evaluate(KEYS)
        assert await waiting(page) == 1
    assert list(files_with(disk, WRITTEN.encode())) == []
    line.target = server
    async with switched_on(playwright, disk) as page:
        await page.goto(f"{line.address}/kiosk/")
        await settle(page)
        assert await conn.fetchval("select comment from response") == WRITTEN
        key = next(bytes(used[at + 4 : at + 36]) for at in (0, 36) if any(used[at : at + 36]))
        await until(lambda: is_gone(disk, key), "the key of what was sent is overwritten")
        await whole_survey_with_comment(page)
    for trace in (WRITTEN.encode(), WRITTEN.encode("utf-16-le"), key):
        assert list(files_with(disk, trace)) == []


async def is_gone(disk: Path, key: bytes) -> bool:
    return not list(files_with(disk, key))


async def whole_survey_with_comment(page: Page) -> None:
    """The key that took the other's place works."""
    await page.click("#begin-vi")
    await page.click("#skip")
    for number in range(1, 7):
        await expect(page.locator(".steps")).to_contain_text(f"{number} / 7")
        await page.click("#point-4")
    await page.click("#skip")
    await expect(page.locator(".thanks")).to_be_visible()
    await settle(page)


def files_with(disk: Path, content: bytes) -> Iterator[Path]:
    return (path for path in disk.rglob("*") if path.is_file() and content in path.read_bytes())


async def test_answers_of_a_terminal_that_started_offline_with_a_wrong_clock_carry_the_right_time(
    terminal: Page, line: Line, conn: Connection
) -> None:
    begun = datetime.now(UTC)
    line.target, server = None, line.target
    await terminal.evaluate("localStorage.removeItem('sipas.heard')")
    for days in (9, 2000, -2000):
        await terminal.clock.set_system_time(begun + timedelta(days=days))
        await terminal.reload()
        await whole_survey(terminal)
    assert await waiting(terminal) == 3
    await terminal.clock.set_system_time(datetime.now(UTC))  # the network brings the right time
    line.target = server
    await terminal.evaluate(BACK_ONLINE)
    await settle(terminal)
    assert await conn.fetchval("select count(*) from quarantine") == 0
    rows = await conn.fetch("select started_at, submitted_at from response order by sequence")
    assert len(rows) == 3
    margin = timedelta(seconds=2)  # the server tells its time in whole seconds
    for started, submitted in rows:
        assert begun - margin <= submitted <= datetime.now(UTC) + margin
        assert timedelta(0) < submitted - started < timedelta(minutes=1)


async def test_files_of_the_app_that_the_disk_has_lost_are_fetched_again_and_reported(
    terminal: Page, line: Line, conn: Connection
) -> None:
    await terminal.evaluate(LOSE_FILES)
    await terminal.keyboard.press("Control+Alt+o")
    await terminal.click("#send-now")
    await expect(terminal.locator("#facts")).to_contain_text("đã tải lại 2 tệp")
    await until(lambda: reports(conn, restored=2), "the server hears of it")
    assert await terminal.evaluate(KEPT)
    line.target = None
    await terminal.reload()
    await expect(terminal.locator("#begin-vi")).to_be_visible()
    await whole_survey(terminal)


async def reports(conn: Connection, restored: int) -> bool:
    beat = await conn.fetchval("select heartbeat from kiosk order by id desc limit 1") or {}
    return bool(beat.get("files") == {"missing": 0, "restored": restored})
