"""The demonstration city as its files describe it: today's units, and who completes which procedures."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sipas.tables import read_table

CITY_FOLDER = Path(__file__).parent / "city"
KANSAS_CITY = CITY_FOLDER / "kansas_city"


@dataclass(frozen=True)
class CityUnit:
    code: str
    name: str
    type: str


@dataclass(frozen=True)
class CityProcedure:
    code: str
    field: str


@dataclass(frozen=True)
class City:
    """`shares`: for each unit that serves citizens its procedures, each with its share of the unit's work."""

    units: tuple[CityUnit, ...]
    procedures: tuple[CityProcedure, ...]
    shares: dict[str, dict[str, float]]


@cache
def read_city() -> City:
    served = _read_shares()
    today = [
        CityUnit(row.get("code"), row.get("name"), row.get("type"))
        for row in read_table(CITY_FOLDER / "units.csv").rows
        if row.find("valid_to") is None
    ]
    shares = {u.code: served.get((u.type, u.code)) or served.get((u.type, None)) for u in today}
    return City(
        units=tuple(unit for unit in today if shares[unit.code]),
        procedures=tuple(
            CityProcedure(row.get("code"), row.get("field"))
            for row in read_table(CITY_FOLDER / "procedures.csv").rows
        ),
        shares={code: given for code, given in shares.items() if given},
    )


def _read_shares() -> dict[tuple[str, str | None], dict[str, float]]:
    """By type and unit; without a unit, for every unit of the type."""
    shares: defaultdict[tuple[str, str | None], dict[str, float]] = defaultdict(dict)
    for row in read_table(CITY_FOLDER / "served.csv").rows:
        shares[row.get("unit_type"), row.find("unit")][row.get("procedure")] = row.get_as("share", float)
    return dict(shares)
