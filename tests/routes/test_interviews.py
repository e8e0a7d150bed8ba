"""Interviewers: their households, visits, and answers that are stored once and lead to no household."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from sipas.errors import InputError, NotFound, TableError
from sipas.imports.households import import_households
from sipas.imports.units import import_units
from sipas.postgres.pool import Connection
from sipas.queries.households import count_households
from sipas.survey.access.people import add_person, change_password, retire_person
from sipas.survey.interviews.assignment import assign
from tests.cast import Town
from tests.field import LAN, PASSWORD, ROWS, open_field, write_sample
from tests.mixed import mix_everything
from tests.paper import open_paper_round


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return write_sample(tmp_path / "sample")


@pytest.fixture
async def field(town: Town, conn: Connection, tmp_path: Path) -> Connection:
    """A round with a sample of two villages; Lan interviews in one of them."""
    assert town
    await open_field(conn, tmp_path)
    return conn


@pytest.fixture
async def tablet(field: Connection, client: httpx.AsyncClient) -> httpx.AsyncClient:
    answer = await client.post("/api/interviews/sign-in", json={"name": LAN, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["authorization"] = f"Bearer {answer.json()['token']}"
    return client


def interview(questionnaire: str = "1", **changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {
        "id": str(uuid4()),
        "instrument": "sipas-2026@1",
        "form": "household",
        "channel": "tablet",
        "unit": "C1",
        "started_at": now,
        "submitted_at": now,
        "language": "vi",
        "complete": True,
        "answers": {"sex": "F", "q1_1": 2},
        "round": "households",
        "questionnaire": questionnaire,
        "adults": 3,
    } | changes


async def send(tablet: httpx.AsyncClient, *interviews: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await tablet.post("/api/interviews/answers", json=list(interviews))
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def states(conn: Connection) -> dict[str, str]:
    return {row["questionnaire"]: row["state"] for row in await conn.fetch("select * from household")}


async def test_a_tablet_gets_the_questions_and_its_own_households(tablet: httpx.AsyncClient) -> None:
    answer = await tablet.get("/api/interviews")
    found = answer.json()
    assert (found["name"], found["round"], found["form"]["id"]) == (LAN, "households", "household")
    assert [one["household"] for one in found["households"]] == ["12", "7"]
    assert found["households"][0]["grid"] == [1, 2]
    again = await tablet.get("/api/interviews", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_an_interview_is_stored_once_with_its_village_and_without_its_household(
    tablet: httpx.AsyncClient, field: Connection
) -> None:
    sent = interview()
    (first,) = await send(tablet, sent)
    assert first["status"] == "stored"
    assert "policy" not in first["missing"]
    assert len(first["missing"]) > 30
    assert [one["status"] for one in await send(tablet, sent, sent)] == ["duplicate", "duplicate"]
    assert await states(field) == {"1": "done", "2": "open", "3": "open"}
    await mix_everything(field)
    (row,) = await field.fetch("select * from response join unit on unit.id = unit_id")
    assert (row["channel"], row["code"], row["complete"]) == ("tablet", "C1", False)
    assert row["attributes"] == {"sex": "F", "village": "Thôn Đông", "adults": "3"}
    assert str(row["id"]) != sent["id"]
    assert sent["id"] not in str(dict(row))


async def test_a_second_interview_of_a_household_is_kept_and_not_counted(
    tablet: httpx.AsyncClient, field: Connection
) -> None:
    await send(tablet, interview())
    (second,) = await send(tablet, interview())
    assert second["status"] == "conflict"
    assert await field.fetchval("select count(*) from pending") == 1
    (kept,) = await field.fetch("select * from quarantine")
    assert kept["reason"] == "interview: household-done"
    assert b"questionnaire" not in kept["raw"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"questionnaire": "99"}, "household"),
        ({"round": "spring"}, "round"),
        ({"form": "sms2"}, "form"),
        ({"channel": "kiosk"}, "channel"),
        ({"language": "fr"}, "language"),
        ({"submitted_at": "2019-01-01T00:00:00Z"}, "clock"),
        ({"answers": {"sex": "X"}}, "answers"),
        ({"adults": 0}, "invalid"),
        ({"phone": "0912345678"}, "invalid"),
    ],
)
async def test_what_cannot_be_stored_is_kept_with_its_reason(
    tablet: httpx.AsyncClient, field: Connection, changes: dict[str, Any], reason: str
) -> None:
    good, bad = interview("2"), interview() | changes
    results = await send(tablet, bad, good)
    assert [(one["status"], one["reason"]) for one in results] == [("quarantined", reason), ("stored", None)]
    assert results[0]["id"] == bad["id"]
    assert (await states(field))["1"] == "open"


async def test_visits_without_an_interview_are_recorded_once(
    tablet: httpx.AsyncClient, field: Connection
) -> None:
    visit = {"round": "households", "questionnaire": "2", "state": "refused", "visits": 2, "on": "2026-11-30"}
    for _ in range(2):
        answer = await tablet.post("/api/interviews/visits", json=[visit, visit | {"questionnaire": "77"}])
        assert [one["status"] for one in answer.json()["results"]] == ["recorded", "unknown"]
    (row,) = await field.fetch("select state, visits from household where questionnaire = '2'")
    assert tuple(row) == ("refused", 2)
    await send(tablet, interview("2"))
    answer = await tablet.post("/api/interviews/visits", json=[visit])
    assert answer.json()["results"][0]["status"] == "done"
    counts = await count_households(field, await field.fetchval("select round_id from household"))
    assert [(one.village, one.interviewer, one.drawn, one.done) for one in counts] == [
        ("Thôn Đoài", None, 1, 0),
        ("Thôn Đông", LAN, 2, 1),
    ]


@pytest.mark.parametrize("end", ["password", "user", "sign-out"])
async def test_a_tablet_is_signed_out_with_its_person(
    tablet: httpx.AsyncClient, field: Connection, end: str
) -> None:
    if end == "password":
        await change_password(field, LAN, "another long password")
    elif end == "user":
        await retire_person(field, LAN)
    else:
        assert (await tablet.post("/api/interviews/sign-out")).status_code == 204
    assert (await tablet.get("/api/interviews")).status_code == 401
    assert (await tablet.post("/api/interviews/answers", json=[interview()])).status_code == 401


async def test_interviewers_see_no_results_and_staff_have_no_tablet(
    tablet: httpx.AsyncClient, field: Connection
) -> None:
    token = tablet.headers.pop("authorization").removeprefix("Bearer ")
    tablet.cookies.set("sipas_session", token)
    assert (await tablet.get("/api/indices", params={"round": "households"})).status_code == 401
    assert (await tablet.get("/paper")).headers["location"].startswith("/login")
    refused = await tablet.post("/login", data={"name": LAN, "password": PASSWORD})
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers
    await add_person(field, "minh", PASSWORD)
    answer = await tablet.post("/api/interviews/sign-in", json={"name": "minh", "password": PASSWORD})
    assert answer.status_code == 403


async def test_a_sample_is_imported_once_and_does_not_change(field: Connection, sample: Path) -> None:
    again = await import_households(field, sample, "households")
    assert (again.stored, again.unchanged, again.villages) == (0, 3, 2)
    other = write_sample(sample, ROWS.replace("Đoài,5", "Đoài,6"))
    with pytest.raises(InputError, match=r"has another sample .* such as questionnaire 3"):
        await import_households(field, other, "households")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ROWS.replace("3,C2", "3,C9"), "no column of households.csv holds codes of units"),
        (ROWS.replace("3,C2", "2,C2"), "row 4, column questionnaire: 2 is in row 3 too"),
    ],
)
async def test_a_fault_of_a_sample_is_named_with_its_place(
    conn: Connection, tmp_path: Path, rows: str, message: str
) -> None:
    units = tmp_path / "units.csv"
    units.write_text("code,name,type\nC1,Xã Một,commune\nC2,Xã Hai,commune\n", encoding="utf-8")
    await import_units(conn, units)
    await open_paper_round(conn)
    with pytest.raises((InputError, TableError), match=message):
        await import_households(conn, write_sample(tmp_path / "other", rows), "households")


async def test_an_assignment_names_what_is_unknown(field: Connection) -> None:
    with pytest.raises(NotFound, match="has no village 'Thôn Bắc'; it has Thôn Đoài, Thôn Đông"):
        await assign(field, "households", "Thôn Bắc", LAN)
    with pytest.raises(NotFound, match="there is no user 'hoa'"):
        await assign(field, "households", "Thôn Đoài", "hoa")
    await add_person(field, "minh", PASSWORD)
    with pytest.raises(InputError, match="minh is not an interviewer"):
        await assign(field, "households", "Thôn Đoài", "minh")
