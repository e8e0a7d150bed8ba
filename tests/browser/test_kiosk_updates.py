"""A terminal keeps its app, and goes over to a newer one by itself."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, Playwright, expect

from sipas.postgres.pool import Connection
from sipas.routes import kiosk_shell
from tests.browser.line import Fate, Line
from tests.browser.machine import switched_on
from tests.browser.terminal import answer, begin, enrol, settle, stored, until_shell_is_kept
from tests.cast import Town, fresh_code
from tests.serving import serving
from tests.waiting import until

SOUND = kiosk_shell.KIOSK_FOLDER
SHELL = kiosk_shell.shell_of(SOUND)
FETCH_NEWER = """async () => {
    const shell = await navigator.serviceWorker.ready;
    await shell.update();
    while (!shell.waiting) await new Promise((resolve) => setTimeout(resolve, 20));
}"""


@asynccontextmanager
async def serving_app(line: Line, dsn: str, folder: Path) -> AsyncIterator[None]:
    """The line leads to a service that has this folder's app."""
    line.lead_to(None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kiosk_shell, "KIOSK_FOLDER", folder)
        async with serving(dsn) as address:
            line.lead_to(address)
            yield
            line.lead_to(None)


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
    terminal: Page, line: Line, dsn: str, disk: Path, conn: Connection
) -> None:
    await begin(terminal)
    await answer(terminal, [4, 4])
    newer = shutil.copytree(SOUND, disk.parent / "newer")
    words = newer / "messages" / "vi.json"
    words.write_text(words.read_text("utf-8").replace("Bắt đầu", "Bắt đầu ngay"), "utf-8")
    async with serving_app(line, dsn, newer):
        await terminal.evaluate(FETCH_NEWER)
        await answer(terminal, [4, 4, 4, 4], first=3)
        await expect(terminal.locator(".thanks")).to_be_visible()
        await terminal.click("#again")
        await expect(terminal.locator("#begin-vi")).to_contain_text("Bắt đầu ngay")
        await settle(terminal)
        assert await stored(conn) == [(1, True)]
        version = kiosk_shell.shell_of(newer).version
        await until(lambda: beats_as(conn, version), "the server hears from the new version")
    await terminal.reload()
    await expect(terminal.locator("#begin-vi")).to_contain_text("Bắt đầu ngay")


async def beats_as(conn: Connection, version: str) -> bool:
    """The terminal's last sign of life says so, and that nothing waits."""
    beat = await conn.fetchval("select heartbeat from kiosk order by id desc limit 1") or {}
    assert {"storage", "clock", "problem", "oldest_unsent"} <= beat.keys()
    return (beat["app_version"], beat["queue"], beat["sequence"]) == (version, 0, 1)


async def test_a_version_that_does_not_start_gives_way_to_the_next_one(
    playwright: Playwright, disk: Path, line: Line, dsn: str, conn: Connection, town: Town
) -> None:
    broken = shutil.copytree(SOUND, disk.parent / "broken")
    app = broken / "app.js"
    app.write_text(
        app.read_text("utf-8").replace("function boot() {", "function boot() { throw new Error();"), "utf-8"
    )
    async with switched_on(playwright, disk) as page:
        async with serving_app(line, dsn, broken):
            await page.goto(f"{line.address}/kiosk/#{await fresh_code(conn, town)}")
            await expect(page.locator("h1").first).to_have_text("Máy tạm ngừng phục vụ")
            await until_shell_is_kept(page)
        async with serving_app(line, dsn, SOUND):
            await page.evaluate(FETCH_NEWER)
            await page.reload()
            await expect(page.locator("#begin-vi")).to_be_visible()
