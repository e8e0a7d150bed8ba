"""Successions: which unit that ended went, wholly or in part, into which that began."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sipas.imports.counts import Counts
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import Unit, list_units
from sipas.queries.units import Succession, list_successions, lock_units, upsert_successions
from sipas.tables import Table, TableRow, read_table
from sipas.tables.cells import parse_number

Pair = tuple[int, int]
UnitsByCode = Mapping[str, list[Unit]]
ROUNDING = 1e-6  # shares written with a few digits may sum to a little more than 1


async def import_successions(conn: Connection, path: Path) -> Counts:
    table = read_table(path, required=("old_code", "new_code"))
    async with conn.transaction():
        await lock_units(conn)
        units: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in await list_units(conn):
            units[unit.code].append(unit)
        rows, given = read_successions(table, units)
        known = {pair(succession): succession for succession in await list_successions(conn)}
        refuse_more_than_all({**known, **given}, rows)
        changed = [succession for succession in given.values() if known.get(pair(succession)) != succession]
        await upsert_successions(conn, changed)
    added = len(given.keys() - known.keys())
    return Counts(added, len(changed) - added, len(given) - len(changed))


def pair(succession: Succession) -> Pair:
    return succession.old_unit_id, succession.new_unit_id


def read_successions(table: Table, units: UnitsByCode) -> tuple[dict[Pair, TableRow], dict[Pair, Succession]]:
    rows: dict[Pair, TableRow] = {}
    given: dict[Pair, Succession] = {}
    for row in table.rows:
        old = unit_that_ended(row, units)
        succession = Succession(old.id, unit_that_began(row, units, old).id, row.find_as("share", share))
        if earlier := rows.get(pair(succession)):
            raise row.error("new_code", f"the same succession stands in row {earlier.number}")
        rows[pair(succession)], given[pair(succession)] = row, succession
    return rows, given


def unit_that_ended(row: TableRow, units: UnitsByCode) -> Unit:
    """Of those that bore the code and ended, the last."""
    code = row.get("old_code")
    ended = [unit for unit in units.get(code, ()) if unit.valid_to]
    if not ended:
        known = "has no valid_to" if units.get(code) else "is unknown"
        raise row.error("old_code", f"unit {code} {known}; import the units that ended first, with valid_to")
    return max(ended, key=lambda unit: unit.valid_to or date.min)


def unit_that_began(row: TableRow, units: UnitsByCode, old: Unit) -> Unit:
    """Of those that bear the code and began after the old one ended, the first."""
    code, end = row.get("new_code"), old.valid_to or date.min
    began = [unit for unit in units.get(code, ()) if unit.valid_from and unit.valid_from > end]
    if not began:
        raise row.error(
            "new_code", f"no unit {code} began after {old.code} ended on {end}; import units first"
        )
    return min(began, key=lambda unit: unit.valid_from or date.max)


def share(text: str) -> float:
    value = parse_number(text)
    if not 0 < value <= 1:
        raise ValueError(f"{text} is no share; it is more than 0 and at most 1, or empty where unknown")
    return value


def refuse_more_than_all(successions: Mapping[Pair, Succession], rows: Mapping[Pair, TableRow]) -> None:
    """An old unit's shares are parts of one whole."""
    sums: defaultdict[int, float] = defaultdict(float)
    for (old, _), succession in successions.items():
        sums[old] += succession.share or 0
    for (old, _), row in rows.items():
        if sums[old] > 1 + ROUNDING:
            code = row.get("old_code")
            raise row.error("share", f"the shares of unit {code} sum to {sums[old]:g}, more than 1")
