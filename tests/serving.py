"""The service itself, served from the test's own event loop on a free port."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar

from sipas.app import create_app
from sipas.http_server import embedded_server, reserve_port
from sipas.routes import kiosk_shell
from sipas.settings import Settings

IDLE_APPS: defaultdict[tuple[object, ...], list[Litestar]] = defaultdict(list)
SECRET = b"a secret that only the tests know"


def settings_for(dsn: str) -> Settings:
    return Settings(database_url=dsn, data_dir=Path("unused"), secret=SECRET, public_url="http://test")


@asynccontextmanager
async def serving(
    dsn: str, *, open_to_all: bool = False, simulated: Collection[str] = ()
) -> AsyncIterator[str]:
    """The server's address, once it answers."""
    with made_app(open_to_all=open_to_all, simulated=simulated) as app, reserve_port("127.0.0.1", 0) as port:
        app.state.update({"settings": settings_for(dsn)})
        async with embedded_server(app, port):
            yield f"http://127.0.0.1:{port.getsockname()[1]}"


@contextmanager
def made_app(*, open_to_all: bool, simulated: Collection[str]) -> Iterator[Litestar]:
    """An application for this test alone. Its routes took 40 ms to register, so a later test takes it over.

    Its state is made anew each time it starts.
    """
    kind = (open_to_all, tuple(simulated), kiosk_shell.KIOSK_FOLDER)  # routes keep the folder
    app = IDLE_APPS[kind].pop() if IDLE_APPS[kind] else None
    app = app or create_app(settings_for("unused"), open_to_all=open_to_all, simulated=simulated)
    kept = app.state.dict()
    yield app
    app.state.clear()
    app.state.update(kept)
    IDLE_APPS[kind].append(app)


def client_of(address: str, *, timeout: float = 30, **options: Any) -> httpx.AsyncClient:
    """Without the certificates of TLS, which nothing here speaks: to read them took each client 30 ms."""
    return httpx.AsyncClient(base_url=address, timeout=timeout, trust_env=False, verify=False, **options)
