"""POST /api/submissions as it comes over a connection: in pieces, in chunks, one request behind another."""

import socket
from asyncio import to_thread as in_thread

import httpx
import pytest

from tests.cast import Town, submission
from tests.routes.test_submissions import post
from tests.routes.wire import array, ids_of, read_answer, request


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


@pytest.mark.parametrize(("more", "version"), [("connection: close", "1.1"), ("accept: */*", "1.0")])
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
    assert (headers.get("connection", "close"), rest) == ("close", b"")


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


async def test_a_trailer_after_the_body_does_not_say_who_sends(
    known: httpx.AsyncClient, town: Town, connection: socket.socket
) -> None:
    body = array(submission())
    chunks = b"%x\r\n%b\r\n0\r\n" % (len(body), body)
    head = b"POST /api/submissions HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n"
    trailer = f"authorization: Bearer {town.token}\r\n\r\n".encode()

    def exchange() -> int:
        connection.sendall(head + chunks + trailer)
        with connection.makefile("rb") as stream:
            return read_answer(stream)[0]

    assert await in_thread(exchange) == 401


@pytest.mark.parametrize("head", [b"X: " + b"a" * 200_000, b"\r\n".join(b"X%d: a" % i for i in range(200))])
async def test_a_head_that_is_too_long_is_refused_and_the_connection_closed(
    known: httpx.AsyncClient, connection: socket.socket, head: bytes
) -> None:
    def exchange() -> tuple[int, bytes]:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: test\r\n" + head + b"\r\n\r\n")
        with connection.makefile("rb") as stream:
            return read_answer(stream)[0], stream.read()

    assert await in_thread(exchange) == (431, b"")
