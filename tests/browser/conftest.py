"""Debian's Chromium, started once. A context of its own for every test: nothing is left from test to test."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Playwright, async_playwright

from sipas.postgres.pool import Connection
from tests.browser.line import Line, opened_line
from tests.browser.machine import CHROMIUM, TERMINAL, switched_on
from tests.browser.terminal import enrol, until_shell_is_kept
from tests.cast import Town, fresh_code
from tests.scratch import scratch
from tests.serving import serving


@pytest.fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    if shutil.which(CHROMIUM) is None:
        pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium-headless-shell fonts-noto-core")
    async with async_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    """A second and a half to start with its first page; a context in it takes a third of one."""
    browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield browser
    await browser.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A tall touchscreen, as kiosks have, in Hanoi's time. Errors in the page's own code fail the test."""
    context = await browser.new_context(
        viewport=TERMINAL,
        has_touch=True,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
    )
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    await context.close()
    assert errors == []


@pytest.fixture
def disk() -> Iterator[Path]:
    with scratch() as directory:
        disk = directory / "disk"
        disk.mkdir()
        yield disk


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
    """In Hoàn Kiếm, enrolled, its app on its disk, at the end of a line."""
    async with switched_on(playwright, disk) as page:
        await enrol(page, line.address, await fresh_code(conn, town))
        await until_shell_is_kept(page)
        yield page
