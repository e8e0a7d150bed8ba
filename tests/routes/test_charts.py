import sys

import httpx
import pytest

from sipas.postgres.pool import Connection
from tests.cast import Town
from tests.routes.citizens import answer

WHOLE = {"round": "autumn"}
BOTH = {"round": "spring,autumn", "weights": "none"}


@pytest.mark.parametrize(
    ("name", "kind", "begins"),
    [
        ("league.svg", "image/svg+xml", b"<svg "),
        ("league.png", "image/png", b"\x89PNG"),
        ("channels.pdf", "application/pdf", b"%PDF"),
        ("trend.svg", "image/svg+xml", b"<svg "),
        ("heatmap.png", "image/png", b"\x89PNG"),
        ("distribution.svg", "image/svg+xml", b"<svg "),
    ],
)
async def test_a_chart_is_drawn_with_the_same_parameters(
    reader: httpx.AsyncClient, town: Town, name: str, kind: str, begins: bytes
) -> None:
    await answer(reader, town, 5, 4, 2)
    drawn = await reader.get(f"/charts/{name}", params={**WHOLE, "lang": "en"})
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, kind)
    assert drawn.content.startswith(begins)


async def test_a_chart_names_units_and_is_fetched_again_only_when_its_figures_moved(
    reader: httpx.AsyncClient, town: Town
) -> None:
    await answer(reader, town, 5, 4, 2)
    first = await reader.get("/charts/league.svg", params=WHOLE)
    assert "Phường Hoàn Kiếm" in first.text
    known = {"if-none-match": first.headers["etag"]}
    assert (await reader.get("/charts/league.svg", params=WHOLE, headers=known)).status_code == 304
    await answer(reader, town, 1)
    assert (await reader.get("/charts/league.svg", params=WHOLE, headers=known)).status_code == 200


async def test_a_trend_goes_over_rounds(reader: httpx.AsyncClient, town: Town, conn: Connection) -> None:
    await answer(reader, town, 5, 4, 2, 5, 5)
    await conn.execute(
        """insert into round (code, instrument_id, strata, index_code, opens_at, closes_at)
            select 'spring', instrument_id, strata, index_code, opens_at - interval '9 days', opens_at
            from round"""
    )
    drawn = await reader.get(
        "/charts/trend.svg", params={"round": "spring,autumn", "lang": "en", "weights": "none"}
    )
    assert drawn.status_code == 200
    for said in ("spring, autumn", "Target 85%", "80.0"):
        assert said in drawn.text
    refused = await reader.get("/charts/trend.svg", params={"round": "spring,spring"})
    assert refused.status_code == 400


async def test_a_plan_is_drawn_of_a_round_s_frame_before_anybody_answered(
    reader: httpx.AsyncClient, town: Town
) -> None:
    drawn = await reader.get("/charts/plan.svg", params={**WHOLE, "margin": "0.1", "lang": "en"})
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
    assert "Phường Hoàn Kiếm" in drawn.text
    assert "Asked for ±10" in drawn.text
    refused = await reader.get("/charts/plan.svg", params={**WHOLE, "margin": "10"})
    assert refused.status_code == 400
    assert "above 0 and below 1" in refused.json()["detail"]


async def test_a_chart_that_there_is_not_is_a_problem_document(reader: httpx.AsyncClient) -> None:
    for path, status in (("/charts/pie.svg", 404), ("/charts/league.gif", 400)):
        answered = await reader.get(path, params=WHOLE)
        assert answered.status_code == status
        assert answered.headers["content-type"].startswith("application/problem+json")


async def test_a_machine_that_cannot_draw_answers_503_and_goes_on_collecting(
    reader: httpx.AsyncClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sipas.charts.drawer.COMMAND", (sys.executable, "-c", "raise SystemExit('no font')"))
    answered = await reader.get("/charts/league.svg", params=WHOLE)
    assert answered.status_code == 503
    assert "process that draws charts ended" in answered.json()["detail"]
    await answer(reader, town, 5)
