"""Units and their successions, as imports write them."""

from collections.abc import Iterable
from datetime import date

import msgspec

from sipas.postgres.pool import Connection
from sipas.queries.catalogue import Unit
from sipas.sql import load

_Q = load("units")


class UnitSuccession(msgspec.Struct, frozen=True):
    old_unit_id: int
    new_unit_id: int
    share: float | None


async def lock_units(conn: Connection) -> None:
    await conn.execute(_Q.lock_units)


async def insert_units(conn: Connection, units: Iterable[Unit]) -> dict[tuple[str, date | None], int]:
    """Store units without their parents; return their ids by code and first day."""
    rows = [(unit.code, unit.name, unit.type, unit.valid_from, unit.valid_to) for unit in units]
    if not rows:
        return {}
    inserted = await conn.fetch(_Q.insert_units, *zip(*rows, strict=True))
    return {(row["code"], row["valid_from"]): row["id"] for row in inserted}


async def update_units(conn: Connection, units: Iterable[Unit]) -> None:
    rows = [(unit.id, unit.name, unit.type, unit.parent_id, unit.valid_to) for unit in units]
    if rows:
        await conn.execute(_Q.update_units, *zip(*rows, strict=True))


async def list_successions(conn: Connection) -> list[UnitSuccession]:
    return [UnitSuccession(*row) for row in await conn.fetch(_Q.list_successions)]


async def upsert_successions(conn: Connection, successions: Iterable[UnitSuccession]) -> None:
    rows = [msgspec.structs.astuple(succession) for succession in successions]
    if rows:
        await conn.execute(_Q.upsert_successions, *zip(*rows, strict=True))
