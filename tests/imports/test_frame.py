from datetime import UTC, date, datetime

import pytest

from sipas.errors import InputError, NotFound, TableError
from sipas.imports.frame import FrameCounts, import_frame
from sipas.imports.units import import_units
from sipas.postgres.pool import Connection
from sipas.queries.rounds import insert_round
from tests.imports.conftest import Write

HEADER = "unit,procedure,service_channel,count\n"
FRAME = f"""{HEADER}00070,HT-01,counter,120
00070,HT-01,online,80
00004,HT-02,counter,0
"""


async def strata(conn: Connection, round_code: str = "autumn") -> list[tuple[object, ...]]:
    rows = await conn.fetch(
        """select unit.code, procedure.code, service_channel, attributes, transactions
            from frame join round on round.id = round_id
            left join unit on unit.id = unit_id left join procedure on procedure.id = procedure_id
            where round.code = $1 order by 1, 2, 3, 5""",
        round_code,
    )
    return [tuple(row) for row in rows]


async def open_round(
    conn: Connection, code: str, strata_: tuple[str, ...], opens: date, closes: date
) -> None:
    await insert_round(
        conn,
        code=code,
        instrument_id=await conn.fetchval("select id from instrument"),
        strata=strata_,
        index_code="overall",
        target=None,
        opens_at=datetime(opens.year, opens.month, opens.day, tzinfo=UTC),
        closes_at=datetime(closes.year, closes.month, closes.day, tzinfo=UTC),
    )


async def test_a_frame_is_stored_and_replaced(town: Connection, write: Write) -> None:
    assert await import_frame(town, write("f.csv", FRAME), "autumn", "count") == FrameCounts(3, 200)
    assert await strata(town) == [
        ("00004", "HT-02", "counter", {}, 0),
        ("00070", "HT-01", "counter", {}, 120),
        ("00070", "HT-01", "online", {}, 80),
    ]
    await import_frame(town, write("f.csv", f"{HEADER}00070,HT-01,counter,7\n"), "autumn", "count")
    assert await strata(town) == [("00070", "HT-01", "counter", {}, 7)]


async def test_columns_have_the_files_own_names(town: Connection, write: Write) -> None:
    content = "ward;tthc;kênh;N_h;n_h;note\n00070;HT-01;counter;120;3;\n"
    rename = {"unit": "ward", "procedure": "tthc", "service_channel": "kênh"}
    await import_frame(town, write("f.csv", content), "autumn", "N_h", rename)
    assert await strata(town) == [("00070", "HT-01", "counter", {}, 120)]


async def test_other_strata_are_attributes(town: Connection, write: Write) -> None:
    await open_round(town, "before", ("unit", "group", "channel"), date(2025, 8, 1), date(2025, 9, 1))
    content = "unit,group,channel,count,more\n00070,P1,postal,5,x\n00070,P1,counter,6,y\n"
    await import_frame(town, write("f.csv", content), "before", "count")
    assert await strata(town, "before") == [
        ("00070", None, None, {"group": "P1", "channel": "postal"}, 5),
        ("00070", None, None, {"group": "P1", "channel": "counter"}, 6),
    ]


async def test_a_code_is_the_unit_that_bore_it_in_the_round(town: Connection, write: Write) -> None:
    await open_round(town, "spring", ("unit",), date(2025, 3, 1), date(2025, 5, 1))
    await import_frame(town, write("f.csv", "unit,count\n00004,5\n"), "spring", "count")
    name = "select unit.name from frame join unit on unit.id = unit_id join round on round.id = round_id"
    assert await town.fetchval(f"{name} where round.code = 'spring'") == "Phường Trúc Bạch"


async def test_a_code_that_two_units_bore_in_the_round_is_refused(town: Connection, write: Write) -> None:
    await open_round(town, "year", ("unit",), date(2025, 3, 1), date(2025, 9, 1))
    with pytest.raises(TableError, match=r"row 2, column unit: 2 units bear the code 00004 in round year"):
        await import_frame(town, write("f.csv", "unit,count\n00004,5\n"), "year", "count")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            "00070,HT-01,counter,5",
            "row 5, column service_channel: row 2 is of the same stratum; each has one row",
        ),
        ("00070,HT-02,counter,-5", "row 5, column count: -5 is negative; a count is 0 or more"),
        ("00070,HT-02,counter,1.000", "row 5, column count: '1.000' is no whole number"),
        ("00070,HT-02,counter,", "row 5, column count: is empty"),
        ("00071,HT-02,counter,5", "row 5, column unit: there is no unit '00071'"),
        ("70,HT-02,counter,5", "row 5, column unit: there is no unit '70'; is 00070 meant, and did a spread"),
        (
            "00070,HT-03,counter,5",
            "row 5, column procedure: there is no procedure 'HT-03'; the catalogue h",
        ),
        ("00070,HT-02,,5", "row 5, column service_channel: is empty"),
        (
            "00070,HT-02,Quầy,5",
            "row 5, column service_channel: 'Quầy' is not one of counter, online, post",
        ),
        (
            "00070,HT-02,Counter,5",
            "row 5, column service_channel: 'Counter' is not one of counter, online, post",
        ),
    ],
)
async def test_one_bad_row_and_the_old_frame_stays(
    town: Connection, write: Write, line: str, complaint: str
) -> None:
    before = await strata(town)
    with pytest.raises(TableError) as caught:
        await import_frame(town, write("f.csv", f"{FRAME}{line}\n"), "autumn", "count")
    assert str(caught.value).startswith(f"f.csv, {complaint}")
    assert await strata(town) == before


async def test_a_missing_stratum_or_count_is_named(town: Connection, write: Write) -> None:
    with pytest.raises(
        TableError, match=r"f.csv, row 1, column procedure: is missing; the columns are unit, n"
    ):
        await import_frame(town, write("f.csv", "unit,n\n00070,1\n"), "autumn", "count")
    with pytest.raises(TableError, match=r"f.csv, row 1, column N_h: is missing"):
        await import_frame(town, write("f.csv", FRAME), "autumn", "N_h")


async def test_an_unknown_round_is_named(town: Connection, write: Write) -> None:
    with pytest.raises(NotFound, match="there is no round 'spring'; the rounds are: autumn"):
        await import_frame(town, write("f.csv", FRAME), "spring", "count")


async def test_a_unit_that_ended_before_the_round_is_refused(town: Connection, write: Write) -> None:
    units = "code,name,type,valid_to\n00999,Gone,commune,2025-06-30\n"
    await import_units(town, write("u.csv", units))
    with pytest.raises(InputError, match=r"row 2, column unit: unit 00999 is not valid on 20"):
        await import_frame(town, write("f.csv", f"{HEADER}00999,HT-01,counter,5\n"), "autumn", "count")
