"""A questionnaire of all kinds behind a link: page by page, resumed elsewhere, without script."""

import re
from html import unescape

import httpx
import pytest

from sipas.messages import text
from sipas.postgres.pool import Connection
from tests.cast import Town
from tests.long_form import open_long_form
from tests.mixed import mix_everything

FIELD = re.compile(r'<(?:input|textarea)[^>]*? name="(?P<name>[^"]+)"[^>]*>')
VALUE, KIND = re.compile(r' value="([^"]*)"'), re.compile(r' type="([^"]+)"')
PART = re.compile(r'<progress id="Part" max="(\d+)" value="(\d+)">')


@pytest.fixture
async def path(conn: Connection, town: Town) -> str:
    return await open_long_form(conn, town)


def filled(page: httpx.Response, *, without: str = "") -> dict[str, str]:
    """Return the fields of the page with an answer to each question but those without."""
    fields: dict[str, str] = {}
    for match in FIELD.finditer(page.text):
        tag, name = match[0], match["name"]
        kind, value = KIND.search(tag), VALUE.search(tag)
        if name == without:
            continue
        if kind is None:
            fields[name] = "Đường ngõ tối" if tag.startswith("<textarea") else "3"
        elif kind[1] == "hidden" or name not in fields:
            fields[name] = unescape(value[1]) if value else ""
    return fields


def part(page: httpx.Response) -> int:
    found = PART.search(page.text)
    return int(found[2]) if found else 0


async def go_through(client: httpx.AsyncClient, path: str, page: httpx.Response) -> list[int]:
    """Answer page after page; return the parts that were shown."""
    parts = []
    while part(page):
        parts.append(part(page))
        page = await client.post(path, data=filled(page), follow_redirects=True)
        assert page.status_code == 200
    assert "Xin cảm ơn" in page.text or "Thank you" in page.text
    return parts


async def test_the_long_form_is_answered_page_by_page_and_resumed_on_another_device(
    client: httpx.AsyncClient, conn: Connection, path: str
) -> None:
    page = await client.get(path)
    assert len(page.content) < 40_000
    assert 'name="sex"' in page.text
    assert 'name="access1"' not in page.text
    for _ in range(4):
        page = await client.post(path, data=filled(page), follow_redirects=True)
    assert part(page) == 5
    back = await client.post(path, data={**filled(page), "Back": "1"}, follow_redirects=True)
    assert part(back) == 4
    assert " checked" in back.text
    resumed = await client.get(f"{path}?lang=en")
    assert part(resumed) == 6  # the fifth was kept on the way back
    assert await go_through(client, path, resumed) == list(range(6, 17))
    assert await mix_everything(conn) == 1
    row = await conn.fetchrow("select complete, answers, texts from response")
    assert row is not None
    assert row["complete"]
    assert -1 not in row["answers"]
    assert -3 not in row["answers"]
    assert row["texts"] == {"comment_open": "Đường ngõ tối"}


async def test_required_questions_are_named_once_and_can_be_left_out(
    client: httpx.AsyncClient, conn: Connection, path: str
) -> None:
    page = await client.get(path)
    refused = await client.post(path, data=filled(page, without="age"), follow_redirects=True)
    assert refused.status_code == 422
    assert part(refused) == 1
    assert '<a href="#age">' in refused.text
    assert refused.text.count(' class="wrong"') == 1
    assert text("vi", "errors.may_skip") not in page.text
    page = await client.post(path, data={**filled(page, without="age"), "Pass": "1"}, follow_redirects=True)
    assert part(page) == 2
    await go_through(client, path, page)
    assert await mix_everything(conn) == 1
    assert not await conn.fetchval("select complete from response")


async def test_the_way_past_required_questions_is_told_once_a_page(
    client: httpx.AsyncClient, path: str
) -> None:
    page = await client.get(path)
    answers = filled(page)
    refused = await client.post(
        path, data={"Form": answers["Form"], "Page": answers["Page"]}, follow_redirects=True
    )
    assert refused.status_code == 422
    assert refused.text.count(' class="wrong"') > 1
    assert refused.text.count(text("vi", "errors.may_skip")) == 1


async def test_what_an_item_does_not_have_is_refused_beside_it(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    wrong = await client.post(path, data={**filled(page), "sex": "X"}, follow_redirects=True)
    assert wrong.status_code == 422
    assert '<a href="#sex">' in wrong.text
    assert part(wrong) == 1


async def test_the_longer_form_is_there_on_request_and_takes_along_what_was_answered(
    client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    path = await open_long_form(conn, town, short=True)
    short = await client.get(path)
    assert 'name="ethnicity"' not in short.text
    longer = await client.post(
        path, data={"sex": "M", "age": "over-60", "Page": "0", "Longer": "1"}, follow_redirects=True
    )
    assert 'name="ethnicity"' in longer.text
    assert longer.text.count(" checked") == 2
    assert "Longer" not in longer.text
    again = await client.get(path)
    assert 'name="ethnicity"' in again.text
    assert await go_through(client, path, again) == list(range(1, 17))
    assert await mix_everything(conn) == 1
    assert await conn.fetchval("select form from response") == "full"


async def test_a_draft_that_arrives_late_takes_no_answer_away(
    client: httpx.AsyncClient, conn: Connection, path: str
) -> None:
    page = await client.post(path, data=filled(await client.get(path)), follow_redirects=True)
    late = await client.post(path, data={"sex": "M", "Page": "0", "Draft": "1"}, follow_redirects=True)
    assert late.status_code == 204
    await go_through(client, path, page)
    assert await mix_everything(conn) == 1
    assert await conn.fetchval("select complete from response")
