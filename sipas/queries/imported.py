"""Responses from a file, by COPY through a temporary table, for files of a million rows."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("imported")
IMPORT_TIMEOUT_SECONDS = 3600.0  # for large files


class IncomingResponses(NamedTuple):
    """A row of the table `incoming`. `name`: the file's response_id. `attributes`, `texts`: JSON."""

    id: UUID
    name: str
    unit_id: int
    procedure_id: int | None
    started_at: datetime | None
    submitted_at: datetime
    complete: bool
    channel: str
    service_channel: str | None
    form: str
    language: str
    answers: list[int]
    comment: str | None
    attributes: str
    texts: str | None
    digest: bytes


async def copy_incoming(conn: Connection, rows: Iterable[IncomingResponses]) -> None:
    """Copy rows. Call it once in a transaction, whose end removes the table."""
    await conn.execute(_Q.create_incoming)
    await conn.copy_records_to_table(
        "incoming", records=rows, columns=IncomingResponses._fields, timeout=IMPORT_TIMEOUT_SECONDS
    )


async def store_incoming(conn: Connection, round_id: int) -> int:
    """Store the rows; return how many were not stored before."""
    return int(await conn.fetchval(_Q.store_incoming, round_id, timeout=IMPORT_TIMEOUT_SECONDS))


async def list_changed(conn: Connection, round_id: int) -> list[str]:
    """Return names of up to 20 responses stored before with other content."""
    return [
        row["name"] for row in await conn.fetch(_Q.list_changed, round_id, timeout=IMPORT_TIMEOUT_SECONDS)
    ]
