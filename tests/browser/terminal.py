"""A terminal as a citizen or an installer uses it."""

from playwright.async_api import Page, expect


async def enrol(page: Page, address: str, code: str) -> None:
    await page.goto(f"{address}/kiosk/#{code}")
    await expect(page.locator("#begin-vi")).to_be_visible()


async def begin(page: Page, language: str = "vi") -> None:
    """Up to the first question, the service left out."""
    await page.click(f"#begin-{language}")
    await page.click("#skip")
    await expect(page.locator(".steps")).to_contain_text("1 / 6")


async def answer(page: Page, points: list[int], first: int = 1) -> None:
    for number, point in enumerate(points, start=first):
        await expect(page.locator(".steps")).to_contain_text(f"{number} / 6")
        await page.click(f"#point-{point}")


async def whole_survey(page: Page, points: list[int] | None = None) -> None:
    await begin(page)
    await answer(page, points or [5] * 6)
    await expect(page.locator(".thanks")).to_be_visible()


async def waiting(page: Page) -> int:
    """How many submissions are on the terminal's disk, not yet accounted for by the server."""
    script = "import('./queue.js').then((m) => m.openQueue()).then((queue) => queue.count())"
    count: int = await page.evaluate(script)
    return count
