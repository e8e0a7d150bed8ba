"""A round of `sipas-2026` has the numbers of a file with the same responses: tree, options, domains."""

from pathlib import Path

import httpx
import pytest

from sipas.imports.instrument import import_instrument
from sipas.imports.responses import import_responses
from sipas.imports.units import import_units
from sipas.postgres.pool import Connection, Pool
from sipas.report.indices.distribution import distribution_table
from sipas.report.indices.indices import index_table
from sipas.report.request import read_request
from sipas.report.sources.files import Files, file_source
from sipas.report.sources.rounds import Rounds
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.instruments.reading import read_instrument
from tests.report.closeness import assert_close_rows
from tests.report.conftest import open_round
from tests.report.forms_2026 import INSTRUMENT, draw_rows, write_rows
from tests.report.test_agreement import assert_same
from tests.serving import client_of, serving

BY = [("by", names) for names in ("", "unit", "sex,q5", "q8_3", "q2.press")]
MEASURES = ("all", "factors", "item:q5", "item:q2", "item:q1_1", "item:q8_1", "item:q10_3")


@pytest.fixture
async def responses(conn: Connection, tmp_path: Path) -> Path:
    """300 people of three communes, in a file and in round `households`."""
    rows = draw_rows(read_instrument(INSTRUMENT.read_bytes()), 300)
    for number, row in enumerate(rows):
        row["unit"] = f"C{number % 3}"
    units = tmp_path / "units.csv"
    units.write_text("code,name,type\nC0,A,commune\nC1,B,commune\nC2,C,commune\n")
    await import_units(conn, units)
    await import_instrument(conn, INSTRUMENT)
    await open_round(conn, "households", "{unit}")
    path = write_rows(tmp_path / "responses.csv", rows)
    await import_responses(conn, path, "households")
    return path


@pytest.mark.parametrize("index", ["tree", "pooled"])
async def test_every_measure_of_a_round_is_that_of_the_file(responses: Path, pool: Pool, index: str) -> None:
    rounds, files = Rounds(pool, LiveCatalogue(pool)), Files(responses, INSTRUMENT, ("unit",))
    for measure in MEASURES:
        options = [("measure", measure), ("index", index), *BY]
        asked, of_file = read_request([("round", "households"), *options]), read_request(options)
        stored, filed = await rounds.source(asked), file_source(files, of_file)
        assert_same(index_table(asked, stored), index_table(of_file, filed))
    asked = read_request([("round", "households"), ("measure", "item:q1_1"), ("by", "q8_3")])
    of_file = read_request([("measure", "item:q1_1"), ("by", "q8_3")])
    theirs = distribution_table(of_file, file_source(files, of_file)).rows
    assert_close_rows(distribution_table(asked, await rounds.source(asked)).rows, theirs)


async def test_the_service_gives_the_51_indicators_in_the_order_of_the_form(
    responses: Path, dsn: str
) -> None:
    async with serving(dsn, open_to_all=True) as address, client_of(address) as client:
        answer: httpx.Response = await client.get(
            "/api/indices", params={"round": "households", "measure": "all", "index": "tree"}
        )
    measures = [row["measure"] for row in answer.json()["rows"]]
    assert len(measures) == 51
    assert measures[:4] == ["overall:tree", "factor:policy", "factor:accountability", "item:accountability1"]
    assert measures[-1] == "item:petitions3"
