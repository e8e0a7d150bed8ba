"""The service in a thread of this process, so that its clients and its owner may be in it too."""

import errno
import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import uvicorn
from litestar import Litestar

from sipas.errors import SipasError
from sipas.routes.direct import SERVED

TRIES = 100  # ports
IDLE = 75  # seconds that a connection may be silent: longer than its client keeps it
HANGING = 5  # seconds that requests get to end in when it stops


def listen(host: str, port: int) -> socket.socket:
    """On the port, or on the next one that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, min(port + TRIES, 65536)):
        try:
            return socket.create_server((host, candidate), family=family, backlog=2048)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise SipasError(f"cannot listen on {host}:{candidate}: {error.strerror}") from error
    raise SipasError(f"ports {port} to {candidate} of {host} are taken; choose another --port")


def address_of(listening: socket.socket) -> str:
    """Where this machine reaches it."""
    host, port = listening.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "127.0.0.1" if listening.family == socket.AF_INET else "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_private(listening: socket.socket, public_url: str) -> bool:
    """Whether nobody but this machine reaches it, not even through a web server that stands before it."""
    return is_loopback(listening.getsockname()[0]) and is_loopback(urlsplit(public_url).hostname or "")


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def serving(app: Litestar, listening: socket.socket) -> Iterator[threading.Event]:
    """The event comes before its time only where the service fails.

    Waiting for it may be interrupted. An interrupted join takes the thread for dead (Python before 3.13).
    """
    config = uvicorn.Config(
        app,
        loop="uvloop",
        **SERVED,
        lifespan="on",
        log_level="warning",
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=HANGING,
    )
    server, ended = uvicorn.Server(config), threading.Event()

    def run() -> None:
        try:
            server.run(sockets=[listening])
        finally:
            ended.set()

    threading.Thread(target=run, name="service").start()
    try:
        while not server.started:
            if ended.wait(0.01):
                raise SipasError("the service did not start; what it logged says why")
        yield ended
    finally:
        server.should_exit = True
        ended.wait()
