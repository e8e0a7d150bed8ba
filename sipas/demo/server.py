"""The service in a thread of this process, so that its clients and its owner may be in it too."""

import asyncio
import errno
import ipaddress
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

import uvloop
from litestar import Litestar

from sipas.errors import SipasError
from sipas.http_server import embedded_server, reserve_port

_STOPS = (signal.SIGINT, signal.SIGTERM)
_PORTS_TRIED = 100  # ports
_IDLE_CONNECTION_S = 60  # seconds that a connection may be silent: longer than its client keeps it


def listen(host: str, port: int) -> socket.socket:
    """Reserve the port, or the next one that is free."""
    for candidate in range(port, min(port + _PORTS_TRIED, 65536)):
        try:
            return reserve_port(host, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise SipasError(f"cannot listen on {host}:{candidate}: {error.strerror}") from error
    raise SipasError(f"ports {port} to {candidate} of {host} are taken; choose another --port")


def address_of(listening: socket.socket) -> str:
    """Return the address at which this machine reaches the service."""
    host, port = listening.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "127.0.0.1" if listening.family == socket.AF_INET else "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_private(listening: socket.socket, public_url: str) -> bool:
    """Say whether this machine alone reaches the service, and no web server stands before it."""
    return _is_loopback(listening.getsockname()[0]) and _is_loopback(urlsplit(public_url).hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def serving(app: Litestar, listening: socket.socket) -> Iterator[threading.Event]:
    """Serve until the block ends. The event comes earlier only where the service fails.

    Waiting for it may be interrupted. An interrupted join takes the thread for dead (Python before 3.13).
    """
    service = _Service(app, listening)
    threading.Thread(target=service.run, name="service").start()
    try:
        service.started.wait()
        if service.failure is not None:
            raise SipasError("the service did not start; what it logged says why") from service.failure
        yield service.ended
    finally:
        service.stop()
        service.ended.wait()


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM stops as Ctrl-C does, and an impatient second one does not cut the stopping short."""
    before = {stop: signal.signal(stop, _interrupt) for stop in _STOPS}
    try:
        yield
    finally:
        for stop, handler in before.items():
            signal.signal(stop, handler)


def _interrupt(_: int, __: FrameType | None) -> NoReturn:
    for stop in _STOPS:
        signal.signal(stop, signal.SIG_IGN)
    raise KeyboardInterrupt


class _Service:
    """started: it answers, or has failed to start."""

    def __init__(self, app: Litestar, listening: socket.socket) -> None:
        self.app, self.listening = app, listening
        self.started, self.ended = threading.Event(), threading.Event()
        self.failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    def run(self) -> None:
        try:
            uvloop.run(self._serve())
        except Exception as error:
            self.failure = error
        finally:
            self.started.set()
            self.ended.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with embedded_server(self.app, self.listening, head_seconds=_IDLE_CONNECTION_S) as work:
            self.started.set()
            stopping = asyncio.ensure_future(self._stopping.wait())
            await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()

    def stop(self) -> None:
        if self._loop is not None and not self.ended.is_set():
            self._loop.call_soon_threadsafe(self._stopping.set)
