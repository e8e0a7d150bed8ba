"""What a terminal's token is good for, what it is not, and how it passes from one device to the next."""

import re
from datetime import timedelta

import httpx
import pytest

from sipas.app import create_app
from sipas.postgres.pool import Connection
from sipas.routes.submissions import SUBMISSIONS_PATH
from sipas.survey.kiosks.terminals import enrol_kiosk, exchange_code, replace_kiosk
from tests.cast import HOAN_KIEM, Town, fresh_code, submission
from tests.serving import settings_for

OWN = {
    ("GET", "/api/kiosk/config"),
    ("HEAD", "/api/kiosk/config"),
    ("POST", "/api/kiosk/heartbeat"),
    ("POST", "/api/kiosk/enrol"),
}


def other_routes(dsn: str) -> list[tuple[str, str]]:
    """Method and path of every route that is not a terminal's own, `x` in the place of parameters."""
    app = create_app(settings_for(dsn))
    found = {
        (method, re.sub(r"\{(\w+)(:\w+)?\}", "x", route.path))
        for route in app.routes
        for method in getattr(route, "methods", {"GET"})
    }
    return sorted(found - OWN - {("OPTIONS", path) for _, path in found})


async def test_a_token_opens_nothing_but_a_terminals_own_routes(
    client: httpx.AsyncClient, dsn: str, town: Town
) -> None:
    """On other routes the token has no effect."""
    routes = other_routes(dsn)
    assert {("GET", "/"), ("GET", "/api/indices"), ("GET", "/kiosks")} <= set(routes)
    token = {"authorization": f"Bearer {town.token}"}
    for method, path in routes:
        stranger = await client.request(method, path)
        terminal = await client.request(method, path, headers=token)
        assert terminal.status_code == stranger.status_code, (method, path)
        assert terminal.headers.get("location") == stranger.headers.get("location"), (method, path)


async def test_a_token_is_no_session(client: httpx.AsyncClient, town: Town) -> None:
    client.cookies.set("sipas_session", town.token)
    answer = await client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?lang=vi")


async def test_a_readers_key_is_no_terminals_token(reader: httpx.AsyncClient) -> None:
    assert (await reader.get("/api/kiosk/config")).status_code == 401
    assert (await reader.post("/api/kiosk/heartbeat", json={"queue": 0})).status_code == 401
    assert (await reader.post(SUBMISSIONS_PATH, json=[submission()])).status_code == 401


async def test_a_terminal_hears_of_no_other(client: httpx.AsyncClient, conn: Connection, town: Town) -> None:
    other = await exchange_code(conn, town.catalogue, await fresh_code(conn, town))
    assert other is not None
    for token, kiosk in ((town.token, town.kiosk.id), (other.token, other.kiosk)):
        headers = {"authorization": f"Bearer {token}"}
        assert (await client.get("/api/kiosk/config", headers=headers)).json()["kiosk"] == kiosk


@pytest.mark.parametrize("spoilt", ["used", "expired", "retired", "unknown"])
async def test_a_code_that_is_good_no_more_is_refused_kindly(
    client: httpx.AsyncClient, conn: Connection, town: Town, spoilt: str
) -> None:
    code = "AAAA-BBBB-CCCC" if spoilt == "unknown" else await fresh_code(conn, town)
    if spoilt == "used":
        assert (await client.post("/api/kiosk/enrol", json={"code": code})).status_code == 200
    if spoilt == "expired":
        await conn.execute("update kiosk set code_expires_at = now() where code_hash is not null")
    if spoilt == "retired":
        await conn.execute("update kiosk set retired_at = now() where code_hash is not null")
    answer = await client.post("/api/kiosk/enrol", json={"code": code})
    assert answer.status_code == 404
    assert answer.json()["detail"] == "the code was used, has expired or was mistyped; ask for a new one"


@pytest.mark.parametrize("sequence", [-1, 2**31, "seven", 1.5, None])
async def test_a_device_that_counts_wrongly_keeps_its_code(
    client: httpx.AsyncClient, conn: Connection, town: Town, sequence: object
) -> None:
    code = await fresh_code(conn, town)
    refused = await client.post("/api/kiosk/enrol", json={"code": code, "sequence": sequence})
    assert refused.status_code == 400
    assert (await client.post("/api/kiosk/enrol", json={"code": code})).status_code == 200


async def test_a_replaced_terminal_serves_until_the_new_one_has_enrolled(
    kiosk_client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    now = town.catalogue.rounds["autumn"].opens_at
    enrolment = await replace_kiosk(conn, town.catalogue, town.kiosk.id, now, "http://test")
    assert enrolment.unit == HOAN_KIEM
    assert (await kiosk_client.get("/api/kiosk/config")).status_code == 200
    before = await kiosk_client.post(SUBMISSIONS_PATH, json=[submission()])
    assert before.json()["results"][0]["status"] == "stored"
    assert (await kiosk_client.post("/api/kiosk/enrol", json={"code": enrolment.code})).status_code == 200
    assert (await kiosk_client.get("/api/kiosk/config")).status_code == 401
    after = await kiosk_client.post(SUBMISSIONS_PATH, json=[submission()])
    assert after.json()["results"][0] | {"id": ""} == {"id": "", "status": "quarantined", "reason": "retired"}


async def test_another_terminal_retires_nobody(
    client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    now = town.catalogue.rounds["autumn"].opens_at
    enrolment = await enrol_kiosk(conn, town.catalogue, HOAN_KIEM, now, "http://test")
    assert (await client.post("/api/kiosk/enrol", json={"code": enrolment.code})).status_code == 200
    assert await conn.fetchval("select count(*) from kiosk where retired_at is not null") == 0


async def test_nothing_of_the_sender_but_the_terminal_is_kept(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    """Neither address nor browser, with a response or anywhere else."""
    traces = {
        "user-agent": "Trace/1 (recognisable)",
        "x-forwarded-for": "203.0.113.77",
        "forwarded": "for=203.0.113.77",
        "accept-language": "trace-lang",
        "referer": "http://trace.example",
        "cookie": "trace=1",
    }
    sent = [submission(), submission(unit="00004"), {"not": "one"}]
    assert (await kiosk_client.post(SUBMISSIONS_PATH, json=sent, headers=traces)).status_code == 200
    assert (
        await kiosk_client.post("/api/kiosk/heartbeat", json={"queue": 0}, headers=traces)
    ).status_code == 204
    tables = [
        row[0] for row in await conn.fetch("select tablename from pg_tables where schemaname = 'public'")
    ]
    kept = [str(row[0]) for table in tables for row in await conn.fetch(f'select t::text from "{table}" t')]
    assert len(kept) > 10
    for trace in ("race", "203.0.113", "127.0.0.1"):
        assert [row for row in kept if trace in row] == []


async def test_a_response_has_no_column_for_who_sent_it(conn: Connection) -> None:
    """A new column needs a decision on privacy first: docs/explanation/privacy.md."""
    columns = await conn.fetch(
        """select attname from pg_attribute where attrelid = 'response'::regclass and attnum > 0
            order by attnum"""
    )
    assert " ".join(row["attname"] for row in columns) == (
        "id round_id unit_id procedure_id kiosk_id sequence started_at submitted_at received_at complete "
        "channel service_channel form language answers comment attributes digest field "
        "time_kept place_kept texts"
    )


@pytest.mark.parametrize(
    ("limit", "value"), [("RETIRED_SUBMISSIONS", 2), ("RETIRED_BYTES", 900), ("RETIRED_LASTS", timedelta(0))]
)
async def test_a_retired_terminal_quarantines_so_much_and_then_keeps_the_rest(
    kiosk_client: httpx.AsyncClient,
    conn: Connection,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: object,
) -> None:
    before = submission()
    await kiosk_client.post(SUBMISSIONS_PATH, json=[before])
    await conn.execute("update kiosk set retired_at = now()")
    monkeypatch.setattr(f"sipas.survey.intake.group_commit.{limit}", value)
    answers = [await kiosk_client.post(SUBMISSIONS_PATH, json=[submission()]) for _ in range(4)]
    taken = [answer.status_code for answer in answers]
    assert taken == sorted(taken)
    assert set(taken) <= {200, 403}
    assert "sipas kiosk release" in answers[-1].json()["detail"]
    assert await conn.fetchval("select count(*) from quarantine") == taken.count(200)
    replayed = await kiosk_client.post(SUBMISSIONS_PATH, json=[before])
    assert replayed.json()["results"][0]["status"] == "duplicate"
    assert (await kiosk_client.post(SUBMISSIONS_PATH, json=[before, submission()])).status_code == 403
