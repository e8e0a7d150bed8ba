from pathlib import Path

import pytest

from sipas.errors import TableError
from sipas.imports.counts import ImportCounts
from sipas.imports.procedures import import_procedures
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import list_procedures
from tests.imports.conftest import Write

CITY = Path(__file__).parents[2] / "sipas" / "demo" / "city"
PROCEDURES = "code,name,field\nHT-01,Đăng ký khai sinh,Hộ tịch\nHT-02,Đăng ký kết hôn,Hộ tịch\n"


async def test_procedures_are_added_updated_and_left_alone(conn: Connection, write: Write) -> None:
    assert await import_procedures(conn, write("p.csv", PROCEDURES)) == ImportCounts(2, 0, 0)
    changed = PROCEDURES.replace("kết hôn", "lại kết hôn") + "CT-01,Chứng thực bản sao,Chứng thực\n"
    assert await import_procedures(conn, write("p.csv", changed)) == ImportCounts(1, 1, 1)
    names = {procedure.code: procedure.name for procedure in await list_procedures(conn)}
    assert names["HT-02"] == "Đăng ký lại kết hôn"


async def test_english_names_are_kept_and_stay_where_a_later_file_has_none(
    conn: Connection, write: Write
) -> None:
    english = (
        "code,name,field,name_en,field_en\nHT-01,Đăng ký khai sinh,Hộ tịch,Birth registration,Civil status\n"
    )
    assert await import_procedures(conn, write("p.csv", english)) == ImportCounts(1, 0, 0)
    assert await import_procedures(conn, write("p.csv", PROCEDURES)) == ImportCounts(1, 0, 1)
    birth, marriage = await list_procedures(conn)
    assert (birth.name_en, birth.field_en) == ("Birth registration", "Civil status")
    assert (marriage.name_en, marriage.field_en) == (None, None)


async def test_the_demonstration_city_has_its_procedures(conn: Connection) -> None:
    assert (await import_procedures(conn, CITY / "procedures.csv")).added >= 60


async def test_a_code_given_twice_names_both_rows(conn: Connection, write: Write) -> None:
    with pytest.raises(TableError, match=r"p.csv, row 4, column code: procedure HT-01 stands in row 2 too"):
        await import_procedures(conn, write("p.csv", f"{PROCEDURES}HT-01,Again,Hộ tịch\n"))
    assert await list_procedures(conn) == []


async def test_a_code_that_lost_its_last_zero_is_no_new_procedure(conn: Connection, write: Write) -> None:
    await import_procedures(conn, write("p.csv", "code,name,field\n2.001810,Khai sinh,Hộ tịch\n"))
    with pytest.raises(TableError, match=r"2.00181 is the same number as the code 2.001810"):
        await import_procedures(conn, write("p.csv", "code,name,field\n2.00181,Khai sinh,Hộ tịch\n"))
