"""Unreadable callbacks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from sipas.postgres.pool import Connection
from sipas.queries.messages import EncryptedRow
from sipas.sql import load

_Q = load("callbacks")

UnreadReason = Literal["configuration", "content"]


class UnreadCallback(msgspec.Struct, frozen=True):
    """content: encrypted. token_hash: of its address; None if it came over SMPP."""

    received_at: datetime
    reason: UnreadReason
    outline: str
    token_hash: bytes | None
    content: bytes


class UnreadRow(UnreadCallback, frozen=True):
    id: int = 0


class UnreadGroup(msgspec.Struct, frozen=True):
    """Callbacks of the same outline."""

    outline: str
    reason: UnreadReason
    callbacks: int
    first: datetime
    last: datetime


class UnreadCount(msgspec.Struct, frozen=True):
    """kept: now. ever: since the beginning, including those read later or deleted."""

    kept: int
    ever: int
    last: datetime | None


async def insert_unread(conn: Connection, unread: Sequence[UnreadCallback], most: int) -> None:
    """Store and count them; drop the oldest of each reason beyond `most`."""
    if not unread:
        return
    rows = [msgspec.structs.astuple(one) for one in unread]
    await conn.execute(_Q.insert_unread, *zip(*rows, strict=True))
    await conn.execute(_Q.count_more_unread, len(unread))
    await conn.execute(_Q.drop_unread, most)


async def list_unread(
    conn: Connection, reasons: Sequence[UnreadReason], after: int, most: int
) -> list[UnreadRow]:
    """In the order of their ids, locked until the transaction ends."""
    return [UnreadRow(*row) for row in await conn.fetch(_Q.list_unread, reasons, after, most)]


async def group_unread(conn: Connection) -> list[UnreadGroup]:
    return [UnreadGroup(*row) for row in await conn.fetch(_Q.group_unread)]


async def count_unread(conn: Connection) -> UnreadCount:
    return UnreadCount(*await conn.fetchrow(_Q.count_unread) or ())


async def mark_unread(conn: Connection, id_: int, reason: UnreadReason, outline: str) -> None:
    await conn.execute(_Q.mark_unread, id_, reason, outline)


async def list_unread_of_other_keys(conn: Connection, key_name: bytes, most: int) -> list[EncryptedRow]:
    return [EncryptedRow(*row) for row in await conn.fetch(_Q.list_unread_of_other_keys, key_name, most)]


async def reencrypt_unread(conn: Connection, rows: Sequence[EncryptedRow]) -> None:
    await conn.execute(_Q.reencrypt_unread, [one.key for one in rows], [one.content for one in rows])


async def delete_unread(conn: Connection, ids: Sequence[int]) -> None:
    await conn.execute(_Q.delete_unread, ids)


async def delete_all_unread(conn: Connection) -> int:
    return len(await conn.fetch(_Q.delete_all_unread))


async def delete_old_unread(conn: Connection, before: datetime) -> None:
    await conn.execute(_Q.delete_old_unread, before)
