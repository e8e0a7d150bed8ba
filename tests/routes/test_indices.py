import csv
import io
from urllib.parse import unquote

import httpx
import pytest

from sipas.postgres.pool import Connection
from sipas.survey.access.people import add_key
from tests.cast import BA_DINH, HOAN_KIEM, Town, submission
from tests.routes.citizens import answer
from tests.routes.test_submissions import post

WHOLE = {"round": "autumn"}


async def test_surveys_answered_too_fast_count_unless_they_are_left_out(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    hasty = {"answers": {"overall": 1, "access1": 1, "procedures2": 1}}
    at_once = submission(sequence=2, **hasty)
    at_once["started_at"] = at_once["submitted_at"]
    await post(kiosk_client, submission(sequence=1), at_once)
    kiosk_client.headers["authorization"] = f"Bearer {await add_key(conn, 'read')}"
    for options, estimates in (
        ({}, {"": 0.5}),
        ({"flagged": "exclude"}, {"": 1.0}),
        ({"by": "flagged"}, {"false": 1.0, "true": 0.0}),
    ):
        rows = (await kiosk_client.get("/api/indices", params={**WHOLE, **options})).json()["rows"]
        assert {row["by"].get("flagged", ""): row["estimate"] for row in rows} == estimates


async def test_results_need_a_key_or_a_session(client: httpx.AsyncClient) -> None:
    for path in ("/api/indices", "/charts/league.svg"):
        answered = await client.get(path, params=WHOLE)
        assert answered.status_code == 401
        assert answered.headers["content-type"].startswith("application/problem+json")


async def test_an_index_moves_by_exactly_the_answers_stored(reader: httpx.AsyncClient, town: Town) -> None:
    await answer(reader, town, 5, 4, 2)
    (row,) = (await reader.get("/api/indices", params=WHOLE)).json()["rows"]
    assert (row["measure"], row["estimate"], row["n"]) == ("overall:overall", pytest.approx(2 / 3), 3)
    await answer(reader, town, 1)
    (row,) = (await reader.get("/api/indices", params=WHOLE)).json()["rows"]
    assert (row["estimate"], row["n"]) == (0.5, 4)


async def test_the_options_of_estimate_are_the_parameters(reader: httpx.AsyncClient, town: Town) -> None:
    await answer(reader, town, 5, 4, 2)
    params = {
        "round": "autumn",
        "by": ["unit", "sex,channel"],
        "weights": "none",
        "statistic": "mean",
        "where": "sex=F",
        "level": "0.9",
    }
    table = (await reader.get("/api/indices", params=params)).json()
    assert table["weights"]["method"] == "none"
    assert table["where"] == ["sex=F"]
    assert [row["by"] for row in table["rows"]] == [{"unit": HOAN_KIEM}, {"sex": "F", "channel": "kiosk"}]
    assert table["rows"][0]["estimate"] == pytest.approx(11 / 3)
    assert table["rows"][0]["level"] == 0.9
    assert table["provisional"] is True


async def test_a_round_can_be_raked_to_its_own_frame(reader: httpx.AsyncClient, town: Town) -> None:
    await answer(reader, town, 5, 4, 2)
    params = {**WHOLE, "weights": "rake", "trim": "0,100000"}
    table = (await reader.get("/api/indices", params=params)).json()
    assert table["weights"]["method"] == "rake"
    assert table["weights"]["margins"] == ["unit", "service_channel", "field", "procedure"]
    assert (table["weights"]["iterations"], table["weights"]["trimmed"]) == (1, 0)
    assert table["rows"][0]["estimate"] == pytest.approx(2 / 3)
    refused = await reader.get("/api/indices", params={**WHOLE, "weights": "logit"})
    assert refused.json()["detail"].startswith("bounds: weights by logit need them")


async def test_a_unit_without_answers_is_listed_without_a_figure(
    reader: httpx.AsyncClient, town: Town
) -> None:
    await answer(reader, town, 5)
    rows = (await reader.get("/api/indices", params={**WHOLE, "by": "unit"})).json()["rows"]
    assert [(row["by"]["unit"], row["n"]) for row in rows] == [(BA_DINH, 0), (HOAN_KIEM, 1)]
    assert rows[0]["estimate"] is None


async def test_csv_is_answered_to_whom_accepts_it_or_asks_in_the_address(
    reader: httpx.AsyncClient, town: Town
) -> None:
    await answer(reader, town, 5)
    by_header = await reader.get("/api/indices", params=WHOLE, headers={"accept": "text/csv"})
    by_address = await reader.get("/api/indices", params={**WHOLE, "format": "csv"})
    assert by_header.headers["content-type"] == "text/csv; charset=utf-8"
    assert by_header.content == by_address.content
    (row,) = csv.DictReader(io.StringIO(by_header.text))
    assert float(row["estimate"]) == 1.0


async def test_a_round_of_any_name_can_be_downloaded(
    reader: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await conn.execute("update round set code = $1", 'Đợt "1"/2026')
    answered = await reader.get("/api/indices", params={"round": 'Đợt "1"/2026', "format": "csv"})
    assert answered.status_code == 200
    named = answered.headers["content-disposition"].partition("filename*=UTF-8''")[2]
    assert unquote(named) == 'indices-Đợt "1"/2026.csv'


@pytest.mark.parametrize(
    ("params", "status", "detail"),
    [
        ({}, 400, "round: name one; the rounds are: autumn"),
        ({"round": "spring"}, 404, "there is no round 'spring'"),
        ({**WHOLE, "where": "unit=U99"}, 400, "where: no response has unit=U99"),
        ({**WHOLE, "by": "colour"}, 400, "there is no column 'colour'"),
        ({**WHOLE, "weights": "ratio"}, 400, "weights: 'ratio' is not available"),
        ({**WHOLE, "weights": "rake"}, 400, "no response whose unit, service_channel, field, procedure are"),
        ({**WHOLE, "margins": "/etc/passwd"}, 400, "the columns are /etc/passwd"),
        ({**WHOLE, "responses": "/etc/passwd"}, 400, "responses: there is no such parameter"),
        ({**WHOLE, "format": "ods"}, 400, "format: 'ods' is not one of json, csv, xlsx, parquet"),
    ],
)
async def test_what_cannot_be_answered_is_a_problem_document(
    reader: httpx.AsyncClient, params: dict[str, str], status: int, detail: str
) -> None:
    answered = await reader.get("/api/indices", params=params)
    assert answered.status_code == status
    assert answered.headers["content-type"].startswith("application/problem+json")
    assert detail in answered.json()["detail"]


async def test_a_round_without_answers_has_rows_without_figures(reader: httpx.AsyncClient) -> None:
    table = (await reader.get("/api/indices", params={**WHOLE, "by": "unit"})).json()
    assert [row["estimate"] for row in table["rows"]] == [None, None]
    assert table["coverage"] == 0


async def test_a_unit_or_month_without_answers_is_no_error(reader: httpx.AsyncClient, town: Town) -> None:
    await answer(reader, town, 5)
    for where in (f"unit={BA_DINH}", "channel=paper", "month=2020-01"):
        (row,) = (await reader.get("/api/indices", params={**WHOLE, "where": where})).json()["rows"]
        assert (row["estimate"], row["n"]) == (None, 0)


async def test_margins_come_in_the_address_as_their_file_holds_them(
    reader: httpx.AsyncClient, town: Town
) -> None:
    await answer(reader, town, 5, 4, 2)
    params = {**WHOLE, "weights": "rake", "margins": f"margin,level,count\nunit,{HOAN_KIEM},600\n"}
    table = (await reader.get("/api/indices", params=params)).json()
    assert table["weights"]["margins"] == ["unit"]
    assert table["rows"][0]["population"] == 600
    refused = await reader.get("/api/indices", params={**params, "margins": "margin,level,count\nunit,x,-1"})
    assert refused.json()["detail"] == "margins, row 2, column count: -1 is negative; a count is 0 or more"


async def test_replicates_are_made_of_the_round_s_responses(reader: httpx.AsyncClient, town: Town) -> None:
    await answer(reader, town, *[5] * 12, *[2] * 8)
    params = {**WHOLE, "weights": "none", "second-opinion": "jackknife", "by": ["", "unit", "month"]}
    rows = (await reader.get("/api/indices", params=params)).json()["rows"]
    assert len(rows) == 3
    for row in rows:
        assert row["se_replicates"] == pytest.approx(row["se"], rel=1e-9)
    refused = await reader.get("/api/ranks", params={**WHOLE, "by": "unit", "second-opinion": "jackknife"})
    assert "second-opinion: there is no such parameter" in refused.json()["detail"]


async def test_a_table_is_a_workbook_or_parquet_where_that_is_asked_for(
    reader: httpx.AsyncClient, town: Town
) -> None:
    await answer(reader, town, 5, 4, 2)
    for format_, start in (("xlsx", b"PK"), ("parquet", b"PAR1")):
        found = await reader.get("/api/indices", params={**WHOLE, "format": format_})
        assert found.content.startswith(start)
        assert found.headers["content-disposition"].endswith(f"indices-autumn.{format_}")
