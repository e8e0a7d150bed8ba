"""Answers leave whole, whatever their shape, one after another on a connection that stays."""

import socket
from asyncio import to_thread as in_thread
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

ASK = "{method} {path} HTTP/1.1\r\nhost: test\r\n{more}\r\n"


@pytest.fixture
def connection(address: str) -> Iterator[socket.socket]:
    asked = urlsplit(address)
    with socket.create_connection((asked.hostname, asked.port or 80), timeout=10) as connection:
        yield connection


def ask(connection: socket.socket, path: str, method: str = "GET", more: str = "") -> None:
    connection.sendall(ASK.format(method=method, path=path, more=more).encode())


def read_answer(connection: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of the next answer."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    (length,) = [line[16:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: ")]
    while len(body) < int(length):
        body += connection.recv(65536)
    assert len(body) == int(length)
    return head, body


async def test_head_and_body_come_in_one_piece(connection: socket.socket) -> None:
    await in_thread(ask, connection, "/healthz")
    received = await in_thread(connection.recv, 65536)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert body


async def test_one_connection_carries_answers_of_every_kind(connection: socket.socket) -> None:
    for path, status in [("/healthz", b"200"), ("/kiosk/", b"200"), ("/api/submissions", b"405")] * 2:
        await in_thread(ask, connection, path)
        head, body = await in_thread(read_answer, connection)
        assert head.split(b" ", 2)[1] == status
        assert body


async def test_an_answer_before_the_connection_closes_is_whole(connection: socket.socket) -> None:
    await in_thread(ask, connection, "/kiosk/", "GET", "connection: close\r\n")
    _, body = await in_thread(read_answer, connection)
    assert body.rstrip().endswith(b"</html>")
    assert await in_thread(connection.recv, 1) == b""
