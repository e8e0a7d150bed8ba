"""Receipts that wait until their messages are recorded as sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("receipts")


class EarlyReceipt(msgspec.Struct, frozen=True):
    provider_id: str
    state: Literal["delivered", "failed"]
    reason: str | None
    received_at: datetime


class MatchedReceipt(msgspec.Struct, frozen=True):
    provider_id: str
    message_id: int
    state: Literal["delivered", "failed"]
    reason: str | None


async def insert_early_receipts(conn: Connection, receipts: Sequence[EarlyReceipt]) -> None:
    if rows := [msgspec.structs.astuple(receipt) for receipt in receipts]:
        await conn.execute(_Q.insert_early_receipts, *zip(*rows, strict=True))


async def list_matched_receipts(conn: Connection, provider_ids: Sequence[str]) -> list[MatchedReceipt]:
    """Return those of the early receipts whose message is recorded as sent now."""
    return [MatchedReceipt(*row) for row in await conn.fetch(_Q.list_matched_receipts, provider_ids)]


async def list_overdue_receipts(conn: Connection, most: int) -> list[str]:
    """Return ids of early receipts whose message is recorded as sent, but whose sender missed them."""
    return [row[0] for row in await conn.fetch(_Q.list_overdue_receipts, most)]


async def delete_early_receipts(conn: Connection, provider_ids: Sequence[str]) -> None:
    await conn.execute(_Q.delete_early_receipts, provider_ids)


async def delete_old_receipts(conn: Connection, before: datetime, most: int) -> None:
    """Delete receipts before a moment, and the oldest beyond a number."""
    await conn.execute(_Q.delete_old_receipts, before, most)
