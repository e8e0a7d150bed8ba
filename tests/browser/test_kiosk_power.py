"""No network, power cuts, servers that die, full disks: no answer is lost, and none counts twice."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, Playwright, expect

from sipas.postgres.pool import Connection
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
from tests.serving import SECRET
from tests.waiting import until

POST = "POST /api/submissions"
DESTROY = """() => new Promise((done, failed) => {
  const destroying = indexedDB.deleteDatabase("sipas");
  destroying.onsuccess = () => done();
  destroying.onerror = () => failed(destroying.error);
})"""
BACK_ONLINE = "dispatchEvent(new Event('online'))"


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


async def test_a_power_cut_right_after_enrolment_leaves_the_terminal_enrolled(
    playwright: Playwright, disk: Path, line: Line, conn: Connection, town: Town
) -> None:
    async with switched_on(playwright, disk) as page:
        await enrol(page, line.address, await fresh_code(conn, town))
        await cut_power(page, disk)
    async with switched_on(playwright, disk) as page:
        await page.goto(f"{line.address}/kiosk/")
        await expect(page.locator("#begin-vi")).to_be_visible()


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


async def test_a_database_that_was_destroyed_leaves_a_gap_in_the_sequence_and_a_working_terminal(
    terminal: Page, line: Line, conn: Connection
) -> None:
    line.target, server = None, line.target
    await whole_survey(terminal)
    await terminal.evaluate(DESTROY)
    await terminal.goto("about:blank")  # with what it was about to send
    line.target = server
    await terminal.goto(f"{line.address}/kiosk/")
    await whole_survey(terminal)
    await settle(terminal)
    assert await stored(conn) == [(2, True)]
