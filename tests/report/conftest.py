"""The reference answers as a round of a database: what estimates from files are held against."""

import csv
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sipas.imports.frame import import_frame
from sipas.imports.instrument import import_instrument
from sipas.imports.procedures import import_procedures
from sipas.imports.responses import ResponseFile, import_responses
from sipas.imports.units import import_units
from sipas.postgres.pool import Connection, Pool
from sipas.report.sources.files import Files
from sipas.report.sources.rounds import Rounds
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.instruments.answer_files import Reading

REFERENCE = Path(__file__).parent.parent / "reference"
SIPAS, KANSAS_CITY = REFERENCE / "sipas", REFERENCE / "kansas_city"
STRATA = ("unit", "procedure_group", "channel")
RENAMED = {"procedure": "procedure_group", "service_channel": "channel"}


@pytest.fixture
def sipas_files() -> Files:
    return Files(
        SIPAS / "responses.csv", SIPAS / "instrument.toml", STRATA, SIPAS / "frame.csv", frame_count="N_h"
    )


@pytest.fixture
def with_our_words(sipas_files: Files, tmp_path: Path) -> Files:
    """The same files, with the word for the post that a round knows."""
    responses, frame = tmp_path / "responses.csv", tmp_path / "frame.csv"
    for file in (responses, frame):
        file.write_text((SIPAS / file.name).read_text(encoding="utf-8").replace("postal", "post"), "utf-8")
    return replace(sipas_files, responses=responses, frame=frame)


@dataclass
class Reference:
    rounds: Rounds
    pool: Pool


async def open_round(conn: Connection, code: str, strata: str) -> None:
    await conn.execute(
        """insert into round (code, instrument_id, strata, index_code, target, opens_at, closes_at)
            select $1, id, $2::text::text[], 'pooled', 0.85, '2026-01-01 00:00+07', '2027-01-01 00:00+07'
            from instrument order by id desc limit 1""",
        code,
        strata,
    )


@pytest.fixture
async def sipas_round(conn: Connection, pool: Pool, tmp_path: Path, with_our_words: Files) -> Reference:
    """Round `reference`: units U01 to U10, procedures P1 to P5, three service channels."""
    units, procedures = tmp_path / "units.csv", tmp_path / "procedures.csv"
    units.write_text("code,name,type\n" + "".join(f"U{i:02},Unit {i},commune\n" for i in range(1, 11)))
    procedures.write_text("code,name,field\n" + "".join(f"P{i},Procedure {i},F\n" for i in range(1, 6)))
    await import_units(conn, units)
    await import_procedures(conn, procedures)
    await import_instrument(conn, SIPAS / "instrument.toml")
    await open_round(conn, "reference", "{unit,procedure,service_channel}")
    assert with_our_words.frame is not None
    await import_frame(conn, with_our_words.frame, "reference", "N_h", RENAMED)
    await import_responses(conn, with_our_words.responses, "reference", ResponseFile(Reading(rename=RENAMED)))
    return Reference(Rounds(pool, LiveCatalogue(pool)), pool)


@pytest.fixture
async def kansas_city_round(conn: Connection, pool: Pool, tmp_path: Path) -> Reference:
    """Round `kansas-city`, without a frame: its strata are attributes of the responses."""
    units, responses = tmp_path / "units.csv", tmp_path / "responses.csv"
    units.write_text("code,name,type\nKC,Kansas City,city\n")
    header, *rows = (KANSAS_CITY / "responses.csv").read_text().splitlines()
    responses.write_text("\n".join([f"{header},unit", *(f"{row},KC" for row in rows)]))
    await import_units(conn, units)
    await import_instrument(conn, KANSAS_CITY / "instrument.toml")
    await open_round(conn, "kansas-city", "{round,district}")
    await import_responses(conn, responses, "kansas-city")
    return Reference(Rounds(pool, LiveCatalogue(pool)), pool)


@pytest.fixture
def dated_files(tmp_path: Path) -> Files:
    """600 answers, two or three of them on every day from January to August 2026, at midnight's edge too."""
    with (SIPAS / "responses.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:600]
    items = [name for name in rows[0] if name.startswith("f")]
    start = datetime(2025, 12, 31, 17, tzinfo=UTC)  # midnight in Hanoi
    dated = tmp_path / "dated.csv"
    with dated.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["response_id", "unit", "sex", "submitted_at", *items])
        for place, row in enumerate(rows):
            when = start + timedelta(hours=9 * place)
            writer.writerow([place, row["unit"], row["sex"], when.isoformat(), *(row[i] for i in items)])
    return Files(dated, SIPAS / "instrument.toml", ("unit",))


@pytest.fixture
async def dated_round(conn: Connection, pool: Pool, tmp_path: Path, dated_files: Files) -> Reference:
    units = tmp_path / "units.csv"
    units.write_text("code,name,type\n" + "".join(f"U{i:02},Unit {i},commune\n" for i in range(1, 11)))
    await import_units(conn, units)
    await import_instrument(conn, SIPAS / "instrument.toml")
    await open_round(conn, "dated", "{unit}")
    await import_responses(conn, dated_files.responses, "dated")
    return Reference(Rounds(pool, LiveCatalogue(pool)), pool)
