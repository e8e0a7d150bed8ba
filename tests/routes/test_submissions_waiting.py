"""Submissions that wait for the database, and whose senders or service do not."""

import asyncio
import socket
import struct
from asyncio import to_thread as in_thread
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import msgspec
import pytest

from sipas.postgres.pool import Connection, Pool, connect
from sipas.queries.kiosks import find_kiosk
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.intake.group_commit import Intake
from sipas.survey.tokens import hash_token
from tests.cast import Town, submission
from tests.routes.test_submissions import post
from tests.routes.wire import accepts, array, request
from tests.serving import client_of, serving
from tests.waiting import until

WAITS = """select pid from pg_stat_activity
    where wait_event_type = 'Lock' and wait_event = 'transactionid' and datname = current_database()"""
HELD = """insert into response (id, round_id, unit_id, submitted_at, complete, channel, form, language,
    answers, digest) values ($1, 1, 1, now(), true, 'kiosk', 'kiosk', 'vi', '{}', '')"""


@asynccontextmanager
async def holding(dsn: str, submission_id: str) -> AsyncIterator[None]:
    """Who stores it waits until the end of this."""
    other = await connect(dsn)
    try:
        await other.execute("begin")
        await other.execute(HELD, submission_id)
        yield
    finally:
        await other.close()


async def until_it_waits(conn: Connection) -> int:
    pids: list[int] = []

    async def waits() -> bool:
        pids[:] = [row["pid"] for row in await conn.fetch(WAITS)]
        return bool(pids)

    await until(waits, "a writer waits for the held id")
    return pids[0]


async def test_who_hangs_up_is_stored_and_disturbs_nobody(
    known: httpx.AsyncClient, town: Town, connection: socket.socket, conn: Connection, dsn: str
) -> None:
    gone, stays = submission(), submission()
    async with holding(dsn, gone["id"]):
        await in_thread(connection.sendall, request(town, array(gone)))
        await until_it_waits(conn)
        connection.close()
        assert [result["status"] for result in await post(known, stays)] == ["stored"]

    async def is_stored() -> bool:
        return bool(await conn.fetchval("select true from response where id = $1", gone["id"]))

    await until(is_stored, "what was sent before hanging up is stored")


async def test_one_that_cannot_be_stored_yet_does_not_keep_others_waiting(
    known: httpx.AsyncClient, conn: Connection, dsn: str
) -> None:
    many, few = [submission() for _ in range(50)], submission()
    async with holding(dsn, many[7]["id"]):
        waiting = asyncio.create_task(post(known, *many))
        await until_it_waits(conn)
        assert [result["status"] for result in await post(known, few)] == ["stored"]
        assert not waiting.done()
    assert {result["status"] for result in await waiting} == {"stored"}


async def test_where_the_database_gives_up_the_terminal_is_told_to_send_again(
    known: httpx.AsyncClient, conn: Connection, dsn: str
) -> None:
    sent = submission()
    async with holding(dsn, sent["id"]):
        waiting = asyncio.create_task(known.post("/api/submissions", json=[sent]))
        await conn.execute("select pg_terminate_backend($1)", await until_it_waits(conn))
        answer = await waiting
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["detail"] == "the database does not store answers at the moment"
    assert [result["status"] for result in await post(known, sent)] == ["stored"]


async def test_a_service_that_ends_answers_what_it_has_taken(dsn: str, town: Town, conn: Connection) -> None:
    sent = submission()
    async with AsyncExitStack() as service:
        address = await service.enter_async_context(serving(dsn))
        headers = {"authorization": f"Bearer {town.token}"}
        async with client_of(address, headers=headers) as client:
            await post(client, submission())
            async with holding(dsn, sent["id"]):
                waiting = asyncio.create_task(post(client, sent))
                await until_it_waits(conn)
                ending = asyncio.create_task(service.aclose())
                await until(lambda: not accepts(address), "the service ends")
            assert [result["status"] for result in await waiting] == ["stored"]
            await ending


async def test_who_hangs_up_before_a_long_answer_leaves_no_error(
    known: httpx.AsyncClient,
    town: Town,
    connection: socket.socket,
    conn: Connection,
    dsn: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = submission()
    async with holding(dsn, held["id"]):
        body = array(held, *({"id": f"{i:0500}"} for i in range(99)))
        await in_thread(connection.sendall, request(town, body))
        await until_it_waits(conn)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    async def is_kept() -> bool:
        return bool(await conn.fetchval("select count(*) = 99 from quarantine"))

    await until(is_kept, "all of it is kept")
    await post(known, submission())  # whatever there is to say of the one before has been said
    assert caplog.messages == []


async def test_what_waits_when_the_service_has_waited_long_enough_is_given_up(
    dsn: str, pool: Pool, town: Town, conn: Connection
) -> None:
    live = LiveCatalogue(pool)
    await live.refresh()
    async with pool.acquire() as one:
        kiosk = await find_kiosk(one, hash_token(town.token))
    assert kiosk is not None
    intake, sent = Intake(pool, live), [submission() for _ in range(2)]
    async with holding(dsn, sent[0]["id"]):
        writing = asyncio.create_task(intake.run())
        answers = [asyncio.create_task(intake.submit([msgspec.json.encode(sent[0])], kiosk))]
        await until_it_waits(conn)
        answers.append(asyncio.create_task(intake.submit([msgspec.json.encode(sent[1])], kiosk)))
        await until(lambda: intake.waiting == 2, "the second waits behind the first")
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    for answer in answers:
        with pytest.raises(asyncio.CancelledError):
            await answer
