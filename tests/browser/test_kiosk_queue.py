"""Nothing lost and nothing twice, whatever the network does between the terminal and the server."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, Route, expect

from sipas.postgres.pool import Connection
from tests.browser.terminal import answer, begin, enrol, settle, stored, waiting, whole_survey
from tests.cast import Town, fresh_code
from tests.serving import serving

SUBMISSIONS = "**/api/submissions"
ASK_FOR_CONFIG = """async () => {
    const headers = {authorization: `Bearer ${localStorage.getItem("sipas.token")}`};
    if (!(await fetch("/api/kiosk/config", {headers})).ok) throw new Error("no configuration");
}"""


@pytest.fixture
async def terminal(page: Page, dsn: str, conn: Connection, town: Town) -> AsyncIterator[Page]:
    """A terminal in Hoàn Kiếm, enrolled with a service of its own, waiting for a citizen."""
    async with serving(dsn) as address:
        await enrol(page, address, await fresh_code(conn, town))
        yield page


async def test_answers_given_without_a_network_are_sent_once_it_is_back(
    terminal: Page, conn: Connection
) -> None:
    await terminal.context.set_offline(True)
    for _ in range(3):
        await whole_survey(terminal)
        await terminal.click("#again")
    assert await waiting(terminal) == 3
    assert await stored(conn) == []
    await terminal.context.set_offline(False)
    await settle(terminal)
    assert await stored(conn) == [(1, True), (2, True), (3, True)]


async def test_an_answer_whose_reply_was_lost_is_stored_once(terminal: Page, conn: Connection) -> None:
    async def lose_the_reply(route: Route) -> None:
        await route.fetch()
        await route.abort("connectionreset")

    await terminal.route(SUBMISSIONS, lose_the_reply, times=1)
    await whole_survey(terminal)
    await settle(terminal)
    assert await stored(conn) == [(1, True)]


async def test_an_answer_stays_until_the_server_accounts_for_it(terminal: Page, conn: Connection) -> None:
    replies = [
        (200, "text/html", "<h1>Chào mừng đến với mạng WiFi</h1>"),
        (200, "application/json", '{"results": []}'),
        (200, "application/json", '{"results": [{"id": '),
        (503, "application/problem+json", "{}"),
        (401, "application/problem+json", "{}"),
    ]
    for status, media_type, body in replies:
        await reply_always(terminal, status, media_type, body)
        async with terminal.expect_response(SUBMISSIONS):
            await whole_survey(terminal)
        await terminal.click("#again")
        assert await waiting(terminal) == 1
        await terminal.unroute(SUBMISSIONS)
        await terminal.evaluate("dispatchEvent(new Event('online'))")
        await settle(terminal)
    assert await stored(conn) == [(i, True) for i in range(1, len(replies) + 1)]


async def reply_always(page: Page, status: int, media_type: str, body: str) -> None:
    async def reply(route: Route) -> None:
        await route.fulfill(status=status, content_type=media_type, body=body)

    await page.route(SUBMISSIONS, reply)


async def test_what_the_server_quarantines_leaves_the_queue(terminal: Page, conn: Connection) -> None:
    await conn.execute("update round set closes_at = now() - interval '1 day'")
    await terminal.evaluate(ASK_FOR_CONFIG)  # for which the server looks for changes of its catalogue
    await whole_survey(terminal)
    await settle(terminal)
    assert await stored(conn) == []
    assert await conn.fetchval("select count(*) from quarantine") == 1


async def test_who_walks_away_leaves_a_partial_response_and_a_fresh_screen(
    terminal: Page, conn: Connection
) -> None:
    await terminal.clock.install()
    await terminal.reload()
    await begin(terminal)
    await answer(terminal, [4, 2])
    await expect(terminal.locator(".steps")).to_contain_text("3 / 6")
    await terminal.clock.fast_forward(21_000)
    await expect(terminal.get_by_role("alertdialog")).to_contain_text("Ông/Bà còn ở đây không?")
    await terminal.clock.fast_forward(10_000)
    await expect(terminal.locator("#begin-vi")).to_be_visible()
    await settle(terminal)
    assert await stored(conn) == [(1, False)]
    answers = await conn.fetchval("select answers from response")
    assert sorted(answers, reverse=True)[:6] == [4, 2, -1, -1, -1, -1]
    await begin(terminal)
    assert await terminal.locator('[aria-pressed="true"]').count() == 0


async def test_who_answers_nothing_leaves_nothing(terminal: Page, conn: Connection) -> None:
    await begin(terminal)
    for number in range(1, 7):
        await expect(terminal.locator(".steps")).to_contain_text(f"{number} / 6")
        await terminal.click("#skip")
    await expect(terminal.locator(".thanks")).to_be_visible()
    assert await waiting(terminal) == 0
    assert await stored(conn) == []


async def test_two_tabs_send_each_answer_once(terminal: Page, conn: Connection) -> None:
    second = await terminal.context.new_page()
    await second.goto(terminal.url)
    await expect(second.locator("#begin-vi")).to_be_visible()
    for page in (terminal, second):
        await page.bring_to_front()
        await whole_survey(page)
    await settle(second)
    assert await stored(conn) == [(1, True), (2, True)]
