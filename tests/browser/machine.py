"""A terminal's machine: a browser with a disk of its own, which loses power."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from playwright.async_api import BrowserContext, Page, Playwright, ViewportSize
from playwright.async_api import Error as PlaywrightError

from tests.faults.service import command_of

CHROMIUM = "/usr/bin/chromium-headless-shell"  # without a window it starts in a third of the time
CHROMIUM_WITH_SETTINGS = "/usr/bin/chromium"  # reads the preferences of its profile, too
TERMINAL = ViewportSize(width=1080, height=1920)


@asynccontextmanager
async def switched_on(playwright: Playwright, disk: Path, executable: str = CHROMIUM) -> AsyncIterator[Page]:
    """Without motion an answer does not stay pressed, so that hundreds of surveys take seconds."""
    context: BrowserContext = await playwright.chromium.launch_persistent_context(
        disk,
        executable_path=executable,
        args=["--no-sandbox"],
        viewport=TERMINAL,
        has_touch=True,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        reduced_motion="reduce",
    )
    yield context.pages[0]
    with suppress(PlaywrightError):  # its power was cut
        await context.close()


async def cut_power(page: Page, disk: Path) -> None:
    """SIGKILL to the browser that runs on this disk, and to all its processes."""
    async with page.context.expect_event("close"):
        os.killpg(browser_on(disk), signal.SIGKILL)


def browser_on(disk: Path) -> int:
    for entry in Path("/proc").glob("[0-9]*"):
        command = command_of(int(entry.name))
        if f"--user-data-dir={disk}" in command and "--type=" not in command:
            return int(entry.name)
    raise AssertionError("no browser runs on that disk")
