"""A relay before the service that counts what passes: all of it, a service worker's requests too."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.service import free_port

CHUNK = 1 << 16
REQUEST = re.compile(rb"^(GET|POST) \S+ HTTP/1\.1\r$", re.MULTILINE)
FAREWELL = 5  # seconds


@dataclass
class Relay:
    """Requests, and bytes in both directions, headers included."""

    port: int
    requests: int = 0
    carried: int = 0

    def reset(self) -> None:
        self.requests = self.carried = 0


@contextmanager
def relaying(upstream: int) -> Iterator[Relay]:
    """In a thread of its own."""
    relay, loop = Relay(free_port()), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(listen(relay, upstream), loop).result()
    try:
        yield relay
    finally:
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(FAREWELL)


async def listen(relay: Relay, upstream: int) -> asyncio.Server:
    async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", upstream)
        await asyncio.gather(carry(reader, back, relay), carry(there, writer, relay), return_exceptions=True)

    return await asyncio.start_server(joined, "127.0.0.1", relay.port)


async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter, relay: Relay) -> None:
    """One direction, until its sender ends it."""
    try:
        while chunk := await source.read(CHUNK):
            relay.carried += len(chunk)
            relay.requests += len(REQUEST.findall(chunk))
            target.write(chunk)
            await target.drain()
    finally:
        target.close()
