import asyncio
from collections import Counter
from typing import Any

import httpx
import msgspec
import pytest

from sipas.postgres.pool import Connection, Pool
from sipas.queries.kiosks import retire_kiosk
from sipas.queries.segments import holding_segments
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.segments.sealing import seal_waiting_responses
from tests.cast import BA_DINH, Town, submission
from tests.survey.instruments.ward import WARD


async def post(client: httpx.AsyncClient, *submissions: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.post("/api/submissions", json=list(submissions))
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def test_what_is_answered_stored_is_in_the_table_and_waits_to_be_counted(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    sent = submission()
    assert await post(kiosk_client, sent) == [{"id": sent["id"], "status": "stored", "reason": None}]
    row = await conn.fetchrow("select unit_id, channel, comment, attributes, kiosk_id from response")
    assert row is not None
    assert row["channel"] == "kiosk"
    assert row["attributes"] == {"sex": "F"}
    assert row["kiosk_id"] is not None


async def test_fifty_concurrent_posts_of_one_submission_store_one_row(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    sent = submission()
    answers = await asyncio.gather(*(post(kiosk_client, sent) for _ in range(50)))
    assert Counter(result["status"] for (result,) in answers) == {"stored": 1, "duplicate": 49}
    assert await conn.fetchval("select count(*) from response") == 1


async def test_the_same_submission_twice_in_one_array_is_stored_once(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    sent = submission()
    results = await post(kiosk_client, sent, sent)
    assert [result["status"] for result in results] == ["stored", "duplicate"]
    assert await conn.fetchval("select count(*) from response") == 1


async def test_another_content_under_the_same_id_is_a_conflict_kept_once(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    sent = submission()
    other = sent | {"comment": "không phải tôi"}
    assert [r["status"] for r in await post(kiosk_client, sent, other)] == ["stored", "conflict"]
    assert [r["status"] for r in await post(kiosk_client, other)] == ["conflict"]
    assert await conn.fetchval("select count(*) from quarantine where reason = 'conflict'") == 1


async def test_a_foreign_unit_is_quarantined_with_its_bytes(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    sent = submission(unit=BA_DINH)
    for _ in range(2):
        (result,) = await post(kiosk_client, sent)
        assert (result["status"], result["reason"]) == ("quarantined", "unit")
    rows = await conn.fetch("select submission_id, raw from quarantine")
    assert [row["submission_id"] for row in rows] == [sent["id"]]
    assert msgspec.json.decode(rows[0]["raw"]) == sent


@pytest.mark.parametrize(
    "change",
    [
        {"id": "17"},
        {"id": 17},
        {"answers": [5]},
        {"answers": {"overall": True}},
        {"answers": {"overall": "5"}},
        {"answers": {"overall": 2**70}},
        {"started_at": "yesterday"},
        {"submitted_at": "2026-10-10T10:00:00"},
        {"complete": "yes"},
        {"sequence": -1},
        {"sequence": 2**40},
        {"attributes": {"phone": {"nested": 1}}},
        {"unheard": "of"},
        {"unit": "a\0b"},
        {"procedure": "\0"},
        {"answers": {"overall\0": 4}},
        {"answers": {"x" * 200_000: 4}},
        {"attributes": {"field": "Hộ tịch"}},
        {"attributes": {"commune": "00004"}},
        {"attributes": {"contact": "0912 345 678"}},
        {"comment": "x" * 5000},
    ],
)
async def test_a_bad_submission_is_quarantined_and_its_neighbours_are_stored(
    kiosk_client: httpx.AsyncClient, conn: Connection, change: dict[str, Any]
) -> None:
    results = await post(kiosk_client, submission(), submission() | change, submission())
    assert [result["status"] for result in results] == ["stored", "quarantined", "stored"]
    assert await conn.fetchval("select count(*) from response") == 2
    assert await conn.fetchval("select count(*) from quarantine") == 1


@pytest.mark.parametrize(
    "fault",
    [rb"\ud83d", rb"\udc00 \u12", b"\xff\xfe", b"a\x01b", rb"\q"],
    ids=["half", "halves", "bytes", "control", "escape"],
)
async def test_a_submission_that_is_no_json_is_quarantined_by_its_id_and_its_neighbours_are_stored(
    kiosk_client: httpx.AsyncClient, conn: Connection, fault: bytes
) -> None:
    sent = [submission(sequence=n, comment="FAULT ],{" if n == 2 else None) for n in (1, 2, 3)]
    body = msgspec.json.encode(sent).replace(b"FAULT", fault)
    for statuses in (["stored", "quarantined", "stored"], ["duplicate", "quarantined", "duplicate"]):
        answer = await kiosk_client.post("/api/submissions", content=body)
        assert answer.status_code == 200
        assert [result["status"] for result in answer.json()["results"]] == statuses
        assert answer.json()["results"][1]["id"] == sent[1]["id"]
    assert await conn.fetchval("select sequence from quarantine") == 2


@pytest.mark.parametrize("element", ["null", "3", '"text"', "[]", "{}", '{"id": null}', '{"id": "\\u0000"}'])
async def test_an_element_that_is_no_submission_is_quarantined(
    kiosk_client: httpx.AsyncClient, conn: Connection, element: str
) -> None:
    answer = await kiosk_client.post("/api/submissions", content=f"[{element}]")
    assert answer.json()["results"][0]["status"] == "quarantined"
    assert await conn.fetchval("select raw from quarantine") == element.encode()


@pytest.mark.parametrize("body", [b"", b"{}", b"[", b"[1,]", b"[]", b"\xff\xfe", b"[" + b"1," * 100 + b"1]"])
async def test_no_array_of_1_to_100_is_refused(kiosk_client: httpx.AsyncClient, body: bytes) -> None:
    answer = await kiosk_client.post("/api/submissions", content=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_ten_megabytes_are_refused_and_the_service_goes_on(kiosk_client: httpx.AsyncClient) -> None:
    answer = await kiosk_client.post("/api/submissions", content=b"[" + b" " * 10_000_000 + b"]")
    assert answer.status_code == 413
    (result,) = await post(kiosk_client, submission())
    assert result["status"] == "stored"


async def test_an_unknown_token_is_refused(kiosk_client: httpx.AsyncClient, conn: Connection) -> None:
    for header in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic eA=="}):
        kiosk_client.headers.pop("authorization", None)
        answer = await kiosk_client.post("/api/submissions", json=[submission()], headers=header)
        assert answer.status_code == 401
    assert await conn.fetchval("select count(*) from response") == 0


async def test_a_retired_terminals_submissions_are_quarantined_but_what_it_had_stored_is_known(
    kiosk_client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    before, after = submission(), submission()
    await post(kiosk_client, before)
    await retire_kiosk(conn, town.kiosk.id)
    results = await post(kiosk_client, before, after)
    assert [(r["status"], r["reason"]) for r in results] == [("duplicate", None), ("quarantined", "retired")]


async def test_a_unit_newer_than_the_catalogue_in_memory_is_found(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    await conn.execute("insert into procedure (code, name, field) values ('HT-77', 'Mới', 'Hộ tịch')")
    (result,) = await post(kiosk_client, submission(procedure="HT-77"))
    assert result["status"] == "stored"


async def test_every_stored_response_is_counted_once(
    kiosk_client: httpx.AsyncClient, conn: Connection, pool: Pool
) -> None:
    for size in (1, 7, 30):
        await post(kiosk_client, *(submission() for _ in range(size)))
    live = LiveCatalogue(pool)
    await asyncio.gather(*(seal_waiting_responses(pool, live) for _ in range(3)))
    assert await conn.fetchval("select sum(responses) from segment") == 38
    assert await conn.fetchval("select count(*) from uncounted") == 0


async def test_json_nested_without_end_is_refused(kiosk_client: httpx.AsyncClient) -> None:
    answer = await kiosk_client.post("/api/submissions", content=b"[" * 100_000)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_replay_is_a_duplicate_even_after_its_round_was_cut_short(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    sent = submission()
    await post(kiosk_client, sent)
    await conn.execute("update round set closes_at = now() - interval '1 hour'")
    await kiosk_client.get("/api/kiosk/config")  # brings the catalogue in memory up to date
    assert [r["status"] for r in await post(kiosk_client, sent)] == ["duplicate"]
    assert [r["status"] for r in await post(kiosk_client, sent | {"comment": "other"})] == ["conflict"]
    assert [r["reason"] for r in await post(kiosk_client, submission())] == ["round"]


async def test_the_same_id_from_another_unit_is_a_conflict(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    sent = submission()
    await post(kiosk_client, sent)
    (result,) = await post(kiosk_client, sent | {"unit": BA_DINH})
    assert (result["status"], result["reason"]) == ("conflict", "conflict")
    assert await conn.fetchval("select raw from quarantine") is not None


@pytest.mark.usefixtures("slow_passwords")
async def test_sign_ins_and_waiting_readers_do_not_block_answers(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    """Both once held every connection while they waited, and intake had none."""
    async with holding_segments(conn):
        others = [
            *(kiosk_client.post("/login", data={"name": "x", "password": "y"}) for _ in range(30)),
            *(kiosk_client.get("/api/kiosk/config") for _ in range(30)),
        ]
        crowd = [asyncio.create_task(other) for other in others]
        first = asyncio.create_task(post(kiosk_client, submission()))
        await asyncio.wait({first, *crowd}, return_when=asyncio.FIRST_COMPLETED)
        (result,) = await first
        assert result["status"] == "stored"
        answers = await asyncio.gather(*crowd)
    assert {answer.status_code for answer in answers} <= {200, 401, 429, 503}


async def test_a_questionnaire_of_all_kinds_is_stored_and_says_which_answers_are_missing(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    await conn.execute("insert into instrument (code, version, source) values ('ward', 1, $1)", WARD)
    await conn.execute(
        """insert into round (code, instrument_id, strata, index_code, opens_at)
            select 'ward', id, '{unit}', 'tree', now() - interval '1 day'
            from instrument where code = 'ward'"""
    )
    answers: dict[str, object] = {
        "sex": "F", "interest1": 2, "channels": ["web", "other"], "channels_other": "Loa", "paid": "no",
        "times": None, "used": False, "seats": 4, "signs": "NA", "correct": 5, "opinion": "Gọi 0912345678",
    }  # fmt: skip
    ward = {"instrument": "ward@1", "form": "full", "attributes": {}}
    whole = submission(**ward, answers=answers)
    partial = submission(**ward, answers=answers | {"seats": None})
    wrong = submission(**ward, answers=answers | {"paid": "twice"})
    assert await post(kiosk_client, whole, partial, wrong) == [
        {"id": whole["id"], "status": "stored", "reason": None},
        {"id": partial["id"], "status": "stored", "reason": None, "missing": ["seats"]},
        {"id": wrong["id"], "status": "quarantined", "reason": "answers"},
    ]
    rows = await conn.fetch(
        "select complete, answers, texts, attributes from response order by complete desc"
    )
    assert [row["complete"] for row in rows] == [True, False]
    assert rows[0]["answers"] == [2, 0, 1, 1, 1, -3, 0, 4, -2, 5]
    assert rows[0]["texts"] == {"channels_other": "Loa", "opinion": "Gọi ••••••••••"}
    assert rows[0]["attributes"] == {"sex": "F"}
    assert await conn.fetchval("select detail from quarantine") == "paid has no option twice"
