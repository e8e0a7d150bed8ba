"""Alive is not ready: ready is who keeps what was acknowledged."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from sipas.postgres.embedded import running
from sipas.postgres.pool import Connection, connect
from sipas.queries.durability import Setting, list_unsafe_settings
from tests.databases import as_superuser
from tests.scratch import scratch
from tests.serving import client_of, serving


@pytest.fixture(scope="module")
def own_server() -> Iterator[str]:
    """A server of its own, whose settings a test may change."""
    with scratch() as directory, running(directory) as dsn:
        yield dsn


@pytest.fixture
async def address(own_server: str) -> AsyncIterator[str]:
    async with serving(own_server) as address:
        yield address


@asynccontextmanager
async def spoilt(dsn: str, setting: str) -> AsyncIterator[None]:
    conn = await connect(as_superuser(dsn))
    try:
        await conn.execute(f"alter system set {setting} = off")
        await reload(conn, setting, "off")
        yield
    finally:
        await conn.execute(f"alter system reset {setting}")
        await reload(conn, setting, "on")
        await conn.close()


async def reload(conn: Connection, setting: str, expected: str) -> None:
    """Returns once a session has heard of it: each reads its settings again between two statements."""
    await conn.execute("select pg_reload_conf()")
    while await conn.fetchval(f"show {setting}") != expected:
        pass


async def get(address: str, path: str) -> httpx.Response:
    async with client_of(address) as client:
        return await client.get(address + path)


async def test_a_server_that_keeps_what_it_confirms_is_ready(address: str) -> None:
    assert (await get(address, "/healthz")).text == "alive\n"
    assert (await get(address, "/readyz")).text == "ready\n"


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
async def test_a_server_that_may_lose_what_it_confirmed_is_not_ready_and_the_setting_is_named(
    address: str, own_server: str, setting: str
) -> None:
    async with spoilt(own_server, setting):
        refused = await get(address, "/readyz")
        assert (await get(address, "/healthz")).status_code == 200
    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"].endswith(f"it runs with {setting} = off")
    assert "retry-after" in refused.headers
    assert (await get(address, "/readyz")).status_code == 200


async def test_a_database_that_only_reads_is_unsafe(conn: Connection) -> None:
    await conn.execute("set default_transaction_read_only = on")
    assert await list_unsafe_settings(conn) == [Setting("transaction_read_only", "on")]


async def test_our_sessions_wait_for_the_disk_whatever_the_database_says(dsn: str, conn: Connection) -> None:
    name = await conn.fetchval("select current_database()")
    await conn.execute(f"alter database {name} set synchronous_commit = off")
    late = await connect(dsn)
    assert await late.fetchval("show synchronous_commit") == "on"
    assert await list_unsafe_settings(late) == []
    await late.close()


@pytest.mark.parametrize("value", ["off", "local", "remote_write"])
async def test_a_session_that_would_not_wait_for_the_disk_is_unsafe(conn: Connection, value: str) -> None:
    await conn.execute(f"set synchronous_commit = {value}")
    assert await list_unsafe_settings(conn) == [Setting("synchronous_commit", value)]
