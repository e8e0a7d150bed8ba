import csv
import io

import httpx
import pytest

from tests.cast import BA_DINH, HOAN_KIEM, Town
from tests.routes.citizens import answer

BY_UNIT = {"round": "autumn", "by": "unit"}


async def test_comparisons_need_a_key_or_a_session(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/compare", params=BY_UNIT)).status_code == 401


async def test_a_unit_without_answers_has_no_difference(reader: httpx.AsyncClient, town: Town) -> None:
    await answer(reader, town, 5, 4, 2)
    table = (await reader.get("/api/compare", params={**BY_UNIT, "against": HOAN_KIEM})).json()
    (row,) = table["rows"]
    assert (row["by"], row["against"]) == ({"unit": BA_DINH}, {"unit": HOAN_KIEM})
    assert (row["difference"], row["p"], row["verdict"]) == (None, None, "cannot_tell")
    assert row["against_estimate"] == pytest.approx(2 / 3)
    assert [note["code"] for note in row["notes"]] == ["nothing-to-compare"]
    assert (table["against"], table["adjust"], table["provisional"]) == (HOAN_KIEM, "holm", True)


async def test_comparisons_are_csv_to_whom_asks(reader: httpx.AsyncClient, town: Town) -> None:
    await answer(reader, town, 5)
    answered = await reader.get("/api/compare", params={**BY_UNIT, "format": "csv"})
    assert answered.headers["content-type"] == "text/csv; charset=utf-8"
    assert "compare-autumn.csv" in answered.headers["content-disposition"]
    assert [row["unit"] for row in csv.DictReader(io.StringIO(answered.text))] == [BA_DINH, HOAN_KIEM]


@pytest.mark.parametrize(
    ("params", "status", "detail"),
    [
        ({"round": "autumn"}, 400, "by: name the columns whose values are to be compared"),
        ({**BY_UNIT, "against": "x"}, 400, "against: there is no unit=x"),
        ({**BY_UNIT, "against-round": "spring"}, 404, "there is no round 'spring'"),
        ({**BY_UNIT, "against_round": "autumn"}, 400, "against-round: autumn is the round itself"),
        ({**BY_UNIT, "adjusted": "bh"}, 400, "adjusted: there is no such parameter; there are round, by, "),
        ({**BY_UNIT, "adjusted": "bh"}, 400, "against, against-round, adjust, mix"),
        ({**BY_UNIT, "format": "ods"}, 400, "format: 'ods' is not one of json, csv, xlsx, parquet"),
    ],
)
async def test_what_cannot_be_compared_is_a_problem_document(
    reader: httpx.AsyncClient, params: dict[str, str], status: int, detail: str
) -> None:
    answered = await reader.get("/api/compare", params=params)
    assert answered.status_code == status
    assert detail in answered.json()["detail"]
