"""Submissions that go from the connection into intake are answered as by the route, each by itself."""

import asyncio
import socket
import struct
from asyncio import to_thread as in_thread
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from sipas.postgres.pool import Connection, Pool, connect
from sipas.queries.kiosks import find_kiosk
from sipas.routes import direct
from sipas.routes import submissions as route
from sipas.routes.direct import Direct
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.intake import Intake
from sipas.survey.tokens import hash_token
from tests.cast import Town, submission
from tests.routes.test_submissions import post
from tests.serving import serving
from tests.waiting import until

WAITS = """select pid from pg_stat_activity
    where wait_event_type = 'Lock' and wait_event = 'transactionid' and datname = current_database()"""
HELD = """insert into response (id, round_id, unit_id, submitted_at, complete, channel, form, language,
    answers, digest) values ($1, 1, 1, now(), true, 'kiosk', 'kiosk', 'vi', '{}', '')"""


@pytest.fixture
async def known(kiosk_client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A terminal that has sent before: the first time it is looked up."""
    await post(kiosk_client, submission())
    return kiosk_client


@pytest.fixture
def connection(address: str) -> Iterator[socket.socket]:
    asked = urlsplit(address)
    with socket.create_connection((asked.hostname, asked.port or 80), timeout=30) as connection:
        yield connection


def request(town: Town, body: bytes, *, more: str = "", version: str = "1.1", length: bool = True) -> bytes:
    lines = [
        f"POST /api/submissions HTTP/{version}",
        "host: test",
        f"authorization: Bearer {town.token}",
        *([f"content-length: {len(body)}"] if length else []),
        *([more] if more else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def array(*submissions: dict[str, Any]) -> bytes:
    return msgspec.json.encode(submissions)


def read_answer(stream: Any) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the next answer. stream: what a socket's makefile gives."""
    status = int(stream.readline().split()[1])
    headers = dict[str, str]()
    while line := stream.readline().strip():
        name, _, value = line.decode().partition(": ")
        headers[name] = value
    return status, headers, stream.read(int(headers.get("content-length", 0)))


def ids_of(body: bytes) -> list[str]:
    results = msgspec.json.decode(body)["results"]
    assert {result["status"] for result in results} == {"stored"}
    return [result["id"] for result in results]


@asynccontextmanager
async def holding(dsn: str, submission_id: str) -> AsyncIterator[None]:
    """Who stores it waits until the end of this."""
    other = await connect(dsn)
    try:
        await other.execute("begin")
        await other.execute(HELD, submission_id)
        yield
    finally:
        await other.close()


async def until_it_waits(conn: Connection) -> int:
    pids: list[int] = []

    async def waits() -> bool:
        pids[:] = [row["pid"] for row in await conn.fetch(WAITS)]
        return bool(pids)

    await until(waits, "a writer waits for the held id")
    return pids[0]


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


async def test_who_hangs_up_is_stored_and_disturbs_nobody(
    known: httpx.AsyncClient, town: Town, connection: socket.socket, conn: Connection, dsn: str
) -> None:
    gone, stays = submission(), submission()
    async with holding(dsn, gone["id"]):
        await in_thread(connection.sendall, request(town, array(gone)))
        await until_it_waits(conn)
        connection.close()
        assert [result["status"] for result in await post(known, stays)] == ["stored"]

    async def is_stored() -> bool:
        return bool(await conn.fetchval("select true from response where id = $1", gone["id"]))

    await until(is_stored, "what was sent before hanging up is stored")


async def test_one_that_cannot_be_stored_yet_does_not_keep_others_waiting(
    known: httpx.AsyncClient, conn: Connection, dsn: str
) -> None:
    many, few = [submission() for _ in range(50)], submission()
    async with holding(dsn, many[7]["id"]):
        waiting = asyncio.create_task(post(known, *many))
        await until_it_waits(conn)
        assert [result["status"] for result in await post(known, few)] == ["stored"]
        assert not waiting.done()
    assert {result["status"] for result in await waiting} == {"stored"}


async def test_where_the_database_gives_up_the_terminal_is_told_to_send_again(
    known: httpx.AsyncClient, conn: Connection, dsn: str
) -> None:
    sent = submission()
    async with holding(dsn, sent["id"]):
        waiting = asyncio.create_task(known.post("/api/submissions", json=[sent]))
        await conn.execute("select pg_terminate_backend($1)", await until_it_waits(conn))
        answer = await waiting
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["detail"] == "the database does not store answers at the moment"
    assert [result["status"] for result in await post(known, sent)] == ["stored"]


async def test_a_service_that_ends_answers_what_it_has_taken(dsn: str, town: Town, conn: Connection) -> None:
    sent = submission()
    async with AsyncExitStack() as service:
        address = await service.enter_async_context(serving(dsn))
        headers = {"authorization": f"Bearer {town.token}"}
        async with httpx.AsyncClient(
            base_url=address, headers=headers, timeout=30, trust_env=False
        ) as client:
            await post(client, submission())
            async with holding(dsn, sent["id"]):
                waiting = asyncio.create_task(post(client, sent))
                await until_it_waits(conn)
                ending = asyncio.create_task(service.aclose())
                await until(lambda: not accepts(address), "the service ends")
            assert [result["status"] for result in await waiting] == ["stored"]
            await ending


def accepts(address: str) -> bool:
    asked = urlsplit(address)
    with socket.socket() as probe:
        return probe.connect_ex((asked.hostname or "", asked.port or 80)) == 0


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


async def test_who_hangs_up_before_a_long_answer_leaves_no_error(
    known: httpx.AsyncClient,
    town: Town,
    connection: socket.socket,
    conn: Connection,
    dsn: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = submission()
    async with holding(dsn, held["id"]):
        body = array(held, *({"id": f"{i:0500}"} for i in range(99)))
        await in_thread(connection.sendall, request(town, body))
        await until_it_waits(conn)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    async def is_kept() -> bool:
        return bool(await conn.fetchval("select count(*) = 99 from quarantine"))

    await until(is_kept, "all of it is kept")
    await post(known, submission())  # whatever there is to say of the one before has been said
    assert caplog.messages == []


async def test_what_waits_when_the_service_has_waited_long_enough_is_given_up(
    dsn: str, pool: Pool, town: Town, conn: Connection
) -> None:
    live = LiveCatalogue(pool)
    await live.refresh()
    async with pool.acquire() as one:
        kiosk = await find_kiosk(one, hash_token(town.token))
    assert kiosk is not None
    intake, sent = Intake(pool, live), [submission() for _ in range(2)]
    async with holding(dsn, sent[0]["id"]):
        writing = asyncio.create_task(intake.run())
        stored = intake.offer([msgspec.json.encode(sent[0])], kiosk)
        await until_it_waits(conn)
        queued = [intake.offer([msgspec.json.encode(sent[1])], kiosk)]
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    for answer in (stored, *queued):
        assert answer is not None
        assert answer.cancelled()
