"""Imported responses taken out of a round again, and the record of imports."""

from datetime import datetime

import msgspec

from sipas.postgres.pool import Connection
from sipas.queries.counting import CellKey, Uncounted
from sipas.queries.counting import Q as COUNTING
from sipas.queries.imported import LASTS
from sipas.sql import load

Q = load("withdrawn")


class ImportRecord(msgspec.Struct, frozen=True):
    """One file that came in. replaced: stored responses that it changed."""

    id: int
    round: str
    file: str
    imported_at: datetime
    imported_by: str
    stored: int
    duplicate: int
    replaced: int
    withdrawn_at: datetime | None
    withdrawn_by: str | None


class FoundImport(msgspec.Struct, frozen=True):
    round_id: int
    file: str
    withdrawn_at: datetime | None


class Replaced(msgspec.Struct, frozen=True):
    """Responses of an earlier file that a later import had replaced."""

    file: str
    responses: int


async def lock_cells(conn: Connection) -> None:
    """Hold off counting until the transaction ends."""
    await conn.execute(Q.lock_cells, timeout=LASTS)


async def withdraw_changed(conn: Connection, round_id: int) -> int:
    """Take out what the table `incoming` says something else of; return how many responses."""
    await conn.execute(Q.create_withdrawn)
    return _count(await conn.execute(Q.withdraw_changed, round_id, timeout=LASTS))


async def withdraw_import(conn: Connection, number: int) -> int:
    await conn.execute(Q.create_withdrawn)
    return _count(await conn.execute(Q.withdraw_import, number, timeout=LASTS))


async def list_replaced(conn: Connection, number: int) -> list[Replaced]:
    """Whose responses the withdrawn ones of an import had replaced, each counted with the latest file."""
    return [Replaced(*row) for row in await conn.fetch(Q.list_replaced, number, timeout=LASTS)]


def _count(status: str) -> int:
    """Read the number in a command tag such as `INSERT 0 17`."""
    return int(status.rpartition(" ")[2])


async def list_withdrawn(conn: Connection) -> list[Uncounted]:
    rows = await conn.fetch(Q.list_withdrawn, timeout=LASTS)
    return [Uncounted(row[0], CellKey(*row[1:9]), from_terminal=False, answers=row[9]) for row in rows]


async def shorten_uncounted(conn: Connection) -> None:
    """Take the withdrawn responses out of those that wait to be counted."""
    await conn.execute(Q.shorten_uncounted, timeout=LASTS)
    await conn.execute(Q.delete_empty_uncounted)


async def delete_empty_cells(conn: Connection, round_id: int) -> None:
    """Delete cells without responses; readers then fetch all cells anew."""
    await conn.execute(Q.delete_empty_cells, round_id)
    await conn.execute(COUNTING.next_rebuild, round_id)


async def insert_import(
    conn: Connection, round_id: int, file: str, sha256: bytes, by: str, counts: tuple[int, int, int]
) -> int:
    """counts: stored, duplicate, replaced."""
    return int(await conn.fetchval(Q.insert_import, round_id, file, sha256, by, *counts, timeout=LASTS))


async def list_imports(conn: Connection, round_code: str | None) -> list[ImportRecord]:
    return [ImportRecord(**row) for row in await conn.fetch(Q.list_imports, round_code)]


async def find_import(conn: Connection, number: int) -> FoundImport | None:
    row = await conn.fetchrow(Q.find_import, number)
    return None if row is None else FoundImport(**row)


async def mark_withdrawn(conn: Connection, number: int, by: str) -> None:
    await conn.execute(Q.mark_withdrawn, number, by)
