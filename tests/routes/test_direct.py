"""Submissions that go from the connection into intake are answered as by the route."""

import asyncio
import socket
from asyncio import to_thread as in_thread
from contextlib import AsyncExitStack
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest

from sipas.postgres.pool import Connection
from sipas.routes import direct
from sipas.routes import submissions as route
from sipas.routes.direct import Direct
from sipas.survey.intake import Intake
from tests.cast import Town, submission
from tests.routes.test_submissions import post
from tests.routes.wire import accepts, array, ids_of, read_answer, request
from tests.serving import serving
from tests.waiting import until


async def test_only_the_first_submission_of_a_terminal_goes_by_the_route(
    kiosk_client: httpx.AsyncClient, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    by_the_route = route.post_submissions

    async def count_and_post(*arguments: Any) -> None:
        asked.append(arguments)
        await by_the_route(*arguments)

    monkeypatch.setattr(route, "post_submissions", count_and_post)
    for _ in range(3):
        (result,) = await post(kiosk_client, submission())
        assert result["status"] == "stored"
    assert len(asked) == 1
    assert await conn.fetchval("select count(*) from response") == 3


async def test_requests_that_do_not_wait_for_answers_are_answered_in_their_order(
    known: httpx.AsyncClient, town: Town, connection: socket.socket
) -> None:
    sent = [submission() for _ in range(9)]
    plain = [request(town, array(one)) for one in sent]
    others = [b"GET /healthz HTTP/1.1\r\nhost: test\r\n\r\n", request(town, b"[")]
    at_once = [*plain[:3], others[0], *plain[3:6], others[1], *plain[6:]]

    def exchange() -> list[tuple[int, bytes]]:
        connection.sendall(b"".join(at_once))
        with connection.makefile("rb") as stream:
            return [(status, body) for status, _, body in (read_answer(stream) for _ in at_once)]

    answers = await in_thread(exchange)
    assert [status for status, _ in answers] == [200] * 7 + [400] + [200] * 3
    told = [body for place, (_, body) in enumerate(answers) if place not in (3, 7)]
    assert [ids_of(body) for body in told] == [[one["id"]] for one in sent]


@pytest.mark.parametrize("piece", [1, 7, 300])
async def test_what_comes_in_pieces_is_stored(
    known: httpx.AsyncClient, town: Town, connection: socket.socket, piece: int
) -> None:
    sent = submission()
    whole = request(town, array(sent))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exchange() -> bytes:
        for start in range(0, len(whole), piece):
            connection.sendall(whole[start : start + piece])
        with connection.makefile("rb") as stream:
            return read_answer(stream)[2]

    assert ids_of(await in_thread(exchange)) == [sent["id"]]


async def test_a_body_in_chunks_is_stored(
    known: httpx.AsyncClient, town: Town, connection: socket.socket
) -> None:
    sent = submission()
    body = array(sent)
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:50], body[50:], b""))

    def exchange() -> bytes:
        connection.sendall(request(town, chunks, more="transfer-encoding: chunked", length=False))
        with connection.makefile("rb") as stream:
            return read_answer(stream)[2]

    assert ids_of(await in_thread(exchange)) == [sent["id"]]


async def test_as_many_and_as_long_as_allowed_are_stored(known: httpx.AsyncClient) -> None:
    sent = [submission(comment="Cán bộ rất nhiệt tình. " * 100) for _ in range(100)]
    assert [result["id"] for result in await post(known, *sent)] == [one["id"] for one in sent]


@pytest.mark.parametrize(
    ("more", "version"), [("connection: close", "1.1"), ("connection: keep-alive", "1.0")]
)
async def test_who_wants_or_knows_no_further_request_is_answered_and_the_connection_closed(
    known: httpx.AsyncClient, town: Town, connection: socket.socket, more: str, version: str
) -> None:
    sent = submission()

    def exchange() -> tuple[dict[str, str], bytes, bytes]:
        connection.sendall(request(town, array(sent), more=more, version=version))
        with connection.makefile("rb") as stream:
            _, headers, body = read_answer(stream)
            return headers, body, stream.read()

    headers, body, rest = await in_thread(exchange)
    assert ids_of(body) == [sent["id"]]
    assert (headers["connection"], rest) == ("close", b"")


async def test_who_asks_whether_to_go_on_is_told_before_the_body_is_sent(
    known: httpx.AsyncClient, town: Town, connection: socket.socket
) -> None:
    sent = submission()
    body = array(sent)

    def exchange() -> bytes:
        whole = request(town, body, more="expect: 100-continue")
        connection.sendall(whole.removesuffix(body))
        with connection.makefile("rb") as stream:
            assert read_answer(stream)[0] == 100
            connection.sendall(body)
            return read_answer(stream)[2]

    assert ids_of(await in_thread(exchange)) == [sent["id"]]


async def test_an_answer_says_as_much_as_the_routes(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    by_the_route, directly = [
        await kiosk_client.post("/api/submissions", json=[submission()]) for _ in range(2)
    ]
    assert directly.headers.keys() == by_the_route.headers.keys()
    assert directly.headers["content-type"] == by_the_route.headers["content-type"]


class Look(NamedTuple):
    """At a request whose head has come. unread: the answers before it."""

    protocol: Direct
    unread: bool
    plain: bool

    @property
    def answered(self) -> bool:
        return bool(self.protocol.cycle.response_complete)


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[Look]:
    seen = list[Look]()
    is_plain = Direct.is_plain

    def look(self: Direct) -> bool:
        seen.append(Look(self, self.flow.write_paused, is_plain(self)))
        return seen[-1].plain

    monkeypatch.setattr(Direct, "is_plain", look)
    return seen


async def until_answered(looked_at: list[Look], sent: int) -> None:
    """All of them, or the last waits until its sender reads."""

    def is_answered() -> bool:
        return len(looked_at) == sent and (looked_at[-1].unread or looked_at[-1].answered)

    await until(is_answered, "all are answered")


async def test_who_does_not_read_answers_is_not_read_either(
    known: httpx.AsyncClient, town: Town, connection: socket.socket, looked_at: list[Look]
) -> None:
    """One after the other, so that only the answers unread can make one not plain."""
    long = request(town, array(*({"id": "9" * 500} for _ in range(100))))
    sent = 0
    while not any(look.unread for look in looked_at):
        await in_thread(connection.sendall, long)
        sent += 1
        await until_answered(looked_at, sent)
    assert [look.plain for look in looked_at] == [True] * (len(looked_at) - 1) + [False]


async def test_a_connection_whose_service_ends_while_a_long_body_comes_is_closed_behind_its_answer(
    dsn: str, town: Town, looked_at: list[Look]
) -> None:
    sent = [submission(comment="Cán bộ rất nhiệt tình. " * 100) for _ in range(100)]
    whole = request(town, array(*sent))
    async with AsyncExitStack() as service:
        address = await service.enter_async_context(serving(dsn))
        asked = urlsplit(address)
        with socket.create_connection((asked.hostname, asked.port or 80), timeout=30) as connection:
            await in_thread(connection.sendall, whole[:1000])
            await until(lambda: bool(looked_at), "the head has come")
            ending = asyncio.create_task(service.aclose())
            await until(lambda: not accepts(address), "the service ends")

            def exchange() -> tuple[dict[str, str], bytes, bytes]:
                connection.sendall(whole[1000:])
                with connection.makefile("rb") as stream:
                    _, headers, body = read_answer(stream)
                    return headers, body, stream.read()

            headers, body, rest = await in_thread(exchange)
            await ending
    assert [look.plain for look in looked_at] == [True]
    assert ids_of(body) == [one["id"] for one in sent]
    assert (headers["connection"], rest) == ("close", b"")


async def test_what_fails_on_the_direct_way_alone_goes_by_the_route(
    known: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Intake, "offer", fail)
    assert [result["status"] for result in await post(known, submission())] == ["stored"]


async def test_what_fails_once_it_is_stored_is_said_and_logged(
    known: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    sent = submission()
    with monkeypatch.context() as broken:
        broken.setattr(direct, "encode_results", fail)
        answer = await known.post("/api/submissions", json=[sent])
    assert (answer.status_code, answer.json()["status"]) == (500, 500)
    assert caplog.messages == ["submissions failed for a reason that nobody foresaw"]
    assert [result["status"] for result in await post(known, sent)] == ["duplicate"]
