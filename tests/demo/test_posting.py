"""Posting over a line: what is acknowledged, what is tried again, what is an error in one sentence."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from sipas.demo import posting
from sipas.demo.line import HttpReply, open_line
from sipas.demo.posting import KioskBatch, LinkAnswer, PosterAnswer, send_all
from sipas.errors import SipasError

BUSY = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n"


def ok(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


@asynccontextmanager
async def answering(replies: Sequence[bytes], heard: list[bytes]) -> AsyncIterator[str]:
    """A service that answers request after request with these bytes, then breaks off."""
    left = iter(replies)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.add(asyncio.current_task())
        while head := await reader.read(65536):
            heard.append(head)
            reply = next(left, None)
            if reply is None:
                break
            writer.write(reply)
        writer.close()

    served: set[asyncio.Task[None] | None] = set()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()
        await asyncio.gather(*filter(None, served))


def ignore(_: int) -> None:
    """Progress that is not shown."""


async def test_a_line_posts_one_request_after_the_other_on_one_connection() -> None:
    heard: list[bytes] = []
    async with answering([ok(b"one"), ok(b"hai")], heard) as address, open_line(address) as line:
        first = await line.post("/a", {"content-type": "text/plain"}, b"x")
        second = await line.post("/b", {}, b"")
    assert first == HttpReply(200, {"content-length": "3"}, b"one")
    assert second.body == b"hai"
    assert heard[0].startswith(b"POST /a HTTP/1.1\r\n")
    assert heard[0].endswith(b"content-length: 1\r\ncontent-type: text/plain\r\n\r\nx")


async def test_what_is_stored_or_was_stored_before_is_acknowledged_and_nothing_else() -> None:
    body = b'{"results": [{"status": "stored"}, {"status": "duplicate"}, {"status": "quarantined"}]}'
    counted: list[int] = []
    async with answering([ok(body)], []) as address:
        assert await send_all(address, [KioskBatch("t", [{}, {}, {}])], counted.append) == 2
    assert counted == [2]


async def test_a_poster_s_page_is_opened_for_the_form_that_is_sent() -> None:
    heard: list[bytes] = []
    page = ok(b'<input type="hidden" name="Form" value="signed=">')
    async with answering([page, ok(b"thanks")], heard) as address:
        assert await send_all(address, [PosterAnswer("ABC", "vi", {"overall": "5"})], ignore) == 1
    assert heard[0].startswith(b"GET /q/ABC?lang=vi ")
    assert heard[1].startswith(b"POST /q/ABC?lang=vi ")
    assert heard[1].endswith(b"\r\n\r\noverall=5&Form=signed%3D")


async def test_a_busy_service_is_asked_again() -> None:
    heard: list[bytes] = []
    async with answering([BUSY, BUSY, ok(b"thanks")], heard) as address:
        assert await send_all(address, [LinkAnswer("t", "vi", {"overall": "5"})], ignore) == 1
    assert len(heard) == 3
    assert heard[0] == heard[2]
    assert heard[0].startswith(b"POST /s/t?lang=vi ")
    assert heard[0].endswith(b"\r\n\r\noverall=5")


async def test_one_that_stays_busy_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "ATTEMPTS", 3)
    async with answering([BUSY] * 3, []) as address:
        with pytest.raises(SipasError, match="too busy for two minutes"):
            await send_all(address, [LinkAnswer("t", "vi", {})], ignore)


async def test_a_refusal_is_an_error_that_gives_the_reason_and_not_the_token() -> None:
    refusal = b"HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nused"
    async with answering([refusal], []) as address:
        with pytest.raises(SipasError, match=r"^POST /s… gave 404: used$"):
            await send_all(address, [LinkAnswer("secret", "vi", {})], ignore)


async def test_a_service_that_breaks_off_is_an_error_in_one_sentence() -> None:
    async with answering([], []) as address:
        with pytest.raises(SipasError, match="the service broke off"):
            await send_all(address, [LinkAnswer("t", "vi", {})], ignore)
