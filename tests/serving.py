"""The service itself, served from the test's own event loop on a free port."""

import asyncio
import socket
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn

from sipas.app import create_app
from sipas.routes.direct import SERVED
from sipas.settings import Settings

SECRET = b"a secret that only the tests know"


def settings_for(dsn: str) -> Settings:
    return Settings(database_url=dsn, data_dir=Path("unused"), secret=SECRET, public_url="http://test")


class Server(uvicorn.Server):
    """Says when it has begun to listen."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@asynccontextmanager
async def serving(
    dsn: str, *, open_to_all: bool = False, simulated: Collection[str] = ()
) -> AsyncIterator[str]:
    """The server's address, once it answers."""
    app = create_app(settings_for(dsn), open_to_all=open_to_all, simulated=simulated)
    config = uvicorn.Config(app, port=0, log_level="warning", lifespan="on", **SERVED)
    server = Server(config)
    serve = asyncio.create_task(server.serve())
    listening = asyncio.create_task(server.listening.wait())
    await asyncio.wait({serve, listening}, return_when=asyncio.FIRST_COMPLETED)
    if serve.done():
        raise AssertionError("the server ended before it listened") from serve.exception()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serve
