import csv
import io

import httpx
import pytest

from tests.cast import BA_DINH, HOAN_KIEM, Town
from tests.routes.citizens import answer

BY_UNIT = {"round": "autumn", "by": "unit"}


async def test_answers_need_a_key_or_a_session(client: httpx.AsyncClient) -> None:
    for path in ("/api/ranks", "/api/targets", "/api/small-areas"):
        assert (await client.get(path, params=BY_UNIT)).status_code == 401


async def test_a_unit_with_few_answers_is_listed_without_a_rank(
    reader: httpx.AsyncClient, town: Town
) -> None:
    await answer(reader, town, *[5] * 40)
    rows = (await reader.get("/api/ranks", params=BY_UNIT)).json()["rows"]
    told = [(row["by"]["unit"], row["n"], row["rank"], row["rank_low"], row["rank_high"]) for row in rows]
    assert sorted(told) == [(BA_DINH, 0, None, None, None), (HOAN_KIEM, 40, None, None, None)]
    assert {row["ranked"] for row in rows} == {0}  # the other is alone, and first of nothing


async def test_the_round_s_target_is_judged_or_the_one_in_the_address(
    reader: httpx.AsyncClient, town: Town
) -> None:
    await answer(reader, town, *[5] * 58, 1, 1)
    params = {"round": "autumn", "weights": "none"}
    (row,) = (await reader.get("/api/targets", params=params)).json()["rows"]
    assert (row["target"], row["verdict"], row["still_needed"]) == (0.85, "met", 0)
    params |= {"target": "0.95"}
    (row,) = (await reader.get("/api/targets", params=params)).json()["rows"]
    assert (row["target"], row["verdict"]) == (0.95, "cannot_tell")
    assert row["still_needed"] > 0


async def test_a_target_is_not_judged_where_most_of_the_frame_is_silent(
    reader: httpx.AsyncClient, town: Town
) -> None:
    await answer(reader, town, *[5] * 58, 1, 1)
    (row,) = (await reader.get("/api/targets", params={"round": "autumn"})).json()["rows"]
    assert (row["verdict"], row["reliable"]) == ("cannot_tell", False)
    assert row["coverage"] < 0.9
    assert "not-covered" in [note["code"] for note in row["notes"]]


async def test_answers_are_csv_to_whom_asks(reader: httpx.AsyncClient, town: Town) -> None:
    await answer(reader, town, *[5] * 31)
    answered = await reader.get("/api/targets", params={**BY_UNIT, "format": "csv"})
    assert answered.headers["content-type"] == "text/csv; charset=utf-8"
    assert "targets-autumn.csv" in answered.headers["content-disposition"]
    assert [row["unit"] for row in csv.DictReader(io.StringIO(answered.text))] == [BA_DINH, HOAN_KIEM]


@pytest.mark.parametrize(
    ("path", "params", "detail"),
    [
        ("ranks", {"round": "autumn"}, "by: name the columns"),
        ("ranks", {**BY_UNIT, "format": "ods"}, "format: 'ods' is not one of json, csv, xlsx, parquet"),
        ("targets", {**BY_UNIT, "target": "x"}, "target: 'x' is no number"),
        ("targets", {**BY_UNIT, "target": "2"}, "the target of a share lies between 0 and 1"),
        ("small-areas", BY_UNIT, "no area has a sample"),
    ],
)
async def test_what_cannot_be_answered_is_a_problem_document(
    reader: httpx.AsyncClient, path: str, params: dict[str, str], detail: str
) -> None:
    answered = await reader.get(f"/api/{path}", params=params)
    assert answered.status_code == 400
    assert detail in answered.json()["detail"]


async def test_what_is_known_of_areas_comes_in_the_address(reader: httpx.AsyncClient, town: Town) -> None:
    await answer(reader, town, *[5] * 40, *[1] * 10)
    params = {**BY_UNIT, "covariates": f"unit,online\n{HOAN_KIEM},0.4\n"}
    refused = await reader.get("/api/small-areas", params=params)
    assert refused.json()["detail"] == f"covariates: has no row for unit={BA_DINH}; add one"
    params["covariates"] += f"{BA_DINH},0.7\n"
    refused = await reader.get("/api/small-areas", params=params)
    assert (
        "areas with a sample: 1, fewer than the 3 that a model with 1 covariates takes"
        in refused.json()["detail"]
    )
