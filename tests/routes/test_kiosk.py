import asyncio

import httpx
import pytest

from sipas.postgres.pool import Connection
from tests.cast import BIRTH, HOAN_KIEM, MARRIAGE, Town, fresh_code


async def test_a_code_is_traded_for_a_token_once(
    client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    code = await fresh_code(conn, town)
    answers = await asyncio.gather(*(client.post("/api/kiosk/enrol", json={"code": code}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404, 404]
    credential = next(answer.json() for answer in answers if answer.status_code == 200)
    assert credential["unit"] == HOAN_KIEM
    headers = {"authorization": f"Bearer {credential['token']}"}
    config = await client.get("/api/kiosk/config", headers=headers)
    assert config.json()["kiosk"] == credential["kiosk"]


async def test_a_device_whose_answer_was_lost_gets_the_token_that_it_asked_for_again(
    client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    asked = {"code": await fresh_code(conn, town), "token": "7f" * 32}
    first, again = [await client.post("/api/kiosk/enrol", json=asked) for _ in range(2)]
    assert first.json()["token"] == asked["token"]
    assert again.json() == first.json()
    other = await client.post("/api/kiosk/enrol", json=asked | {"token": "70" * 32})
    assert other.status_code == 404
    await conn.execute("update kiosk set retired_at = now() where id = $1", first.json()["kiosk"])
    assert (await client.post("/api/kiosk/enrol", json=asked)).status_code == 404


async def test_a_code_may_be_typed_as_people_type(
    client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    code = await fresh_code(conn, town)
    typed = f" {code.lower().replace('-', ' ')} "
    assert (await client.post("/api/kiosk/enrol", json={"code": typed})).status_code == 200


@pytest.mark.parametrize("body", [{}, {"code": 7}, {"code": "x" * 100}, {"code": "x", "token": "1234"}, []])
async def test_a_code_that_is_none_gets_a_problem_document(client: httpx.AsyncClient, body: object) -> None:
    answer = await client.post("/api/kiosk/enrol", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_configuration_holds_all_that_the_survey_needs(kiosk_client: httpx.AsyncClient) -> None:
    config = (await kiosk_client.get("/api/kiosk/config")).json()
    assert config["unit"] == {"code": HOAN_KIEM, "name": "Phường Hoàn Kiếm"}
    assert config["instrument"]["name"] == "sipas-22@1"
    assert config["form"]["steps"][0] == {"items": ["overall"], "draw": 1}
    assert config["form"]["steps"][1]["draw"] == 1
    assert len(config["form"]["steps"][1]["items"]) == 4
    (field,) = config["procedures"]
    assert field["field"] == "Hộ tịch"
    assert [procedure["code"] for procedure in field["procedures"]] == [MARRIAGE, BIRTH]


async def test_an_unchanged_configuration_is_not_sent_again(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    first = await kiosk_client.get("/api/kiosk/config")
    same = {"if-none-match": first.headers["etag"]}
    assert (await kiosk_client.get("/api/kiosk/config", headers=same)).status_code == 304
    await conn.execute("update round set closes_at = now()")
    changed = await kiosk_client.get("/api/kiosk/config", headers=same)
    assert changed.status_code == 200
    assert changed.json()["round"] is None


async def test_without_a_token_there_is_no_configuration(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/kiosk/config")).status_code == 401


async def test_a_heartbeat_is_kept(kiosk_client: httpx.AsyncClient, conn: Connection) -> None:
    beat = {"queue": 3, "oldest_unsent": None, "sequence": 17, "app_version": "1"}
    assert (await kiosk_client.post("/api/kiosk/heartbeat", json=beat)).status_code == 204
    row = await conn.fetchrow("select heard_at, heartbeat from kiosk where heard_at is not null")
    assert row is not None
    assert row["heartbeat"]["sequence"] == 17


async def test_a_retired_terminal_is_told_so_and_asks_no_more(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    assert (await kiosk_client.get("/api/kiosk/config")).status_code == 200
    await conn.execute("update kiosk set retired_at = now()")
    assert (await kiosk_client.get("/api/kiosk/config")).status_code == 401


@pytest.mark.parametrize("beat", [{"queue": -1}, {"queue": 10**30}, {"queue": 1, "app_version": "a\0"}, {}])
async def test_a_heartbeat_that_is_none_is_refused(
    kiosk_client: httpx.AsyncClient, beat: dict[str, object]
) -> None:
    assert (await kiosk_client.post("/api/kiosk/heartbeat", json=beat)).status_code == 400
