"""The dashboard is accessible and fits the screen, with indices and with the tree of 51 indicators."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, ViewportSize

from sipas.postgres.pool import Connection
from tests.browser.axe import violations
from tests.cast import Town
from tests.long_form import open_long_form
from tests.routes.citizens import answer, answer_at_home
from tests.serving import client_of, serving

SCREENS = (
    ViewportSize(width=360, height=640),
    ViewportSize(width=390, height=844),
    ViewportSize(width=1280, height=800),
)


@pytest.fixture
async def address(dsn: str, conn: Connection, town: Town) -> AsyncIterator[str]:
    """A service with two rounds that have answers."""
    await open_long_form(conn, town)
    async with serving(dsn, open_to_all=True) as address, client_of(address) as client:
        await answer(client, town, *[5] * 9, *[2] * 31)
        await answer_at_home(client, town, 40)
        yield address


async def test_the_dashboard_is_accessible_on_every_screen(page: Page, address: str) -> None:
    for place in ("/?round=autumn", "/?round=households", "/?round=households&lang=en"):
        await page.goto(f"{address}{place}")
        for screen in SCREENS:
            await page.set_viewport_size(screen)
            assert await violations(page) == [], (place, screen)
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width <= screen["width"], (place, screen)
