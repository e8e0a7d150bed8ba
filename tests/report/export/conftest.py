"""Two rounds to export: one with a frame, and one of `sipas-2026`, whose villages are clusters."""

from pathlib import Path

import pytest

from sipas.imports.instrument import import_instrument
from sipas.imports.responses import import_responses
from sipas.imports.units import import_units
from sipas.postgres.pool import Connection, Pool
from sipas.report.sources.rounds import Rounds
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.instruments.reading import read_instrument
from tests.report.conftest import Reference, open_round
from tests.report.forms_2026 import INSTRUMENT, draw_rows, write_rows


@pytest.fixture
async def household_round(conn: Connection, pool: Pool, tmp_path: Path) -> Reference:
    """Round `households`: 300 people of three communes, in ten villages each."""
    rows = draw_rows(read_instrument(INSTRUMENT.read_bytes()), 300)
    for number, row in enumerate(rows):
        row |= {"unit": f"C{number % 3}", "village": f"Thôn {number % 30}", "adults": str(1 + number % 4)}
        if number % 7 == 0:
            row["q5"], row["accountability1"] = "", "NA"
    units = tmp_path / "units.csv"
    units.write_text("code,name,type\nC0,=A+1,commune\nC1,B,commune\nC2,C,commune\n", encoding="utf-8")
    await import_units(conn, units)
    await import_instrument(conn, INSTRUMENT)
    await open_round(conn, "households", "{unit}")
    await import_responses(conn, write_rows(tmp_path / "responses.csv", rows), "households")
    return Reference(Rounds(pool, LiveCatalogue(pool)), pool)
