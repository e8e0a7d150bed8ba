"""Rules for every route: HEAD, headers, and impossible requests."""

import asyncio
import socket
from asyncio import to_thread as in_thread
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler

from sipas.app import ROUTES, create_app
from sipas.http_server import embedded_server, reserve_port
from sipas.postgres.pool import Connection
from sipas.routes import requests
from sipas.settings import Settings
from sipas.survey.links.posters import create_poster
from tests.cast import Town
from tests.routes.wire import read_answer
from tests.serving import SECRET

DEEP = b"[" * 100_000
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/kiosk/", "/static/base.css", "/login", "/kiosk/shell.js"]
)
async def test_head_answers_as_get_without_a_body(client: httpx.AsyncClient, path: str) -> None:
    got, asked = await client.get(path), await client.head(path)
    assert (asked.status_code, asked.content) == (200, b"")
    assert got.content
    assert asked.headers["content-type"] == got.headers["content-type"]


def test_every_route_that_answers_get_answers_head() -> None:
    create_app(Settings("postgresql://unused", Path("unused"), SECRET, "http://test"))
    methods = [route.http_methods for route in ROUTES if isinstance(route, HTTPRouteHandler)]
    assert methods
    assert [one for one in methods if "GET" in one and "HEAD" not in one] == []


@pytest.mark.parametrize(
    ("method", "path", "content", "headers"),
    [
        ("GET", "/kiosk/%00", b"", {}),
        ("GET", "/static/a%00b", b"", {}),
        ("GET", f"/kiosk/{'a' * 5000}", b"", {}),
        ("GET", "/static/%ed%a0%80", b"", {}),
        ("GET", "/static/../app.py", b"", {}),
        ("GET", "/static/%2e%2e%2fapp.py", b"", {}),
        ("GET", "/s/%00%ff%fe", b"", {}),
        ("GET", "/q/%00", b"", {}),
        ("GET", f"/s/{'a' * 5000}", b"", {}),
        ("GET", "/charts/%00.svg?round=%00", b"", {}),
        ("GET", "/login?lang=%00&next=%zz", b"", {"cookie": 'sipas_session="\\777; =; ;;,\\x00=\xff'}),
        ("POST", "/api/kiosk/enrol", DEEP, JSON),
        ("POST", "/api/kiosk/enrol", b'{"code": "\xff\xfe"}', JSON),
        ("POST", "/api/kiosk/enrol", b'{"code": "\\ud800"}', JSON),
        ("POST", "/api/kiosk/enrol", b'{"code": "a\\u0000"}', JSON),
        ("POST", "/api/kiosk/heartbeat", DEEP, JSON),
        ("POST", "/api/transactions", DEEP, JSON),
        ("POST", "/api/submissions", DEEP, JSON),
        ("POST", "/login", b"name=%00&password=%ff", {"content-type": "application/x-www-form-urlencoded"}),
        (
            "POST",
            "/login",
            b"name=a&password=b",
            {"content-type": "application/x-www-form-urlencoded; charset=x"},
        ),
        ("POST", "/login", b"name", {"content-type": "multipart/form-data"}),
        ("POST", "/login", DEEP, JSON),
        ("POST", "/logout", b"", {"cookie": "sipas_session=\xff\xfe"}),
        ("GET", "/", b"", {"accept": "text/html;q=x,*/*;;;", "authorization": "Bearer \xff"}),
    ],
)
async def test_impossible_requests_are_refused_and_never_a_500(
    client: httpx.AsyncClient, method: str, path: str, content: bytes, headers: dict[str, str]
) -> None:
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    answer = await client.request(method, path, content=content, headers=encoded)
    assert answer.status_code < 500, answer.text
    assert answer.headers["content-type"].split(";")[0] in (
        "application/problem+json",
        "text/html",
        "text/plain",
    )


@pytest.mark.parametrize("part", [b"; charset=nope", b"; charset=utf-16", b"; charset=ascii"])
async def test_a_form_in_a_charset_that_cannot_be_read_is_refused(
    client: httpx.AsyncClient, conn: Connection, town: Town, part: bytes
) -> None:
    poster = await create_poster(conn, town.catalogue, "00070", datetime.now(UTC), "http://test")
    body = (
        b'--x\r\nContent-Disposition: form-data; name="overall"\r\nContent-Type: text/plain'
        + part
        + b"\r\n\r\n\xff\xfe\xfa\r\n--x--\r\n"
    )
    kind = {"content-type": "multipart/form-data; boundary=x"}
    answer = await client.post(f"/q/{poster.code}", content=body, headers=kind)
    assert answer.status_code == 400, answer.text
    assert "UTF-8" in answer.json()["detail"]


async def test_a_body_that_never_ends_is_given_up(
    client: httpx.AsyncClient, connection: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "BODY_READ_SECONDS", 0.2)

    def exchange() -> int:
        connection.sendall(
            b"POST /api/kiosk/enrol HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n"
            b"content-length: 100\r\n\r\n{"
        )
        with connection.makefile("rb") as stream:
            return read_answer(stream)[0]

    assert await in_thread(exchange) == 408


@pytest.mark.parametrize(
    "path", ["/healthz", "/api/indices", "/static/base.css", "/kiosk/kiosk.js", "/login", "/no"]
)
async def test_every_response_tells_browsers_to_guess_embed_and_load_nothing(
    client: httpx.AsyncClient, path: str
) -> None:
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "strict-transport-security" not in headers  # the address of the tests is http


@pytest.fixture
async def public(dsn: str, town: Town) -> AsyncIterator[httpx.AsyncClient]:
    """The service as it stands behind https://sipas.test."""
    app = create_app(Settings(dsn, Path("unused"), SECRET, "https://sipas.test"))
    with reserve_port("127.0.0.1", 0) as reserved:
        async with embedded_server(app, reserved):
            address = f"http://127.0.0.1:{reserved.getsockname()[1]}"
            async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
                yield client


async def test_behind_https_browsers_are_told_to_stay_there(public: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/static/base.css", "/login"):
        assert (await public.get(path)).headers["strict-transport-security"] == "max-age=31536000"
    refused = await public.post("/api/submissions", json=[])
    assert refused.headers["strict-transport-security"] == "max-age=31536000"


FOREIGN = [
    {"origin": "https://evil.test"},
    {"origin": "null"},
    {"origin": "https://sipas.test", "sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://sipas.test.evil.test"},
]
OWN: list[dict[str, str]] = [
    {},
    {"origin": "https://sipas.test"},
    {"origin": "null", "sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
]


@pytest.mark.parametrize("path", ["/login", "/logout"])
async def test_a_form_of_another_site_neither_signs_in_nor_out(public: httpx.AsyncClient, path: str) -> None:
    form = {"name": "lan", "password": "x"}
    refused = [(await public.post(path, data=form, headers=headers)).status_code for headers in FOREIGN]
    assert refused == [403] * len(FOREIGN)
    taken = [(await public.post(path, data=form, headers=headers)).status_code for headers in OWN]
    assert set(taken) <= {303, 401}


async def test_many_idle_connections_do_not_block_others(client: httpx.AsyncClient, address: str) -> None:
    asked = urlsplit(address)
    idle = [await asyncio.open_connection(asked.hostname, asked.port) for _ in range(200)]
    assert (await client.get("/healthz")).status_code == 200
    for _, writer in idle:
        writer.close()
