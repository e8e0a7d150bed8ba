"""sipas check and sipas rebuild, as a script or a person meets them."""

import asyncio
from collections.abc import Callable
from random import Random

import pytest

from sipas.postgres.pool import Connection, connect, open_pool
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.segments.sealing import seal_waiting_responses
from tests.cast import build_town
from tests.cli.conftest import Sipas
from tests.survey.collected import store

Execute = Callable[[str], None]


@pytest.fixture
def execute(dsn: str) -> Execute:
    async def work(statement: str) -> None:
        conn = await connect(dsn)
        await conn.execute(statement)
        await conn.close()

    return lambda statement: asyncio.run(work(statement))


@pytest.fixture
def counted(sipas: Sipas, dsn: str) -> Sipas:
    """On a database with 40 responses, all of them counted."""

    async def collect(conn: Connection) -> None:
        await store(conn, await build_town(conn), 40, Random(1))

    async def work() -> None:
        async with await open_pool(dsn) as pool:
            async with pool.acquire() as conn:
                await collect(conn)
            await seal_waiting_responses(pool, LiveCatalogue(pool))

    asyncio.run(work())
    return sipas


AGREEING = {"round": "autumn", "responses": 40, "waiting": 0, "counted": 40, "different": 0}


def test_a_database_without_rounds_agrees(sipas: Sipas) -> None:
    for command in ("check", "rebuild"):
        outcome = sipas(command)
        assert (outcome.exit_code, outcome.json, outcome.err) == (0, [], "")


def test_what_agrees_exits_with_0_and_complains_of_nothing(counted: Sipas) -> None:
    outcome = counted("check")
    assert (outcome.exit_code, outcome.json, outcome.err) == (0, [AGREEING], "")


def test_a_server_that_logs_answers_is_named_beside_what_agrees(counted: Sipas, execute: Execute) -> None:
    execute(
        "do $$ begin execute format('alter database %I set log_statement = mod', current_database()); end $$"
    )
    outcome = counted("check")
    assert (outcome.exit_code, outcome.json) == (0, [AGREEING])
    assert "log_statement = mod; set log_parameter_max_length = 0" in outcome.err


def test_results_come_as_csv_and_as_a_table_too(counted: Sipas) -> None:
    assert counted("check", "--format", "csv").out == (
        "round,responses,waiting,counted,different\nautumn,40,0,40,0\n"
    )
    header, row = counted("check", "--format", "table").out.splitlines()
    assert header.split() == list(AGREEING)
    assert row.split() == [str(value) for value in AGREEING.values()]


def test_what_differs_exits_with_1_and_a_line_for_each_round_until_it_is_rebuilt(
    counted: Sipas, execute: Execute
) -> None:
    execute("update segment set responses = responses + 1")
    outcome = counted("check")
    assert outcome.exit_code == 1
    assert outcome.json == [AGREEING | {"counted": 0, "different": 40}]
    assert outcome.err == (
        "round autumn: 40 responses differ between its segments and the database; the segments hold 0 and "
        "should hold 40; `sipas rebuild` repairs them\n"
    )
    repaired = counted("rebuild")
    assert (repaired.exit_code, repaired.json, repaired.err) == (0, [AGREEING], "")
    assert counted("check").exit_code == 0


def test_an_entry_that_waits_for_no_response_is_told_and_dropped_by_a_rebuild(
    counted: Sipas, execute: Execute
) -> None:
    execute("insert into uncounted (ids) values (array[gen_random_uuid()])")
    outcome = counted("check")
    assert outcome.exit_code == 1
    assert outcome.err == ("1 entries wait to be counted and have no response; `sipas rebuild` drops them\n")
    assert counted("rebuild").exit_code == 0
