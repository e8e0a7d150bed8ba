"""The service itself, served from the test's own event loop on a free port."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from sipas.app import create_app
from sipas.http_server import embedded_server, reserve_port
from sipas.settings import Settings

SECRET = b"a secret that only the tests know"


def settings_for(dsn: str) -> Settings:
    return Settings(database_url=dsn, data_dir=Path("unused"), secret=SECRET, public_url="http://test")


@asynccontextmanager
async def serving(
    dsn: str, *, open_to_all: bool = False, simulated: Collection[str] = ()
) -> AsyncIterator[str]:
    """The server's address, once it answers."""
    app = create_app(settings_for(dsn), open_to_all=open_to_all, simulated=simulated)
    with reserve_port("127.0.0.1", 0) as reserved:
        async with embedded_server(app, reserved):
            yield f"http://127.0.0.1:{reserved.getsockname()[1]}"


def client_of(address: str, *, timeout: float = 30, **options: Any) -> httpx.AsyncClient:
    """Without the certificates of TLS, which nothing here speaks: to read them took each client 30 ms."""
    return httpx.AsyncClient(base_url=address, timeout=timeout, trust_env=False, verify=False, **options)
