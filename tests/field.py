"""A round in the field: a sample of households in two villages, and an interviewer."""

from pathlib import Path

from sipas.imports.households import import_households
from sipas.imports.units import import_units
from sipas.postgres.pool import Connection
from sipas.survey.access.people import add_person
from sipas.survey.interviews.assignment import assign
from tests.paper import open_paper_round

LAN, PASSWORD = "lan", "bồ câu gặm khoai tây"
HEADER = "questionnaire,unit,village,household,order,p_village,p_household,household_weight,adults_1,adults_2"
ROWS = """1,C1,Thôn Đông,12,1,0.5,0.1,20,1,2
2,C1,Thôn Đông,7,2,0.5,0.1,20,1,1
3,C2,Thôn Đoài,5,1,0.5,0.1,20,1,2"""
_DESIGN = '{"village": ["village"], "place": ["unit", "village"]}'


def write_sample(folder: Path, rows: str = ROWS) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "households.csv").write_text(f"{HEADER}\n{rows}\n", encoding="utf-8")
    (folder / "design.json").write_text(_DESIGN, encoding="utf-8")
    return folder


async def open_field(conn: Connection, folder: Path) -> None:
    """Import the sample; Lan interviews the two households of Thôn Đông."""
    units = folder / "units.csv"
    units.write_text("code,name,type\nC1,Xã Một,commune\nC2,Xã Hai,commune\n", encoding="utf-8")
    await import_units(conn, units)
    await open_paper_round(conn)
    await import_households(conn, write_sample(folder / "sample"), "households")
    await add_person(conn, LAN, PASSWORD, "interviewer")
    await assign(conn, "households", "Thôn Đông", LAN)
