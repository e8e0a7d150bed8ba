"""Units by code and first day. Unchanged units are skipped, changed ones updated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from msgspec.structs import replace

from sipas.imports.counts import ImportCounts
from sipas.imports.lookup import refuse_lost_zeros
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import Unit, list_units
from sipas.queries.units import insert_units, lock_units, update_units
from sipas.tables import Table, TableRow, read_table
from sipas.tables.cells import parse_day

_Key = tuple[str, date | None]
_Units = Mapping[_Key, Unit]
_NO_ID_YET = 0  # of a unit that is not in the database yet


@dataclass(frozen=True)
class _UnitLine:
    row: TableRow
    unit: Unit
    parent: str | None

    @property
    def key(self) -> _Key:
        return _key_of(self.unit)


def _key_of(unit: Unit) -> _Key:
    return unit.code, unit.valid_from


async def import_units(conn: Connection, path: Path) -> ImportCounts:
    """Import units. A missing column changes nothing; units missing in the file stay."""
    table = read_table(path, required=("code", "name", "type"))
    lines = _read_lines(table)
    async with conn.transaction():
        await lock_units(conn)
        known = {_key_of(unit): unit for unit in await list_units(conn)}
        given_codes = ((line.unit.type, line.unit.code, line.row) for line in lines)
        refuse_lost_zeros(given_codes, {(unit.type, unit.code) for unit in known.values()})
        given = {line.key: _with_known(line.unit, known, table.header) for line in lines}
        _refuse_overlaps({**known, **given}, lines)
        stored = await _store_units(conn, given, known)
        wanted = _with_parents(stored, known, lines) if "parent" in table.header else stored
        _refuse_circles({**known, **wanted}, lines)
        await update_units(conn, [unit for key, unit in wanted.items() if unit != stored[key]])
    changed = sum(key in known and unit != known[key] for key, unit in wanted.items())
    added = len(wanted.keys() - known.keys())
    return ImportCounts(added, changed, len(wanted) - added - changed)


async def _store_units(conn: Connection, given: _Units, known: _Units) -> _Units:
    """Store everything but new parents. Former units end first, so that new ones can take their codes."""
    await update_units(conn, [unit for key, unit in given.items() if key in known and unit != known[key]])
    ids = await insert_units(conn, [unit for key, unit in given.items() if key not in known])
    return {**given, **{key: replace(given[key], id=unit_id) for key, unit_id in ids.items()}}


def _read_lines(table: Table) -> list[_UnitLine]:
    lines: dict[_Key, _UnitLine] = {}
    for row in table.rows:
        line = _read_line(row)
        if earlier := lines.get(line.key):
            raise row.error(
                "code", f"unit {line.unit.code} of the same first day stands in row {earlier.row.number}"
            )
        lines[line.key] = line
    return list(lines.values())


def _read_line(row: TableRow) -> _UnitLine:
    first, last = row.find_as("valid_from", parse_day), row.find_as("valid_to", parse_day)
    if first and last and last < first:
        raise row.error("valid_to", f"{last} is before valid_from, {first}")
    unit = Unit(_NO_ID_YET, row.get("code"), row.get("name"), row.get("type"), None, first, last)
    return _UnitLine(row, unit, row.find("parent"))


def _with_known(unit: Unit, known: _Units, header: Iterable[str]) -> Unit:
    """Return the unit, completed from the database where the file has no column."""
    if (before := known.get(_key_of(unit))) is None:
        return unit
    last = unit.valid_to if "valid_to" in header else before.valid_to
    return replace(unit, id=before.id, parent_id=before.parent_id, valid_to=last)


def _refuse_overlaps(units: _Units, lines: Iterable[_UnitLine]) -> None:
    """Refuse two units with one code at the same time."""
    rows = {line.key: line.row for line in lines}
    ordered = sorted(units.values(), key=lambda unit: (unit.code, unit.valid_from or date.min))
    for one, next_one in pairwise(ordered):
        if one.code == next_one.code and _overlap(one, next_one):
            row = rows.get(_key_of(next_one)) or rows[_key_of(one)]
            raise row.error(
                "valid_from",
                f"two units would bear the code {one.code} at once; give the first one's valid_to",
            )


def _overlap(one: Unit, other: Unit) -> bool:
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    return starts <= min(one.valid_to or date.max, other.valid_to or date.max)


def _with_parents(given: _Units, known: _Units, lines: Iterable[_UnitLine]) -> dict[_Key, Unit]:
    by_code: dict[str, list[Unit]] = {}
    for unit in {**known, **given}.values():
        by_code.setdefault(unit.code, []).append(unit)
    return {
        line.key: replace(given[line.key], parent_id=_find_parent(given[line.key], line, by_code))
        for line in lines
    }


def _find_parent(unit: Unit, line: _UnitLine, by_code: Mapping[str, list[Unit]]) -> int | None:
    """Return the only unit with the parent's code while this unit is valid."""
    if line.parent is None:
        return None
    parents = [other for other in by_code.get(line.parent, ()) if _overlap(unit, other)]
    if not parents:
        raise line.row.error("parent", f"there is no unit {line.parent!r} while {unit.code} is valid")
    if len(parents) > 1:
        problem = f"{len(parents)} units bear the code {line.parent}, one after the other, in its time"
        advice = f"let {unit.code} end with the first and begin again in a row of its own"
        raise line.row.error("parent", f"{problem}; {advice}")
    return parents[0].id


def _refuse_circles(units: _Units, lines: Iterable[_UnitLine]) -> None:
    parents = {unit.id: unit.parent_id for unit in units.values()}
    for line in lines:
        above: set[int | None] = {None}
        unit_id: int | None = units[line.key].id
        while unit_id not in above:
            above.add(unit_id)
            unit_id = parents[unit_id] if unit_id else None
        if unit_id is not None:
            raise line.row.error("parent", f"unit {line.unit.code} would be above itself")
