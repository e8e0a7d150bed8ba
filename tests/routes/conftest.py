import socket
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from sipas.postgres.pool import Connection
from sipas.survey.access.people import add_key
from tests.cast import Town, submission
from tests.routes.test_submissions import post
from tests.serving import client_of, serving


@pytest.fixture
async def address(dsn: str, town: Town) -> AsyncIterator[str]:
    async with serving(dsn) as address:
        yield address


@pytest.fixture
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=100)
    async with client_of(address, limits=limits) as client:
        yield client


@pytest.fixture
async def kiosk_client(client: httpx.AsyncClient, town: Town) -> httpx.AsyncClient:
    """Sends as the terminal in Hoàn Kiếm."""
    client.headers["authorization"] = f"Bearer {town.token}"
    return client


@pytest.fixture
async def known(kiosk_client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A terminal that has sent before: the first time it is looked up."""
    await post(kiosk_client, submission())
    return kiosk_client


@pytest.fixture
def connection(address: str) -> Iterator[socket.socket]:
    asked = urlsplit(address)
    with socket.create_connection((asked.hostname, asked.port or 80), timeout=30) as connection:
        yield connection


@pytest.fixture
async def reader(client: httpx.AsyncClient, conn: Connection) -> httpx.AsyncClient:
    """Sends a key that may read."""
    client.headers["authorization"] = f"Bearer {await add_key(conn, 'read')}"
    return client
