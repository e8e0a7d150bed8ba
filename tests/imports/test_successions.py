from pathlib import Path

import pytest

from sipas.errors import TableError
from sipas.imports.counts import ImportCounts
from sipas.imports.successions import import_successions
from sipas.imports.units import import_units
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import list_units
from sipas.queries.units import list_successions
from tests.imports.conftest import Write

CITY = Path(__file__).parents[2] / "sipas" / "demo" / "city"
UNITS = """code,name,type,valid_from,valid_to
1,Old one,commune,,2025-06-30
2,Old two,commune,,2025-06-30
1,New one,commune,2025-07-01,
3,New three,commune,2025-07-01,
4,Never ended,commune,,
"""


@pytest.fixture
async def merged(conn: Connection, write: Write) -> Connection:
    await import_units(conn, write("units.csv", UNITS))
    return conn


async def named(conn: Connection) -> set[tuple[str, str, float | None]]:
    names = {unit.id: unit.name for unit in await list_units(conn)}
    return {(names[s.old_unit_id], names[s.new_unit_id], s.share) for s in await list_successions(conn)}


async def test_old_codes_are_the_units_that_ended_and_new_codes_those_that_began(
    merged: Connection, write: Write
) -> None:
    content = "old_code,new_code,share\n1,1,0.25\n1,3,\n2,1,1\n"
    assert await import_successions(merged, write("s.csv", content)) == ImportCounts(3, 0, 0)
    assert await named(merged) == {
        ("Old one", "New one", 0.25),
        ("Old one", "New three", None),
        ("Old two", "New one", 1.0),
    }


async def test_shares_are_updated_and_repeated_rows_left_alone(merged: Connection, write: Write) -> None:
    await import_successions(merged, write("s.csv", "old_code,new_code\n1,1\n2,1\n"))
    again = "old_code;new_code;share\n1;1;0,25\n2;1;\n1;3;0,75\n"
    assert await import_successions(merged, write("s.csv", again)) == ImportCounts(1, 1, 1)
    assert ("Old one", "New one", 0.25) in await named(merged)


async def test_the_demonstration_city_has_its_successions(conn: Connection) -> None:
    await import_units(conn, CITY / "units.csv")
    counts = await import_successions(conn, CITY / "successions.csv")
    assert counts.added == len(await list_successions(conn)) > 526
    assert await import_successions(conn, CITY / "successions.csv") == ImportCounts(0, 0, counts.added)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("4,1,", "row 3, column old_code: unit 4 has no valid_to; import the units that ended first"),
        ("9,1,", "row 3, column old_code: unit 9 is unknown"),
        ("2,4,", "row 3, column new_code: no unit 4 began after 2 ended on 2025-06-30"),
        ("1,1,", "row 3, column new_code: the same succession stands in row 2"),
        ("1,3,0.6", "row 2, column share: the shares of unit 1 sum to 1.1, more than 1"),
        ("1,3,0", "row 3, column share: 0 is not a share"),
        ("1,3,half", "row 3, column share: 'half' is no number"),
    ],
)
async def test_one_bad_row_and_nothing_is_imported(
    merged: Connection, write: Write, line: str, complaint: str
) -> None:
    with pytest.raises(TableError) as caught:
        await import_successions(merged, write("s.csv", f"old_code,new_code,share\n1,1,0.5\n{line}\n"))
    assert str(caught.value).startswith(f"s.csv, {complaint}")
    assert await list_successions(merged) == []
