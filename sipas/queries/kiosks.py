"""Terminals: identities, heartbeats and settings."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("kiosks")

KioskCount = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
_Bytes = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Word = Annotated[str, msgspec.Meta(max_length=64)]
_Seconds = Annotated[float, msgspec.Meta(ge=-1e10, le=1e10)]
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_Interval = tuple[int, int]  # the first number and the last


class Kiosk(msgspec.Struct, frozen=True):
    id: int
    unit_id: int
    retired_at: datetime | None = None


class Storage(msgspec.Struct, frozen=True):
    """persisted: the browser will not clear the storage. usage, quota: in bytes.

    encrypted: waiting answers are encrypted.
    """

    persisted: bool | None = None
    usage: _Bytes | None = None
    quota: _Bytes | None = None
    encrypted: bool | None = msgspec.field(default=None, name="sealed")  # the name that terminals send


class AppFiles(msgspec.Struct, frozen=True):
    """Files of the terminal's app: missing on its disk; restored from the server since it was loaded."""

    missing: KioskCount = 0
    restored: KioskCount = 0


class Heartbeat(msgspec.Struct, frozen=True):
    """queue: number of waiting submissions; None if the disk cannot be read. sequence: the last number
    given.

    clock: seconds by which the terminal's clock is ahead. problem: the terminal's own code; `storage`: the
    disk stores no answers.
    """

    queue: KioskCount | None
    oldest_unsent: _Moment | None = None
    sequence: KioskCount | None = None
    app_version: _Word | None = None
    storage: Storage = Storage()
    clock: _Seconds | None = None
    problem: _Word | None = None
    files: AppFiles = AppFiles()


class ListedKiosk(msgspec.Struct, frozen=True):
    """held, refused: submissions in quarantine since it was retired; this week, for the reasons named."""

    kiosk: int
    unit_id: int
    unit: str
    unit_name: str
    code_expires_at: datetime | None
    enrolled_at: datetime | None
    retired_at: datetime | None
    replaces: int | None
    heard_at: datetime | None
    heartbeat: Heartbeat | None
    held: int
    refused: int
    reasons: list[str]
    missing: list[_Interval]


class Held(msgspec.Struct, frozen=True):
    id: int
    raw: bytes
    received_at: datetime


class Pin(msgspec.Struct, frozen=True):
    """PBKDF2-HMAC-SHA-256 of what the operator types; salt and hash in hexadecimal."""

    salt: str
    rounds: int
    hash: str


class KioskSettings(msgspec.Struct, frozen=True):
    """Settings of a terminal. idle, warning, thanks: seconds. procedure: ask for the procedure.

    note: by language, changes made because of earlier answers.
    """

    idle: int = 30
    warning: int = 10
    thanks: int = 5
    procedure: bool = True
    scan: bool = False
    comment: bool = False
    speech: bool = False
    pin: Pin | None = None
    note: dict[str, str] = {}


class SetFor(msgspec.Struct, frozen=True):
    """Settings for a unit or a terminal; for all terminals if both are None."""

    unit: str | None
    kiosk: int | None
    settings: dict[str, Any]


async def insert_kiosk(
    conn: Connection, unit_id: int, code_hash: bytes, lasts: timedelta, replaces: int | None
) -> int:
    return int(await conn.fetchval(_Q.insert_kiosk, unit_id, code_hash, lasts, replaces))


async def take_code(
    conn: Connection, code_hash: bytes, token_hash: bytes, counted_before: int
) -> Kiosk | None:
    row = await conn.fetchrow(_Q.take_code, code_hash, token_hash, counted_before)
    return Kiosk(*row) if row else None


async def find_kiosk(conn: Connection, token_hash: bytes) -> Kiosk | None:
    row = await conn.fetchrow(_Q.find_kiosk, token_hash)
    return Kiosk(*row) if row else None


async def find_kiosk_by_number(conn: Connection, kiosk_id: int) -> Kiosk | None:
    row = await conn.fetchrow(_Q.find_kiosk_by_number, kiosk_id)
    return Kiosk(*row) if row else None


async def list_kiosks(conn: Connection) -> list[ListedKiosk]:
    rows = [dict(row) for row in await conn.fetch(_Q.list_kiosks)]
    for row in rows:
        row["missing"] = [(numbers.lower, numbers.upper - 1) for numbers in row["missing"]]
    return [msgspec.convert(row, ListedKiosk) for row in rows]


async def retire_kiosk(conn: Connection, kiosk_id: int) -> bool:
    return await conn.fetchval(_Q.retire_kiosk, kiosk_id) is not None


async def record_heartbeat(conn: Connection, kiosk_id: int, heartbeat: Heartbeat) -> None:
    await conn.execute(_Q.record_heartbeat, kiosk_id, heartbeat)


async def list_held(conn: Connection, kiosk_id: int) -> list[Held]:
    return [Held(*row) for row in await conn.fetch(_Q.list_held, kiosk_id)]


async def delete_quarantined(conn: Connection, ids: Sequence[int]) -> None:
    await conn.execute(_Q.delete_quarantined, ids)


async def delete_settings(conn: Connection) -> None:
    await conn.execute(_Q.delete_settings)


async def insert_settings(
    conn: Connection, settings: Iterable[tuple[int | None, int | None, dict[str, Any]]]
) -> None:
    """Insert settings, each with its unit and terminal."""
    await conn.executemany(_Q.insert_settings, settings)


async def list_settings(conn: Connection) -> list[SetFor]:
    return [SetFor(*row) for row in await conn.fetch(_Q.list_settings)]


async def get_settings_for(conn: Connection, kiosk: Kiosk) -> KioskSettings:
    rows = await conn.fetch(_Q.list_settings_for, kiosk.id, kiosk.unit_id)
    together: dict[str, Any] = {}
    for row in rows:
        together |= row["settings"]
    return msgspec.convert(together, KioskSettings)


async def count_answered(conn: Connection, round_id: int, unit_id: int, month: date) -> int:
    return int(await conn.fetchval(_Q.count_answered, round_id, unit_id, month))
