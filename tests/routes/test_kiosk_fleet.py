"""From heartbeats and submissions to the page of terminals and their problems."""

import html
import re
from typing import Any

import httpx
import pytest

from sipas.postgres.pool import Connection, Pool
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.kiosks.fleet import Terminal, list_terminals
from tests.cast import Town, submission

BEAT = {
    "queue": 2,
    "oldest_unsent": "2026-11-21T09:00:00+07:00",
    "sequence": 6,
    "app_version": "0.1.0",
    "storage": {"persisted": False, "usage": 95, "quota": 100},
    "clock": 1200.5,
    "problem": "config",
    "something": "of a later version",
}


async def beat(client: httpx.AsyncClient, **said: Any) -> int:
    return (await client.post("/api/kiosk/heartbeat", json={"queue": 0, **said})).status_code


async def send(client: httpx.AsyncClient, *numbers: int, **changes: Any) -> list[str]:
    sent = [submission(sequence=number, **changes) for number in numbers]
    results = (await client.post("/api/submissions", json=sent)).json()["results"]
    return [result["status"] for result in results]


async def the_terminal(pool: Pool) -> Terminal:
    (terminal,) = await list_terminals(pool, LiveCatalogue(pool))
    return terminal


def words(page: httpx.Response) -> str:
    text = re.sub(r"<style\b.*?</style>", "", page.text, flags=re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))


async def test_a_heartbeat_is_kept_whole_with_the_servers_time(
    kiosk_client: httpx.AsyncClient, pool: Pool
) -> None:
    assert await beat(kiosk_client, **BEAT) == 204
    seen = await the_terminal(pool)
    assert (seen.queue, seen.sequence, seen.app_version) == (2, 6, "0.1.0")
    assert (seen.storage, seen.persisted, seen.clock, seen.problem) == (0.95, False, 1200.5, "config")
    assert seen.heard_at is not None
    assert seen.problems == ["full", "behind", "clock", "fault", "gaps"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"queue": 1.5},
        {"sequence": 2**31},
        {"oldest_unsent": "2026-11-21T09:00:00"},
        {"oldest_unsent": "yesterday"},
        {"storage": {"usage": -1}},
        {"storage": []},
        {"clock": "fast"},
        {"files": {"missing": -1}},
        {"clock": 1e300},
        {"problem": "x" * 65},
    ],
)
async def test_a_heartbeat_with_nonsense_in_it_changes_nothing(
    kiosk_client: httpx.AsyncClient, pool: Pool, wrong: dict[str, object]
) -> None:
    assert await beat(kiosk_client, queue=1) == 204
    assert await beat(kiosk_client, **wrong) == 400
    assert (await the_terminal(pool)).queue == 1


async def test_numbers_that_never_came_are_lost(kiosk_client: httpx.AsyncClient, pool: Pool) -> None:
    assert await send(kiosk_client, 1, 2, 5) == ["stored"] * 3
    await beat(kiosk_client, sequence=7)
    seen = await the_terminal(pool)
    assert (seen.missing, seen.lost, seen.problems) == (["3–4", "6–7"], 4, ["gaps"])


async def test_what_waits_or_comes_later_is_not_lost(kiosk_client: httpx.AsyncClient, pool: Pool) -> None:
    await send(kiosk_client, 1)
    await beat(kiosk_client, queue=2, sequence=3)
    assert (await the_terminal(pool)).problems == []
    await send(kiosk_client, 3, 2)
    await beat(kiosk_client, sequence=3)
    assert (await the_terminal(pool)).missing == []


async def test_what_is_quarantined_is_not_lost(kiosk_client: httpx.AsyncClient, pool: Pool) -> None:
    assert await send(kiosk_client, 1, 2, unit="00004") == ["quarantined"] * 2
    await kiosk_client.post("/api/submissions", json=[{"sequence": 3}, {"sequence": True}, {"sequence": "4"}])
    await beat(kiosk_client, sequence=3)
    seen = await the_terminal(pool)
    assert (seen.lost, seen.refused, seen.reasons) == (0, 5, ["invalid", "unit"])
    assert seen.problems == ["refused"]


async def test_the_highest_number_there_is_does_no_harm(kiosk_client: httpx.AsyncClient, pool: Pool) -> None:
    highest = 2**31 - 1
    assert await send(kiosk_client, 1, highest) == ["stored"] * 2
    await beat(kiosk_client, sequence=highest)
    assert (await the_terminal(pool)).missing == [f"2–{highest - 1}"]


async def test_a_device_that_is_enrolled_again_counts_on(
    client: httpx.AsyncClient, pool: Pool, conn: Connection, town: Town
) -> None:
    await conn.execute(
        "update kiosk set code_hash = sha256('ABCD'), code_expires_at = now() + interval '1 day'"
    )
    body = {"code": "abcd", "sequence": 40}
    token = (await client.post("/api/kiosk/enrol", json=body)).json()["token"]
    client.headers["authorization"] = f"Bearer {token}"
    await send(client, 41)
    await beat(client, sequence=42)
    assert (await the_terminal(pool)).missing == ["42"]


async def test_a_retired_terminal_is_listened_to_until_nothing_waits_on_it(
    kiosk_client: httpx.AsyncClient, pool: Pool, conn: Connection
) -> None:
    await conn.execute("update kiosk set retired_at = now()")
    assert await beat(kiosk_client, queue=1, sequence=1) == 204
    assert (await the_terminal(pool)).problems == ["left"]
    assert await send(kiosk_client, 1) == ["quarantined"]
    await beat(kiosk_client, sequence=1)
    assert (await the_terminal(pool)).problems == ["held"]


async def test_a_visitor_is_sent_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/kiosks", params={"lang": "en"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?lang=en&next=%2Fkiosks")


async def test_the_page_says_what_is_wrong_and_what_to_do_in_both_languages(
    reader: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    headers = {"authorization": f"Bearer {town.token}"}
    await reader.post("/api/kiosk/heartbeat", json=BEAT, headers=headers)
    vietnamese = words(await reader.get("/kiosks"))
    assert "1 máy, tính đến" in vietnamese
    assert "1 máy cần xử lý" in vietnamese
    for complaint in ("Đầy bộ nhớ (1)", "Gửi chậm (1)", "nhanh 20 phút", "Mất phiếu (1)", "thiếu số 1–6"):
        assert complaint in vietnamese
    english = words(await reader.get("/kiosks", params={"lang": "en"}))
    for complaint in (
        "Storage full (1)",
        "95% used",
        "fast by 20 min",
        "questions it does not understand",
        "4 lost; missing numbers 1–6",
    ):
        assert complaint in english
    assert "free space on its disk" in english


async def test_the_page_of_terminals_that_are_well_says_so(reader: httpx.AsyncClient, town: Town) -> None:
    headers = {"authorization": f"Bearer {town.token}"}
    await reader.post("/api/kiosk/heartbeat", json={"queue": 0}, headers=headers)
    page = words(await reader.get("/kiosks", params={"lang": "en"}))
    assert "All are working normally." in page
    assert "Phường Hoàn Kiếm terminal 1 · 00070" in page


async def test_the_first_few_of_many_are_named_and_the_rest_is_folded_away(
    reader: httpx.AsyncClient, conn: Connection
) -> None:
    await conn.execute(
        """insert into kiosk (unit_id, token_hash, enrolled_at)
            select unit_id, sha256(n::text::bytea), now() - interval '1 day'
            from kiosk, generate_series(1, 29) as n"""
    )
    answer = await reader.get("/kiosks", params={"lang": "en"})
    at_once, folded = answer.text.split("<summary>21 more</summary>")
    assert "Silent (29)" in words(answer)
    assert (at_once.count("<li>"), folded.count("<li>")) == (8, 21)
    assert "<details><summary>List of 30</summary>" in answer.text


async def test_a_page_without_terminals_says_how_to_enrol_one(
    reader: httpx.AsyncClient, conn: Connection
) -> None:
    await conn.execute("delete from kiosk")
    page = words(await reader.get("/kiosks", params={"lang": "en"}))
    assert "There is no terminal yet. Enrol one for a unit: sipas kiosk enrol --unit …" in page


async def test_what_a_terminal_says_is_shown_as_text(reader: httpx.AsyncClient, town: Town) -> None:
    said = {"queue": 0, "app_version": "<script>1</script>", "problem": "<b>"}
    headers = {"authorization": f"Bearer {town.token}"}
    await reader.post("/api/kiosk/heartbeat", json=said, headers=headers)
    page = await reader.get("/kiosks")
    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text
    assert "&lt;b&gt;" in page.text
