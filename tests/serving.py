"""The service itself, served from the test's own event loop on a free port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn

from sipas.app import create_app
from sipas.settings import Settings

SECRET = b"a secret that only the tests know"


def settings_for(dsn: str) -> Settings:
    return Settings(database_url=dsn, data_dir=Path("unused"), secret=SECRET, public_url="http://test")


@asynccontextmanager
async def serving(dsn: str, *, open_to_all: bool = False) -> AsyncIterator[str]:
    """The server's address, once it answers."""
    app = create_app(settings_for(dsn), open_to_all=open_to_all)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="on"))
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():
        await asyncio.sleep(0.01)
    if task.done():
        await task
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task
