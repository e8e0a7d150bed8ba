"""Responses from a file, by way of a temporary table: COPY is what a million rows need."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("imported")
LASTS = 3600.0  # seconds that a large file may take


class Incoming(NamedTuple):
    """A row of the table `incoming`. `name`: the file's response_id. `attributes`: JSON."""

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
    digest: bytes


async def copy_incoming(conn: Connection, rows: Iterable[Incoming]) -> None:
    """To be called once in a transaction, whose end takes the table away."""
    await conn.execute(Q.create_incoming)
    await conn.copy_records_to_table("incoming", records=rows, columns=Incoming._fields, timeout=LASTS)


async def store_incoming(conn: Connection, round_id: int) -> int:
    """How many were stored; the others had been stored before."""
    return int(await conn.fetchval(Q.store_incoming, round_id, timeout=LASTS))


async def list_changed(conn: Connection, round_id: int) -> list[str]:
    """Names of up to 20 responses that were stored before with other content."""
    return [row["name"] for row in await conn.fetch(Q.list_changed, round_id, timeout=LASTS)]
