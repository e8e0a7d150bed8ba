"""Head and body of an answer leave in one write: each write is a system call, and dear beside all else."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGE = 16 * 1024  # bytes


class OneWrite(HttpToolsProtocol):
    """uvicorn's own, on a transport that gathers."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, Gathering(transport, self.loop)))


class Gathering:
    """What is written in one turn of the loop is written at its end. In all else it is the transport."""

    def __init__(self, transport: asyncio.BaseTransport, loop: asyncio.AbstractEventLoop) -> None:
        self.transport, self.loop = cast(asyncio.Transport, transport), loop
        self.gathered: list[bytes] = []
        self.is_closing = self.transport.is_closing  # asked for with every request: quicker than __getattr__

    def write(self, part: bytes) -> None:
        if len(part) > LARGE:  # not worth a copy, and the transport is to say when the reader is slow
            self.flush()
            self.transport.write(part)
            return
        if not self.gathered:
            self.loop.call_soon(self.flush)
        self.gathered.append(part)

    def flush(self) -> None:
        if self.gathered and not self.transport.is_closing():
            self.transport.write(b"".join(self.gathered))
        self.gathered.clear()

    def close(self) -> None:
        self.flush()
        self.transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)
