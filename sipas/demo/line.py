"""A line to the service: one kept connection, one request after the other.

As much of HTTP/1.1 as that takes: a full client spends more on a request than the service on its answer.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from sipas.errors import SipasError

_ANSWER_WITHIN_S = 120  # seconds for an answer


class HttpReply(NamedTuple):
    """headers: by their names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class HttpLine:
    def __init__(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.host, self.reader, self.writer = host, reader, writer

    async def get(self, path: str) -> HttpReply:
        return await self._send("GET", path, {}, b"")

    async def post(self, path: str, headers: dict[str, str], body: bytes) -> HttpReply:
        return await self._send("POST", path, headers, body)

    async def _send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> HttpReply:
        lines = {"host": self.host, "content-length": str(len(body)), **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        try:
            self.writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body)
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                return await self.read()
        except (OSError, EOFError, TimeoutError) as error:
            raise SipasError(f"the service broke off: {error or type(error).__name__}") from error

    async def read(self) -> HttpReply:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await self.reader.readexactly(int(headers["content-length"]))
        return HttpReply(int(first.split()[1]), headers, body)


@asynccontextmanager
async def open_line(address: str) -> AsyncIterator[HttpLine]:
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        yield HttpLine(parts.netloc, reader, writer)
    finally:
        writer.close()
        with suppress(OSError):  # the other end was quicker
            await writer.wait_closed()
