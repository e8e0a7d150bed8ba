"""Terminals."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("kiosks")


class Kiosk(msgspec.Struct, frozen=True):
    id: int
    unit_id: int
    retired_at: datetime | None = None


class ListedKiosk(msgspec.Struct, frozen=True):
    kiosk: int
    unit: str
    unit_name: str
    enrolled_at: datetime | None
    retired_at: datetime | None
    heard_at: datetime | None
    heartbeat: dict[str, Any] | None


async def insert_kiosk(conn: Connection, unit_id: int, code_hash: bytes, lasts: timedelta) -> int:
    return int(await conn.fetchval(Q.insert_kiosk, unit_id, code_hash, lasts))


async def trade_code(conn: Connection, code_hash: bytes, token_hash: bytes) -> Kiosk | None:
    row = await conn.fetchrow(Q.trade_code, code_hash, token_hash)
    return Kiosk(*row) if row else None


async def find_kiosk(conn: Connection, token_hash: bytes) -> Kiosk | None:
    row = await conn.fetchrow(Q.find_kiosk, token_hash)
    return Kiosk(*row) if row else None


async def list_kiosks(conn: Connection) -> list[ListedKiosk]:
    return [ListedKiosk(*row) for row in await conn.fetch(Q.list_kiosks)]


async def retire_kiosk(conn: Connection, kiosk_id: int) -> bool:
    return await conn.fetchval(Q.retire_kiosk, kiosk_id) is not None


async def record_heartbeat(conn: Connection, kiosk_id: int, heartbeat: dict[str, Any]) -> None:
    await conn.execute(Q.record_heartbeat, kiosk_id, heartbeat)
