"""The HTTP server, granian: its limits, and how to run it inside another process."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server
from litestar import Litestar

from sipas.errors import SipasError

_CONNECTIONS = 1_000  # for each worker; more wait in the kernel's queue
_CONNECTIONS_WAITING = 1_024  # to be accepted
_HEAD_BYTES = 64 * 1024  # of a request line and its headers; granian allows 100 headers
_HEAD_SECONDS = 20  # to receive a request's head; idle connections are closed after the same time
STOP_SECONDS = 5  # for running requests when the service stops
_POLL_SECONDS = 0.002

LIMITS: dict[str, Any] = {
    "interface": Interfaces.ASGI,
    "http": HTTPModes.http1,
    "websockets": False,
    "backlog": _CONNECTIONS_WAITING,
    "backpressure": _CONNECTIONS,
    "log_access": False,  # it would contain addresses and the tokens of links
}


def http1_limits(head_seconds: int = _HEAD_SECONDS) -> HTTP1Settings:
    return HTTP1Settings(header_read_timeout=head_seconds * 1000, max_buffer_size=_HEAD_BYTES)


def reserve_port(host: str, port: int) -> socket.socket:
    """Bind a port for a later server. Other processes cannot take it; connections are refused until then."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    socket.create_server((host, port), family=family).close()  # fails if another server listens
    reserved = socket.socket(family)
    try:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind((host, port))
    except OSError:
        reserved.close()
        raise
    return reserved


@asynccontextmanager
async def embedded_server(
    app: Litestar, reserved: socket.socket, *, head_seconds: int = _HEAD_SECONDS
) -> AsyncIterator[asyncio.Task[None]]:
    """Serve on this event loop until the block ends. The task ends earlier only if the server fails."""
    host, port = reserved.getsockname()[:2]
    server = Server(
        app,
        address=host,
        port=port,
        http1_settings=http1_limits(head_seconds),
        log_level=LogLevels.error,
        **LIMITS,
    )
    server.workers_kill_timeout = STOP_SECONDS
    work = asyncio.create_task(server.serve())
    try:
        await _wait_until_listening(work, host, port)
        yield work
    finally:
        server.stop()  # type: ignore[no-untyped-call]  # granian types none of it
        with suppress(TimeoutError):  # requests were still running
            await work


async def _wait_until_listening(work: asyncio.Task[None], host: str, port: int) -> None:
    while not work.done():
        with suppress(OSError):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return
        await asyncio.sleep(_POLL_SECONDS)
    raise SipasError("the service did not start; its log says why") from work.exception()
