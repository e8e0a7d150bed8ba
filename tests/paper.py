"""Paper forms of `sipas-2026`, and people who type them."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx

from sipas.instruments import find_shipped
from sipas.postgres.pool import Connection
from sipas.survey.access.people import add_person
from sipas.survey.catalogue import local_day
from tests.cast import HOAN_KIEM
from tests.serving import client_of

PASSWORD = "bồ câu gặm khoai tây"
FIELD = re.compile(r'<(?:input|textarea|select) id="([^"]+)" name="(?P<name>[^"]+)"')
VALUE = re.compile(r'<input id="[^"]+" name="(?P<name>[^"]+)" value="(?P<value>[^"]*)"')
_ROUND = """
    with published as (
        insert into instrument (code, version, source) values ('sipas-2026', 1, $1) returning id
    )
    insert into round (code, instrument_id, strata, index_code, opens_at)
    select 'households', id, '{unit}', 'tree', now() - interval '20 days' from published"""


async def open_paper_round(conn: Connection, source: str | None = None) -> None:
    """source: of another instrument than `sipas-2026`."""
    shipped = find_shipped("sipas-2026")
    assert shipped is not None
    await conn.execute(_ROUND, source or shipped.read_text(encoding="utf-8"))


@asynccontextmanager
async def signed_in(address: str, conn: Connection, name: str) -> AsyncIterator[httpx.AsyncClient]:
    """A person of the office who has signed in."""
    if not await conn.fetchval("select true from person where name = $1", name):
        await add_person(conn, name, PASSWORD)
    async with client_of(address) as client:
        answer = await client.post("/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303
        yield client


async def begin(client: httpx.AsyncClient, number: str = "17", **head: str) -> httpx.Response:
    """Start a form, and open the page on which it is typed, or what else follows."""
    fields = {"round": "households", "number": number, "head:unit": HOAN_KIEM, "head:day": today()}
    answer = await client.post("/paper", data=fields | {"head:language": "vi"} | head)
    return await client.get(answer.headers["location"]) if answer.status_code == 303 else answer


def today() -> str:
    day = local_day(datetime.now(UTC))
    return f"{day:%d/%m/%Y}"


def filled(page: httpx.Response, **changes: str) -> dict[str, str]:
    """Return the fields of the page, a 2 in each question but those changed."""
    fields = {match["name"]: "2" for match in FIELD.finditer(page.text)}
    kept = {match["name"]: unescape(match["value"]) for match in VALUE.finditer(page.text)}
    head = {name: kept.get(name) or "vi" for name in fields if name.startswith("head:")}
    texts = dict.fromkeys(("comment_open", "interviewer", "place", "day"), ".")
    known = {name: value for name, value in texts.items() if name in fields}
    return {**fields, **known, **head, **changes}


async def type_form(
    client: httpx.AsyncClient, number: str = "17", **changes: str
) -> tuple[httpx.Response, str]:
    """Type a form to its end; return the answer and the path of the form."""
    page = await begin(client, number)
    path = str(page.url.path)
    return await client.post(path, data=filled(page, **changes)), path


def led_to(answer: httpx.Response) -> dict[str, str]:
    """Return the parameters of the address that the answer leads to."""
    assert answer.status_code == 303, answer.text
    asked: Mapping[str, list[str]] = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in asked.items()}
