import asyncio
import logging
from collections import Counter
from typing import Any

import httpx
import pytest

from sipas.postgres.pool import Connection
from sipas.queries.transactions import count_miscounts
from sipas.survey.access.people import add_key
from sipas.survey.invitations.event_problems import FIELD_CONTENTS
from sipas.survey.invitations.events import TransactionEvent
from tests.cast import BIRTH, HOAN_KIEM, Town
from tests.survey.invitations.told import PHONE, counts, event, invite

PATH = "/api/transactions"


@pytest.fixture
async def one_stop(client: httpx.AsyncClient, conn: Connection, town: Town) -> httpx.AsyncClient:
    """Sends as the one-stop system does, with its key."""
    client.headers["authorization"] = f"Bearer {await add_key(conn, 'transactions', 'one-stop')}"
    return client


async def post(client: httpx.AsyncClient, *events: Any) -> list[dict[str, Any]]:
    answer = await client.post(PATH, json=list(events))
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def test_what_is_answered_stored_is_counted(one_stop: httpx.AsyncClient, conn: Connection) -> None:
    assert await post(one_stop, event(), event("2", unit="99999", phone="9.12E+08")) == [
        {"transaction_id": "H26-1", "status": "stored", "reason": None, "detail": None, "phone": "usable"},
        {
            "transaction_id": "2",
            "status": "problem",
            "reason": "unit",
            "detail": "there is no unit '99999'; import it with `sipas import units`",
            "phone": "rounded",
        },
    ]
    assert await counts(conn) == {(HOAN_KIEM, BIRTH, "counter"): (1, 1, 0)}
    assert await conn.fetchval("select source from transaction_problem") == "one-stop"


async def test_one_batch_posted_by_many_at_once_counts_once(
    one_stop: httpx.AsyncClient, conn: Connection
) -> None:
    await invite(conn, 0.5)
    batch = [event(f"H26-{i}") for i in range(200)]
    answers = await asyncio.gather(*(post(one_stop, *batch[i:], *batch[:i]) for i in range(0, 200, 20)))
    told = Counter(result["status"] for results in answers for result in results)
    assert told == {"stored": 200, "duplicate": 1800}
    assert await counts(conn) == {(HOAN_KIEM, BIRTH, "counter"): (200, 200, 0)}
    assert await count_miscounts(conn) == []
    assert await conn.fetchval("select sum(n)::int from funnel") == 200


async def test_batches_that_overlap_and_correct_each_other_leave_exact_counts(
    one_stop: httpx.AsyncClient, conn: Connection
) -> None:
    def batch(version: int) -> list[dict[str, Any]]:
        at = f"2026-03-01T00:00:{version:02}+07:00"
        return [event(f"H26-{i}", cancelled=(i + version) % 5 == 0, changed_at=at) for i in range(100)]

    await asyncio.gather(*(post(one_stop, *batch(version)) for version in range(10)))
    assert await counts(conn) == {(HOAN_KIEM, BIRTH, "counter"): (80, 80, 0)}
    assert await count_miscounts(conn) == []


async def test_a_unit_imported_a_moment_ago_is_known(one_stop: httpx.AsyncClient, conn: Connection) -> None:
    await post(one_stop, event("1"))
    await conn.execute("insert into unit (code, name, type) values ('00099', 'Phường Mới', 'commune')")
    assert [result["status"] for result in await post(one_stop, event("2", unit="00099"))] == ["stored"]


NO_ARRAY = "this is no array; send transactions as [{…}, {…}], a single one too"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "this is no JSON: it ends too early"),
        (b"{}", NO_ARRAY),
        (b"[", "this is no JSON: it ends too early"),
        (b"[]", "0 transactions; send 1 to 1,000 at a time"),
        (b"\xff", "this is no JSON: see its byte 1"),
        (b"[" * 100_000, "this is nested too deeply to be an array of transactions"),
        (b'"transactions"', NO_ARRAY),
        (b'[{"unit": }]', "this is no JSON: see its byte 11"),
    ],
)
async def test_what_is_no_batch_is_refused_whole(
    one_stop: httpx.AsyncClient, body: bytes, detail: str
) -> None:
    answer = await one_stop.post(PATH, content=body)
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_batch_holds_a_thousand(one_stop: httpx.AsyncClient) -> None:
    assert len(await post(one_stop, *(event(str(i)) for i in range(1000)))) == 1000
    answer = await one_stop.post(PATH, json=[{}] * 1001)
    assert (answer.status_code, answer.json()["detail"]) == (
        400,
        "1001 transactions; send 1 to 1,000 at a time",
    )


async def test_more_than_a_megabyte_is_refused(one_stop: httpx.AsyncClient) -> None:
    answer = await one_stop.post(PATH, content=b" " * 1_100_000)
    assert (answer.status_code, answer.json()["detail"]) == (
        413,
        "more than 1 MiB; send fewer transactions at a time",
    )


def test_every_field_has_words_for_what_it_holds() -> None:
    assert tuple(FIELD_CONTENTS) == TransactionEvent.__struct_fields__


async def test_without_a_key_for_transactions_nothing_is_taken(
    client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    for token, status in (("none", 401), (await add_key(conn, "read"), 403), (town.token, 401)):
        answer = await client.post(PATH, json=[event()], headers={"authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert await conn.fetchval("select count(*) from transaction") == 0


async def test_strange_events_are_problems_and_their_neighbours_are_stored(
    one_stop: httpx.AsyncClient,
) -> None:
    strange: list[Any] = [
        None,
        7,
        [],
        {},
        event("\0"),
        event("x" * 300),
        event("a", unit="\0"),
        event("b", completed_at="2026-02-30T00:00:00Z"),
        event("c", completed_at="2026-02-20T00:00:00"),
        event("d", changed_at="0001-01-01T00:00:00+14:00"),
        event("e", completed_at="0001-01-01T00:00:00+14:00"),
        event("f", completed_at="9999-12-31T23:59:59-12:00"),
        event("g", phone={"number": PHONE}),
    ]
    results = await post(one_stop, *strange, event("good"))
    assert results[-1]["status"] == "stored"
    assert [result["detail"] for result in results[2:4]] == [
        'a transaction is an object, such as {"transaction_id": "H26.12-1", …}; this is none',
        'transaction_id is missing; it holds a text of 1 to 200 characters, such as "H26.12-1"',
    ]
    assert results[8]["detail"] == (
        'completed_at must be a time with its offset, such as "2026-03-02T14:30:00+07:00"'
    )
    assert results[12]["detail"] == "phone must be a text or null"
    told = {result["status"] for result in results[:4]}
    assert told == {"problem"}
    assert PHONE not in str(results)


@pytest.mark.parametrize("field", ["unit", "procedure", "service_channel", "language"])
@pytest.mark.parametrize("phone", [PHONE, "024 3825 3536", "+84 912.345.678"])
async def test_where_columns_are_shifted_no_phone_is_kept(
    one_stop: httpx.AsyncClient, conn: Connection, field: str, phone: str
) -> None:
    [result] = await post(one_stop, event("1", **{"unit": "99999", field: phone}))
    kept = await conn.fetchrow("select event, detail from transaction_problem")
    assert phone not in f"{kept} {result}"
    if field != "language":
        assert result["detail"] == f"{field} is a phone number; is each column where it belongs?"


async def test_no_phone_is_logged(
    one_stop: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, conn: Connection
) -> None:
    caplog.set_level(logging.DEBUG)
    await invite(conn, 1.0)
    await post(one_stop, event(), event("2", unit="99999"), event("3", on_time="x"), event("4", phone="09-1"))
    assert PHONE not in caplog.text
