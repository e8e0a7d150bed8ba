"""Fingers as they are: hasty ones, trembling ones, a palm on the glass, a child at the corner."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from playwright.async_api import CDPSession, Page, expect

from sipas.postgres.pool import Connection
from tests.browser.terminal import answer, begin, drafts, enrol, settle, stored
from tests.cast import Town, fresh_code
from tests.serving import serving

Point = tuple[float, float]
PALM = (540.0, 300.0)  # on the question, where no button is


class Glass:
    """The touchscreen, several fingers at once."""

    def __init__(self, session: CDPSession) -> None:
        self.session = session

    async def touch(self, kind: str, *points: Point) -> None:
        marked = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        await self.session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": marked})

    async def tap(self, point: Point) -> None:
        await self.touch("Start", point)
        await self.touch("End")


@pytest.fixture
async def terminal(page: Page, dsn: str, conn: Connection, town: Town) -> AsyncIterator[Page]:
    async with serving(dsn) as address:
        await enrol(page, address, await fresh_code(conn, town))
        await begin(page)
        yield page


@pytest.fixture
async def glass(terminal: Page) -> Glass:
    return Glass(await terminal.context.new_cdp_session(terminal))


async def middle_of(page: Page, selector: str) -> Point:
    box = await page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def expect_question(page: Page, number: int) -> None:
    await expect(page.locator(".steps")).to_contain_text(f"{number} / 6")
    await expect(page.locator("#kiosk.fresh")).to_have_count(0)


async def test_taps_faster_than_a_person_can_read_do_not_answer_what_they_fall_on(
    terminal: Page, glass: Glass
) -> None:
    point = await middle_of(terminal, "#point-5")
    await expect_question(terminal, 1)
    await terminal.evaluate(
        """() => { globalThis.shown = []; new MutationObserver(() => shown.push(performance.now()))
            .observe(document.querySelector("#kiosk"), { childList: true }); }"""
    )
    for _ in range(40):
        await glass.tap(point)
    await expect(terminal.locator("#kiosk.fresh")).to_have_count(0)
    shown = await terminal.evaluate("shown")
    assert all(later - earlier > 300 for earlier, later in pairwise(shown))


async def test_a_press_that_began_before_the_screen_changed_does_not_answer_the_next_question(
    terminal: Page, glass: Glass
) -> None:
    point = await middle_of(terminal, "#point-5")
    await expect_question(terminal, 1)
    await glass.tap(point)
    await glass.touch("Start", point)
    await expect_question(terminal, 2)
    await glass.touch("End")
    await expect_question(terminal, 2)
    await glass.tap(point)
    await expect_question(terminal, 3)


async def test_a_press_that_slides_inside_its_button_counts_and_one_that_leaves_it_does_not(
    terminal: Page, glass: Glass
) -> None:
    x, y = await middle_of(terminal, "#point-4")
    for number, (dx, dy) in enumerate([(20, 0), (0, 20), (-40, -30)], start=1):
        await expect_question(terminal, number)
        await glass.touch("Start", (x, y))
        for step in (0.5, 1):
            await glass.touch("Move", (x + step * dx, y + step * dy))
        await glass.touch("End")
    await expect_question(terminal, 4)
    await glass.touch("Start", (x, y))
    await glass.touch("Move", (x, y + 400))
    await glass.touch("End")
    await terminal.wait_for_timeout(200)  # longer than an answer stays pressed
    await expect_question(terminal, 4)


async def test_a_palm_that_rests_on_the_glass_keeps_no_finger_from_answering(
    terminal: Page, glass: Glass
) -> None:
    finger = await middle_of(terminal, "#point-2")
    for number in range(1, 4):
        await expect_question(terminal, number)
        await glass.touch("Start", PALM)
        await glass.touch("Start", PALM, finger)
        await glass.touch("Move", (PALM[0], PALM[1] + 3 * number), finger)
        await glass.touch("End")  # the driver lifts all at once
    await expect_question(terminal, 4)


async def test_five_touches_of_the_corner_do_not_end_a_survey(
    terminal: Page, glass: Glass, conn: Connection
) -> None:
    await answer(terminal, [4, 4])
    await expect_question(terminal, 3)
    for _ in range(5):
        await glass.tap((30, 30))
    await expect(terminal.locator("#facts")).to_be_visible()
    assert len(await drafts(terminal)) == 1
    await terminal.click("#back")
    await answer(terminal, [4, 4, 4, 4], first=3)
    await expect(terminal.locator(".thanks")).to_be_visible()
    await settle(terminal)
    assert await stored(conn) == [(1, True)]
