"""The line between terminals and the server, with everything that happens to one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

Fate = bytes | Literal["pass", "cut", "halve"]


def reply(status: str, media_type: str = "application/json", body: str = "{}", headers: str = "") -> bytes:
    """An answer that does not come from the server."""
    encoded = body.encode()
    head = f"HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {len(encoded)}\r\n{headers}"
    return f"{head}connection: close\r\n\r\n".encode() + encoded


PORTAL = reply("200 OK", "text/html", "<h1>Chào mừng đến với mạng WiFi</h1>")


@dataclass
class Line:
    """target: the server's port; None: the line is dead.

    fate: of a request, by its first words and its body.
    """

    port: int = 0
    target: int | None = None
    fate: Callable[[str, bytes], Fate] = lambda request, body: "pass"
    carrying: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def lead_to(self, address: str | None) -> None:
        self.target = urlsplit(address).port if address else None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection; a browser opens some for later, and those end with the line."""
        task = asyncio.current_task()
        assert task is not None
        self.carrying.add(task)
        with suppress(OSError, EOFError, asyncio.CancelledError):
            if self.target is not None:
                await self.carry(reader, writer)
        writer.close()
        self.carrying.discard(task)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        request = " ".join(head.decode("latin-1").split(" ", 2)[:2])
        body = await reader.readexactly(length_of(head))
        fate = self.fate(request, body)
        answer = fate if isinstance(fate, bytes) else await self.ask(head, body)
        if fate == "halve":
            answer = answer[: len(answer) - length_of(answer) // 2 - 1]
        if fate != "cut":
            writer.write(answer)
            await writer.drain()

    async def ask(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        first, _, rest = head.partition(b"\r\n")
        lines = [line for line in rest.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        try:
            writer.write(b"\r\n".join([first, b"connection: close", *lines]) + body)
            return await reader.read()
        finally:
            writer.close()


def length_of(message: bytes) -> int:
    for line in message.partition(b"\r\n\r\n")[0].lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


@asynccontextmanager
async def opened_line() -> AsyncIterator[Line]:
    line = Line()
    server = await asyncio.start_server(line.serve, "127.0.0.1")
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        for task in (hanging := list(line.carrying)):
            task.cancel()
        await asyncio.gather(*hanging)
        await server.wait_closed()
