"""GET /export/{round}.{format}."""

import csv
import io

import httpx
import pyarrow.parquet as pq

from tests.cast import Town
from tests.routes.citizens import answer


async def test_an_export_is_a_download_for_readers(reader: httpx.AsyncClient, town: Town) -> None:
    await answer(reader, town, 5, 4, 2)
    found = await reader.get("/export/autumn.csv", params={"lang": "en"})
    assert (found.status_code, found.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert found.headers["content-disposition"] == "attachment; filename*=UTF-8''autumn.csv"
    assert int(found.headers["content-length"]) == len(found.content)
    rows = list(csv.DictReader(io.StringIO(found.text)))
    assert sorted(row["overall"] for row in rows) == ["2", "4", "5"]
    parquet = await reader.get("/export/autumn.parquet", params={"where": "channel=kiosk"})
    assert pq.read_table(io.BytesIO(parquet.content)).num_rows == 3


async def test_an_export_holds_no_id_kiosk_or_time(reader: httpx.AsyncClient, town: Town) -> None:
    await answer(reader, town, 5, 4, 2)
    (header, *_) = (await reader.get("/export/autumn.csv")).text.splitlines()
    named = set(header.split(","))
    assert not named & {"id", "kiosk", "sequence", "started_at", "submitted_at", "comment", "digest"}
    rows = list(csv.DictReader(io.StringIO((await reader.get("/export/autumn.csv")).text)))
    assert sorted(row["response_id"] for row in rows) == ["1", "2", "3"]
    assert {row["date_kept"] for row in rows} == {"month"}  # fewer than five share the day
    assert {row["date"][-3:] for row in rows} == {"-01"}


async def test_what_cannot_be_exported_is_a_problem_document(reader: httpx.AsyncClient, town: Town) -> None:
    for path, status, detail in (
        ("/export/autumn.ods", 400, "'ods' is no format"),
        ("/export/winter.csv", 404, "winter"),
        ("/export/autumn.csv", 400, "has no responses yet"),
        ("/export/autumn.csv?round=spring", 400, "the address names it"),
    ):
        refused = await reader.get(path)
        assert (refused.status_code, detail in refused.json()["detail"]) == (status, True), refused.text
