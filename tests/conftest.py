"""A real Postgres for every test: one server a session; one database a test, copied from a migrated one."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from sipas.postgres.embedded import running
from sipas.postgres.pool import Connection, Pool, connect, open_pool
from sipas.survey import tokens
from tests.cast import Town, build_town
from tests.databases import Administrator, as_superuser, execute, fresh_name, make_template, with_database
from tests.scratch import scratch

# The same examples on every machine, however slow: what fails here fails everywhere.
settings.register_profile(
    "repeatable", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")

SCRYPT_N = tokens.SCRYPT_N
LONGEST = "test_kills.py"  # minutes, most of which it waits for a service to come back


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as processors: while one test waits for a browser or a service, another runs."""
    return len(os.sched_getaffinity(0)) * 3 // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest test first, so that the others run beside it and none is left to wait for it."""
    items.sort(key=lambda item: item.path.name != LONGEST)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Check passwords in a millisecond: scrypt takes a third of a second of a processor."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "SCRYPT_N", 2**5)
        yield


@pytest.fixture
def slow_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check passwords as the service does."""
    monkeypatch.setattr(tokens, "SCRYPT_N", SCRYPT_N)


@pytest.fixture(scope="session")
def server_dsn() -> Iterator[str]:
    """The DSN of a superuser: of the embedded server, or of the one that SIPAS_TEST_DATABASE_URL names."""
    if url := os.environ.get("SIPAS_TEST_DATABASE_URL"):
        yield url
        return
    with scratch() as directory, running(directory) as dsn:
        yield as_superuser(dsn)


@pytest.fixture(scope="session")
def template(server_dsn: str) -> Iterator[str]:
    """The name of a database that has the schema and nothing else."""
    name = fresh_name()
    asyncio.run(make_template(server_dsn, name))
    yield name
    asyncio.run(execute(server_dsn, f"drop database {name}"))


@pytest.fixture(scope="session")
async def administrator(server_dsn: str) -> AsyncIterator[Administrator]:
    """Creates and drops databases. Its one connection saves 20 ms of a processor in each test."""
    administrator = Administrator(server_dsn)
    yield administrator
    await administrator.close()


@pytest.fixture
async def dsn(server_dsn: str, template: str, administrator: Administrator) -> AsyncIterator[str]:
    """A database of the test's own."""
    name = fresh_name()
    await administrator.execute(f"create database {name} template {template} strategy file_copy")
    yield with_database(server_dsn, name)
    await administrator.execute(f"drop database {name} with (force)")


@pytest.fixture
async def empty_dsn(server_dsn: str, administrator: Administrator) -> AsyncIterator[str]:
    """A database of the test's own without the schema."""
    name = fresh_name()
    await administrator.execute(f"create database {name} template template0 strategy file_copy")
    yield with_database(server_dsn, name)
    await administrator.execute(f"drop database {name} with (force)")


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await open_pool(dsn) as pool:
        yield pool


@pytest.fixture
async def conn(dsn: str) -> AsyncIterator[Connection]:
    conn = await connect(dsn)
    yield conn
    await conn.close()


@pytest.fixture
async def town(conn: Connection) -> Town:
    return await build_town(conn)
