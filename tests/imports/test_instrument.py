import unicodedata
from pathlib import Path

import pytest

from sipas.errors import InputError, TableError
from sipas.imports.counts import ImportCounts
from sipas.imports.instrument import import_instrument
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import list_instruments
from sipas.survey.instruments.reading import read_instrument
from tests.imports.conftest import Write

CITY = Path(__file__).parents[2] / "sipas" / "demo" / "city"
HOUSING = """# one item, no form
id = "housing"
version = 1
languages = ["vi"]
title = { vi = "Nhà ở" }
[scale]
points = [1, 2, 3]
satisfied = 3
labels.vi = ["Thấp", "Vừa", "Cao"]
[[factors]]
id = "housing"
title = { vi = "Nhà ở" }
items = [{ id = "satisfaction", text = { vi = "Ông/Bà có hài lòng với nhà ở không?" } }]
[[indices]]
id = "pooled"
kind = "pooled"
"""


async def test_an_instrument_is_published_once(conn: Connection, write: Write) -> None:
    assert await import_instrument(conn, write("i.toml", HOUSING)) == ImportCounts(1, 0, 0)
    assert await import_instrument(conn, write("i.toml", HOUSING)) == ImportCounts(0, 0, 1)
    assert len(await list_instruments(conn)) == 1


async def test_comments_and_composition_are_not_content(conn: Connection, write: Write) -> None:
    await import_instrument(conn, write("i.toml", HOUSING))
    other = unicodedata.normalize("NFD", HOUSING.replace("# one item, no form", "# edited"))
    assert await import_instrument(
        conn, write("i.toml", f"\N{ZERO WIDTH NO-BREAK SPACE}{other}")
    ) == ImportCounts(0, 0, 1)


async def test_a_published_version_never_changes(conn: Connection, write: Write) -> None:
    await import_instrument(conn, write("i.toml", HOUSING))
    with pytest.raises(InputError) as caught:
        await import_instrument(conn, write("i.toml", HOUSING.replace("Vừa", "Trung bình")))
    assert str(caught.value) == (
        "i.toml: housing@1 is published with other content, and a published version never changes; "
        "raise version to 2 or above"
    )
    assert [source for _, source in await list_instruments(conn)] == [HOUSING]


async def test_the_next_version_stands_beside_the_first(conn: Connection, write: Write) -> None:
    await import_instrument(conn, write("i.toml", HOUSING))
    second = HOUSING.replace("version = 1", "version = 2").replace("Vừa", "Trung bình")
    assert await import_instrument(conn, write("i.toml", second)) == ImportCounts(1, 0, 0)
    names = [read_instrument(source).name for _, source in await list_instruments(conn)]
    assert names == ["housing@1", "housing@2"]


@pytest.mark.parametrize("path", [CITY / "instrument.toml", CITY / "kansas_city" / "instrument.toml"])
async def test_packaged_instruments_are_published(conn: Connection, path: Path) -> None:
    assert await import_instrument(conn, path) == ImportCounts(1, 0, 0)


async def test_a_file_that_is_not_utf8_is_refused(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "i.toml"
    path.write_bytes(HOUSING.encode("utf-16-le"))
    with pytest.raises(InputError, match=r"i.toml"):
        await import_instrument(conn, path)
    path.write_bytes(b'id = "x"\ntitle = "\xe0"\n')
    with pytest.raises(TableError, match=r"i.toml, row 2: byte 19 is not UTF-8"):
        await import_instrument(conn, path)
    assert await list_instruments(conn) == []
