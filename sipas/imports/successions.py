"""Successions: which former unit went, wholly or in part, into which new unit."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sipas.imports.counts import ImportCounts
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import Unit, list_units
from sipas.queries.units import UnitSuccession, list_successions, lock_units, upsert_successions
from sipas.tables import Table, TableRow, read_table
from sipas.tables.cells import parse_number

_Pair = tuple[int, int]
_UnitsByCode = Mapping[str, list[Unit]]
_ROUNDING = 1e-6  # rounded shares may sum to slightly more than 1


async def import_successions(conn: Connection, path: Path) -> ImportCounts:
    table = read_table(path, required=("old_code", "new_code"))
    async with conn.transaction():
        await lock_units(conn)
        units: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in await list_units(conn):
            units[unit.code].append(unit)
        rows, given = _read_successions(table, units)
        known = {_pair(succession): succession for succession in await list_successions(conn)}
        _refuse_more_than_all({**known, **given}, rows)
        changed = [succession for succession in given.values() if known.get(_pair(succession)) != succession]
        await upsert_successions(conn, changed)
    added = len(given.keys() - known.keys())
    return ImportCounts(added, len(changed) - added, len(given) - len(changed))


def _pair(succession: UnitSuccession) -> _Pair:
    return succession.old_unit_id, succession.new_unit_id


def _read_successions(
    table: Table, units: _UnitsByCode
) -> tuple[dict[_Pair, TableRow], dict[_Pair, UnitSuccession]]:
    rows: dict[_Pair, TableRow] = {}
    given: dict[_Pair, UnitSuccession] = {}
    for row in table.rows:
        old = _unit_that_ended(row, units)
        succession = UnitSuccession(
            old.id, _unit_that_began(row, units, old).id, row.find_as("share", _share)
        )
        if earlier := rows.get(_pair(succession)):
            raise row.error("new_code", f"the same succession stands in row {earlier.number}")
        rows[_pair(succession)], given[_pair(succession)] = row, succession
    return rows, given


def _unit_that_ended(row: TableRow, units: _UnitsByCode) -> Unit:
    """Return the last unit with the code that has ended."""
    code = row.get("old_code")
    ended = [unit for unit in units.get(code, ()) if unit.valid_to]
    if not ended:
        known = "has no valid_to" if units.get(code) else "is unknown"
        raise row.error("old_code", f"unit {code} {known}; import the units that ended first, with valid_to")
    return max(ended, key=lambda unit: unit.valid_to or date.min)


def _unit_that_began(row: TableRow, units: _UnitsByCode, old: Unit) -> Unit:
    """Return the first unit with the code that began after the old one ended."""
    code, end = row.get("new_code"), old.valid_to or date.min
    began = [unit for unit in units.get(code, ()) if unit.valid_from and unit.valid_from > end]
    if not began:
        raise row.error(
            "new_code", f"no unit {code} began after {old.code} ended on {end}; import units first"
        )
    return min(began, key=lambda unit: unit.valid_from or date.max)


def _share(text: str) -> float:
    value = parse_number(text)
    if not 0 < value <= 1:
        raise ValueError(
            f"{text} is not a share; give a number above 0 and at most 1, or nothing if it is unknown"
        )
    return value


def _refuse_more_than_all(
    successions: Mapping[_Pair, UnitSuccession], rows: Mapping[_Pair, TableRow]
) -> None:
    """Refuse shares of a former unit that sum to more than 1."""
    sums: defaultdict[int, float] = defaultdict(float)
    for (old, _), succession in successions.items():
        sums[old] += succession.share or 0
    for (old, _), row in rows.items():
        if sums[old] > 1 + _ROUNDING:
            code = row.get("old_code")
            raise row.error("share", f"the shares of unit {code} sum to {sums[old]:g}, more than 1")
