"""A terminal as a citizen or an installer uses it."""

from typing import Any

from playwright.async_api import Page, ViewportSize, expect

from sipas.postgres.pool import Connection

MANY = """async ([surveys, points]) => {
    const at = (number) => document.querySelector(".steps")?.textContent.includes(`${number} / `);
    const shown = async (selector, ready = () => true) => {
        for (;;) {
            const found = document.querySelector(selector);
            if (found && ready()) return found;
            await new Promise((resolve) => setTimeout(resolve));
        }
    };
    for (let survey = 0; survey < surveys; survey += 1) {
        (await shown("#begin-vi")).click();
        (await shown(".service #skip")).click();
        for (const [place, point] of points.entries())
            (await shown(`.question #point-${point}`, () => at(place + 1))).click();
        (await shown(".thanks #again")).click();
    }
}"""
QUEUE = "import('./queue.js').then((m) => new m.Queue())"


async def keep_window(page: Page) -> None:
    """Let a test change the size of the window: a full screen has one size."""
    await page.add_init_script("Element.prototype.requestFullscreen = async () => {}")


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


async def many_surveys(page: Page, surveys: int) -> None:
    """Faster than any citizen, by the same buttons, on a screen that is drawn quickly."""
    await page.set_viewport_size(ViewportSize(width=360, height=640))
    await page.evaluate(MANY, [surveys, [5, 4, 3, 4, 5, 2]])


async def waiting(page: Page) -> int:
    """How many submissions are on the terminal's disk, not yet accounted for by the server."""
    count: int = await page.evaluate(f"{QUEUE}.then((queue) => queue.state()).then((state) => state.count)")
    return count


async def drafts(page: Page) -> list[dict[str, Any]]:
    """Surveys under way, as they would be found after a power cut."""
    found: list[dict[str, Any]] = await page.evaluate(f"{QUEUE}.then((queue) => queue.drafts())")
    return found


async def enqueue(page: Page, submissions: list[dict[str, Any]]) -> None:
    """Onto the terminal's disk, as if that many citizens had come."""
    script = f"async (all) => {{ const queue = await {QUEUE}; for (const one of all) await queue.add(one); }}"
    await page.evaluate(script, submissions)


async def until_shell_is_kept(page: Page) -> None:
    """From here on the app starts without its server."""
    await page.evaluate("navigator.serviceWorker.ready.then(() => null)")


async def settle(page: Page, left: int = 0) -> None:
    for _ in range(300):
        if await waiting(page) == left:
            return
        await page.wait_for_timeout(100)
    raise AssertionError(f"{await waiting(page)} submissions still wait after 30 s")


async def stored(conn: Connection) -> list[tuple[int, bool]]:
    rows = await conn.fetch("select sequence, complete from response order by sequence")
    return [(row["sequence"], row["complete"]) for row in rows]
