import shutil
from pathlib import Path

import openpyxl
import pytest

from sipas.errors import TableError
from sipas.imports.counts import ImportCounts
from sipas.imports.units import import_units
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import Unit, get_catalogue_version, list_units
from tests.imports.conftest import Write

CITY = Path(__file__).parents[2] / "sipas" / "demo" / "city"
UNITS = """code,name,type,parent,valid_from,valid_to
00070,Phường Hoàn Kiếm,commune,HN,2025-07-01,
HN,Hà Nội,city,,,
00004,Phường Trúc Bạch,commune,HN,,30/06/2025
00004,Phường Ba Đình,commune,HN,01/07/2025,
"""


async def by_name(conn: Connection) -> dict[str, Unit]:
    return {unit.name: unit for unit in await list_units(conn)}


async def test_units_are_stored_under_their_parents(conn: Connection, write: Write) -> None:
    assert await import_units(conn, write("units.csv", UNITS)) == ImportCounts(
        added=4, changed=0, unchanged=0
    )
    units = await by_name(conn)
    assert units["Hà Nội"].parent_id is None
    assert {unit.parent_id for unit in units.values()} == {None, units["Hà Nội"].id}
    assert str(units["Phường Trúc Bạch"].valid_to) == "2025-06-30"


async def test_the_same_file_again_changes_nothing(conn: Connection, write: Write) -> None:
    path = write("units.csv", UNITS)
    await import_units(conn, path)
    before = await list_units(conn), await get_catalogue_version(conn)
    assert await import_units(conn, path) == ImportCounts(added=0, changed=0, unchanged=4)
    assert (await list_units(conn), await get_catalogue_version(conn)) == before


async def test_what_changed_is_updated_and_keeps_its_id(conn: Connection, write: Write) -> None:
    await import_units(conn, write("units.csv", UNITS))
    before = await by_name(conn)
    changed = UNITS.replace("Hoàn Kiếm,commune,HN,2025-07-01,", "Cửa Nam,ward,,2025-07-01,2030-12-31")
    assert await import_units(conn, write("units.csv", changed)) == ImportCounts(
        added=0, changed=1, unchanged=3
    )
    unit = (await by_name(conn))["Phường Cửa Nam"]
    assert (unit.id, unit.type, unit.parent_id) == (before["Phường Hoàn Kiếm"].id, "ward", None)
    assert str(unit.valid_to) == "2030-12-31"


async def test_a_column_that_is_not_there_changes_nothing(conn: Connection, write: Write) -> None:
    await import_units(conn, write("units.csv", UNITS))
    short = "code,name,type,valid_from\n00070,Phường Hoàn Kiếm,commune,2025-07-01\n"
    assert await import_units(conn, write("units.csv", short)) == ImportCounts(
        added=0, changed=0, unchanged=1
    )


async def test_a_unit_ends_and_another_takes_its_code(conn: Connection, write: Write) -> None:
    await import_units(conn, write("old.csv", "code,name,type\n00004,Trúc Bạch,commune\n"))
    merged = (
        "code,name,type,valid_from,valid_to\n"
        "00004,Ba Đình,commune,2025-07-01,\n00004,Trúc Bạch,commune,,2025-06-30\n"
    )
    assert await import_units(conn, write("new.csv", merged)) == ImportCounts(added=1, changed=1, unchanged=0)


async def test_a_workbook_is_imported_like_a_csv(conn: Connection, write: Write, tmp_path: Path) -> None:
    await import_units(conn, write("units.csv", UNITS))
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in UNITS.splitlines():
        book.active.append([cell or None for cell in line.split(",")])
    book.save(tmp_path / "units.xlsx")
    assert await import_units(conn, tmp_path / "units.xlsx") == ImportCounts(added=0, changed=0, unchanged=4)


async def test_the_demonstration_city_is_imported(conn: Connection, tmp_path: Path) -> None:
    path = shutil.copy(CITY / "units.csv", tmp_path)
    first = await import_units(conn, Path(path))
    assert first.added == len(await list_units(conn)) == 711
    assert await import_units(conn, Path(path)) == ImportCounts(added=0, changed=0, unchanged=711)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            "00070,Again,commune,,2025-07-01,",
            "row 6, column code: unit 00070 of the same first day stands in row 2",
        ),
        ("00070,Later,commune,,2026-01-01,", "row 6, column valid_from: two units would bear the code 00070"),
        ("X,No parent,commune,Y,,", "row 6, column parent: there is no unit 'Y' while X is valid"),
        ("X,Late parent,commune,00070,,2020-01-01", "row 6, column parent: there is no unit '00070' while X"),
        ("X,Two parents,commune,00004,,", "row 6, column parent: 2 units bear the code 00004, one after"),
        ("X,Itself,commune,X,,", "row 6, column parent: unit X would be above itself"),
        (
            "X,Backwards,commune,,2025-07-02,2025-07-01",
            "row 6, column valid_to: 2025-07-01 is before valid_from",
        ),
        ("X,,commune,,,", "row 6, column name: is empty"),
        ("X,No day,commune,,32/01/2025,", "row 6, column valid_from: '32/01/2025' is no date"),
    ],
)
async def test_one_bad_row_and_nothing_is_imported(
    conn: Connection, write: Write, line: str, complaint: str
) -> None:
    with pytest.raises(TableError) as caught:
        await import_units(conn, write("units.csv", f"{UNITS}{line}\n"))
    assert str(caught.value).startswith(f"units.csv, {complaint}")
    assert await list_units(conn) == []


async def test_a_circle_by_way_of_units_already_known_is_found(conn: Connection, write: Write) -> None:
    await import_units(conn, write("units.csv", "code,name,type,parent\nA,A,x,\nB,B,x,A\nC,C,x,B\n"))
    with pytest.raises(TableError, match="row 2, column parent: unit A would be above itself"):
        await import_units(conn, write("units.csv", "code,name,type,parent\nA,A,x,C\n"))


async def test_an_overlap_with_a_unit_already_known_is_found(conn: Connection, write: Write) -> None:
    await import_units(conn, write("units.csv", UNITS))
    line = "code,name,type,valid_from\n00004,Sooner,commune,2025-06-01\n"
    with pytest.raises(
        TableError, match="row 2, column valid_from: two units would bear the code 00004 at once"
    ):
        await import_units(conn, write("units.csv", line))


@pytest.mark.parametrize("code", ["70", "70.0", "0070"])
async def test_a_code_that_lost_its_zeros_is_no_new_unit(town: Connection, write: Write, code: str) -> None:
    with pytest.raises(TableError, match=rf"row 2, column code: {code} is the same number as the code 00070"):
        await import_units(town, write("u.csv", f"code,name,type\n{code},Phường,commune\n"))


async def test_one_number_in_two_writings_is_no_two_units(conn: Connection, write: Write) -> None:
    with pytest.raises(TableError, match="row 3, column code: 4 is the same number as the code 00004"):
        await import_units(conn, write("u.csv", "code,name,type\n00004,A,commune\n4,B,commune\n"))
