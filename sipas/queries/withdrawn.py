"""Imported responses withdrawn from a round, and the record of imports."""

from datetime import datetime

import msgspec

from sipas.postgres.pool import Connection
from sipas.queries.imported import IMPORT_TIMEOUT_SECONDS
from sipas.sql import load

_Q = load("withdrawn")


class ImportRecord(msgspec.Struct, frozen=True):
    """One imported file. replaced: number of stored responses that it changed."""

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


async def lock_segments(conn: Connection) -> None:
    """Block sealing until the transaction ends."""
    await conn.execute(_Q.lock_segments, timeout=IMPORT_TIMEOUT_SECONDS)


async def withdraw_changed(conn: Connection, round_id: int) -> int:
    """Withdraw responses that the table `incoming` changes; return how many."""
    await conn.execute(_Q.create_withdrawn)
    return _count(await conn.execute(_Q.withdraw_changed, round_id, timeout=IMPORT_TIMEOUT_SECONDS))


async def withdraw_import(conn: Connection, number: int) -> int:
    await conn.execute(_Q.create_withdrawn)
    return _count(await conn.execute(_Q.withdraw_import, number, timeout=IMPORT_TIMEOUT_SECONDS))


async def list_replaced(conn: Connection, number: int) -> list[Replaced]:
    """Return the imports whose responses the withdrawn import had replaced, each response counted once."""
    return [
        Replaced(*row) for row in await conn.fetch(_Q.list_replaced, number, timeout=IMPORT_TIMEOUT_SECONDS)
    ]


def _count(status: str) -> int:
    """Read the number in a command tag such as `INSERT 0 17`."""
    return int(status.rpartition(" ")[2])


async def list_rounds_withdrawn(conn: Connection) -> list[int]:
    """Return the rounds whose segments hold withdrawn responses, waiting ones not counted."""
    return [row[0] for row in await conn.fetch(_Q.list_rounds_withdrawn, timeout=IMPORT_TIMEOUT_SECONDS)]


async def shorten_uncounted(conn: Connection) -> None:
    """Remove the withdrawn responses from those that wait to be counted."""
    await conn.execute(_Q.shorten_uncounted, timeout=IMPORT_TIMEOUT_SECONDS)
    await conn.execute(_Q.delete_empty_uncounted)


async def insert_import(
    conn: Connection, round_id: int, file: str, sha256: bytes, by: str, counts: tuple[int, int, int]
) -> int:
    """counts: stored, duplicate, replaced."""
    return int(
        await conn.fetchval(
            _Q.insert_import, round_id, file, sha256, by, *counts, timeout=IMPORT_TIMEOUT_SECONDS
        )
    )


async def list_imports(conn: Connection, round_code: str | None) -> list[ImportRecord]:
    return [ImportRecord(**row) for row in await conn.fetch(_Q.list_imports, round_code)]


async def find_import(conn: Connection, number: int) -> FoundImport | None:
    row = await conn.fetchrow(_Q.find_import, number)
    return None if row is None else FoundImport(**row)


async def mark_withdrawn(conn: Connection, number: int, by: str) -> None:
    await conn.execute(_Q.mark_withdrawn, number, by)
