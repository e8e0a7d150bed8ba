"""Requests and answers as they stand on a connection."""

import socket
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tests.cast import Town


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


def accepts(address: str) -> bool:
    asked = urlsplit(address)
    with socket.socket() as probe:
        return probe.connect_ex((asked.hostname or "", asked.port or 80)) == 0
