"""Responses, and submissions in quarantine."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("responses")
_ENCODER = msgspec.json.Encoder()


class ResponseRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row of `response` without columns that the database adds; the statement uses these names.

    missing: required items without an answer, for which `complete` is false; they are not stored.
    """

    id: UUID
    round_id: int
    unit_id: int
    procedure_id: int | None
    kiosk_id: int | None
    sequence: int | None
    started_at: datetime | None
    submitted_at: datetime
    complete: bool
    channel: str
    service_channel: str | None
    form: str
    language: str
    answers: tuple[int, ...]
    comment: str | None
    attributes: dict[str, str]
    digest: bytes
    field: str | None = None
    time_kept: str | None = None
    place_kept: str | None = None
    texts: dict[str, str] | None = None
    missing: tuple[str, ...] = ()

    @property
    def uuid(self) -> UUID:
        return self.id


class Quarantined(msgspec.Struct, frozen=True):
    submission_id: str | None
    reason: str
    detail: str
    kiosk_id: int | None
    sequence: int | None
    raw: bytes


async def insert_responses(
    conn: Connection, rows: Sequence[ResponseRow], *, of_retired: bool = False
) -> dict[UUID, bytes]:
    """Return id and digest of each row stored; other ids are taken, or their terminal is retired.

    of_retired: store submissions of retired terminals too.
    """
    stored = await conn.fetch(_Q.insert_responses, _ENCODER.encode(rows).decode(), of_retired)
    return {row["id"]: row["digest"] for row in stored}


async def list_digests(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, bytes]:
    return {row["id"]: row["digest"] for row in await conn.fetch(_Q.list_digests, ids)}


async def list_retired_beyond_limits(
    conn: Connection, kiosk_ids: Iterable[int], submissions: int, size: int, lasts: timedelta
) -> set[int]:
    """Return those of the terminals whose quarantine is full. size: bytes."""
    found = await conn.fetch(_Q.list_retired_beyond_limits, [*kiosk_ids], submissions, size, lasts)
    return {row["id"] for row in found}


async def insert_quarantined(conn: Connection, rows: Sequence[Quarantined]) -> None:
    await conn.execute(
        _Q.insert_quarantined, *zip(*(msgspec.structs.astuple(row) for row in rows), strict=True)
    )


async def count_responses(conn: Connection, round_id: int) -> int:
    return int(await conn.fetchval(_Q.count_responses, round_id))
