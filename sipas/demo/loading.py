"""Load the demonstration city and a real survey into the database. Existing rows stay as they are."""

import tempfile
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Literal

from sipas.demo.city import CITY_FOLDER, KANSAS_CITY, read_city
from sipas.demo.frame import Strata, draw_frame
from sipas.demo.residents.places import read_places, write_household_sample
from sipas.imports.frame import import_frame
from sipas.imports.households import import_households
from sipas.imports.instrument import import_instrument
from sipas.imports.procedures import import_procedures
from sipas.imports.responses import ResponseFile, import_responses
from sipas.imports.successions import import_successions
from sipas.imports.units import import_units
from sipas.instruments import find_shipped
from sipas.postgres.pool import Connection
from sipas.queries.rounds import insert_round
from sipas.survey.catalogue import LOCAL, load_catalogue, local_day
from sipas.survey.instruments.answer_files import Reading
from sipas.tables.writer import csv_bytes

ROUND, RESIDENTS_ROUND = "demo", "demo-2026"
_RESIDENTS_INSTRUMENT = "sipas-2026"
_STRATA = ("unit", "procedure", "service_channel")
_DEMO_TARGET = 0.85
_ISOLATION: Literal["repeatable_read"] = "repeatable_read"  # as catalogues are read, which happens inside
_OPEN_DAYS = 60  # days before today on which the round opened
_RESIDENTS_OPEN_DAYS = 75  # likewise; kiosks ask the round that opened last


@dataclass(frozen=True)
class RealRound:
    """A round of Kansas City's survey. name: in its file."""

    code: str
    name: str
    first: datetime
    end: datetime


_REAL_ROUNDS = (
    RealRound("kc-2021q3", "2021Q3", datetime(2021, 7, 1, tzinfo=LOCAL), datetime(2021, 10, 1, tzinfo=LOCAL)),
    RealRound("kc-2022q1", "2022Q1", datetime(2022, 1, 1, tzinfo=LOCAL), datetime(2022, 4, 1, tzinfo=LOCAL)),
)


async def load_city(conn: Connection, now: datetime) -> None:
    """All of it or none: it is loaded if its round is there."""
    if ROUND in (await load_catalogue(conn)).rounds:
        return
    async with conn.transaction(isolation=_ISOLATION):
        await import_units(conn, CITY_FOLDER / "units.csv")
        await import_successions(conn, CITY_FOLDER / "successions.csv")
        await import_procedures(conn, CITY_FOLDER / "procedures.csv")
        await import_instrument(conn, CITY_FOLDER / "instrument.toml")
        catalogue = await load_catalogue(conn)
        await insert_round(
            conn,
            code=ROUND,
            instrument_id=catalogue.instrument_ids["sipas-22@1"],
            strata=_STRATA,
            index_code="overall",
            target=_DEMO_TARGET,
            opens_at=datetime.combine(local_day(now) - timedelta(days=_OPEN_DAYS), time(), LOCAL),
            closes_at=None,
        )
        await _load_frame(conn, draw_frame(read_city()))


async def _load_frame(conn: Connection, strata: Strata) -> None:
    rows = ([*strata.key(h), strata.transactions[h]] for h in range(len(strata)))
    await _load_frame_file(conn, csv_bytes([*_STRATA, "count"], rows), ROUND)


async def _load_frame_file(conn: Connection, content: bytes, round_code: str) -> None:
    """Load a frame from a file, as any city's frame comes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "frame.csv"
        file.write_bytes(content)
        await import_frame(conn, file, round_code, "count")


async def load_residents_round(conn: Connection, now: datetime) -> None:
    """Load the residents' round of `sipas-2026`: the adults of each commune, and a household sample."""
    if RESIDENTS_ROUND in (await load_catalogue(conn)).rounds:
        return
    async with conn.transaction(isolation=_ISOLATION):
        shipped = find_shipped(_RESIDENTS_INSTRUMENT)
        assert shipped is not None  # in the package
        await import_instrument(conn, shipped)
        catalogue = await load_catalogue(conn)
        await insert_round(
            conn,
            code=RESIDENTS_ROUND,
            instrument_id=catalogue.instrument_ids[f"{_RESIDENTS_INSTRUMENT}@1"],
            strata=("unit",),
            index_code="tree",
            target=_DEMO_TARGET,
            opens_at=datetime.combine(local_day(now) - timedelta(days=_RESIDENTS_OPEN_DAYS), time(), LOCAL),
            closes_at=None,
        )
        places = read_places()
        rows = ([unit.code, n] for unit, n in zip(places.communes, places.adults.tolist(), strict=True))
        await _load_frame_file(conn, csv_bytes(["unit", "count"], rows), RESIDENTS_ROUND)
        with tempfile.TemporaryDirectory() as folder:
            write_household_sample(places, Path(folder))
            await import_households(conn, Path(folder), RESIDENTS_ROUND)


async def load_kansas_city(conn: Connection) -> None:
    for real in _REAL_ROUNDS:
        if real.code not in (await load_catalogue(conn)).rounds:
            async with conn.transaction(isolation=_ISOLATION):
                await _load_real_round(conn, real)


async def _load_real_round(conn: Connection, real: RealRound) -> None:
    """Load the real survey. The attribute `method` says how people were reached: web, mail, phone."""
    await import_units(conn, KANSAS_CITY / "units.csv")
    await import_instrument(conn, KANSAS_CITY / "instrument.toml")
    catalogue = await load_catalogue(conn)
    await insert_round(
        conn,
        code=real.code,
        instrument_id=catalogue.instrument_ids["kansas-city@1"],
        strata=("unit",),
        index_code="pooled",
        target=None,
        opens_at=real.first,
        closes_at=real.end,
    )
    await import_responses(
        conn,
        KANSAS_CITY / "responses.csv",
        real.code,
        ResponseFile(Reading(rename={"unit": "district"}), where=[("round", real.name)]),
    )
