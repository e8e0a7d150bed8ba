"""Connections, and the one line that says why there is none."""

import asyncio
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from sipas.errors import DatabaseAway, DatabaseError
from sipas.postgres import connected, pool
from sipas.postgres.pool import Pool, connect, open_pool
from sipas.settings import Settings
from tests.databases import with_database


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


async def reason(dsn: str) -> str:
    """What both ways to connect say of a DSN that does not work."""
    with pytest.raises(DatabaseError) as by_pool:
        await open_pool(dsn)
    with pytest.raises(DatabaseError) as alone:
        await connect(dsn)
    assert str(by_pool.value) == str(alone.value)
    assert "\n" not in str(alone.value)
    return str(alone.value)


async def test_jsonb_comes_and_goes_as_python_values(pool: Pool) -> None:
    value = {"giới tính": "nữ", "n": [1, 2.5, None, True]}
    assert await pool.fetchval("select $1::jsonb", value) == value
    assert await pool.fetchval("select '{}'::jsonb") == {}


async def test_commits_wait_for_the_disk_and_sessions_say_whose_they_are(pool: Pool) -> None:
    assert await pool.fetchval("show synchronous_commit") == "on"
    assert await pool.fetchval("show application_name") == "sipas"


async def test_a_closed_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    said = await reason(f"postgresql://sipas:s3cret-w0rd@127.0.0.1:{port}/sipas")
    assert f"('127.0.0.1', {port})" in said
    assert "s3cret" not in said


async def test_a_host_that_does_not_exist_is_one_clear_line() -> None:
    assert "cannot connect" in await reason("postgresql://sipas:s3cret-w0rd@nowhere.invalid/sipas")


async def test_a_wrong_password_is_not_repeated(dsn: str) -> None:
    wrong = "postgresql://nobody_here:s3cret-w0rd@" + dsn.split("@", 1)[1]
    said = await reason(wrong)
    assert "nobody_here" in said
    assert "s3cret" not in said


async def test_a_database_that_does_not_exist_is_named(server_dsn: str) -> None:
    assert 'database "no_such_one" does not exist' in await reason(with_database(server_dsn, "no_such_one"))


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:s3cret-w0rd@host/db",
        "postgresql://u:s3cret/w0rd@host/db",
        "s3cret-w0rd",
        "postgresql://u:p@[::/s3cret",
    ],
)
async def test_what_is_no_url_is_not_repeated_either(url: str) -> None:
    said = await reason(url)
    assert said.startswith("SIPAS_DATABASE_URL is not of the form")
    assert "s3cret" not in said


async def test_a_server_that_is_killed_during_the_attempt_is_away_and_may_come_back() -> None:
    def cut_off(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with await asyncio.start_server(cut_off, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        for attempt in (connect, open_pool):
            with pytest.raises(DatabaseAway, match="cannot connect to the database"):
                await attempt(f"postgresql://sipas@127.0.0.1:{port}/sipas?sslmode=disable")


async def test_a_server_that_never_answers_is_given_up(silent_port: int) -> None:
    url = f"postgresql://sipas@127.0.0.1:{silent_port}/sipas?connect_timeout=1"
    assert "it did not answer in time" in await reason(url)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("sslmode=verify-full&sslrootcert=/no/ca.crt", "sslrootcert names the file /no/ca.crt, which cannot"),
        ("sslmode=verify-ca", 'root.crt" does not exist or cannot be accessed (Provide the certificate'),
        ("sslmode=bogus", "`sslmode` parameter must be one of: disable"),
        ("keepalives_idle=5", "keepalives_idle is not supported; set tcp_keepalives_idle"),
        ("channel_binding=require", "channel_binding=require is not supported; use sslmode=verify-full"),
        ("connect_timeout=soon", "connect_timeout=soon is no number of seconds"),
        ("gssencmode=prefer", "gssencmode is not supported; leave it out"),
        ("no_such_thing=1", 'unrecognized configuration parameter "no_such_thing"'),
    ],
)
async def test_a_parameter_that_cannot_be_used_is_named_with_the_reason(
    dsn: str, parameters: str, said: str
) -> None:
    found = await reason(f"{dsn}{'&' if '?' in dsn else '?'}{parameters}")
    assert said in found
    assert "is not of the form" not in found


async def test_parameters_of_libpq_that_change_nothing_here_are_accepted(dsn: str) -> None:
    conn = await pool.connect(f"{dsn}{'&' if '?' in dsn else '?'}connect_timeout=5&channel_binding=prefer")
    await conn.close()


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.ProtocolViolationError("unsupported startup parameter: synchronous_commit"),
        asyncpg.DuplicatePreparedStatementError('prepared statement "__asyncpg_stmt_1__" already exists'),
    ],
)
def test_a_pooler_that_does_not_keep_sessions_is_refused_with_what_to_set(error: Exception) -> None:
    assert "pool_mode = session" in str(pool.explained(error))


async def test_a_server_that_is_away_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    failures = [DatabaseAway("it recovers"), ConnectionRefusedError(), asyncpg.AdminShutdownError("it stops")]

    async def work() -> str:
        if failures:
            raise failures.pop(0)
        return "there"

    assert await pool.patiently(work, patience=30) == "there"
    assert [record.message for record in caplog.records] == ["waiting for the database: it recovers"]


async def test_waiting_ends_in_time_and_only_errors_that_may_pass_are_retried() -> None:
    tried = []

    async def work(error: Exception) -> None:
        tried.append(error)
        raise error

    for error, patience in [(DatabaseAway("it recovers"), 0), (DatabaseError("it is none of ours"), 30)]:
        with pytest.raises(type(error)):
            await pool.patiently(partial(work, error), patience)
    assert len(tried) <= 3


async def test_a_command_is_given_an_embedded_database_with_the_schema(data_dir: Path) -> None:
    settings = Settings(
        database_url=None, data_dir=data_dir, secret=b"s" * 16, public_url="http://127.0.0.1:8000"
    )
    async with connected(settings) as embedded:
        assert await embedded.fetchval("select count(*) from response") == 0


async def test_a_command_is_given_an_external_database_with_the_schema(
    empty_dsn: str, tmp_path: Path
) -> None:
    settings = Settings(
        database_url=empty_dsn, data_dir=tmp_path, secret=b"s" * 16, public_url="http://127.0.0.1:8000"
    )
    async with connected(settings) as external:
        assert await external.fetchval("select count(*) from response") == 0
    assert not any(tmp_path.glob("*"))  # noqa: ASYNC240 (nobody waits)
