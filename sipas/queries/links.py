"""One-time links."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("links")


class Link(msgspec.Struct, frozen=True):
    """What a link is about. opt_out_hash: of the phone it is sent to, if it is sent to one."""

    round_id: int
    unit_id: int
    procedure_id: int | None
    service_channel: str | None
    completed_on: date | None
    opt_out_hash: bytes | None = None


class OpenLink(Link, frozen=True):
    """One that can be answered. draft: what was answered and not yet sent, sealed."""

    opened: bool = False
    started: bool = False
    draft: bytes | None = None


class LinkCount(msgspec.Struct, frozen=True):
    round: str
    links: int
    used: int
    expired: int


async def insert_links(
    conn: Connection, token_hashes: Sequence[bytes], links: Sequence[Link], lasts: timedelta
) -> None:
    """links: in the order of their hashes."""
    columns = zip(*(msgspec.structs.astuple(link) for link in links), strict=True)
    await conn.execute(Q.insert_links, token_hashes, *columns, lasts)


async def find_open_link(conn: Connection, token_hash: bytes) -> OpenLink | None:
    row = await conn.fetchrow(Q.find_open_link, token_hash)
    return OpenLink(*row) if row else None


async def mark_opened(conn: Connection, token_hash: bytes) -> bool:
    """False where it had been opened before."""
    return bool(await conn.fetchval(Q.mark_opened, token_hash))


async def mark_started(conn: Connection, token_hash: bytes) -> bool:
    """False where it had been started before."""
    return bool(await conn.fetchval(Q.mark_started, token_hash))


async def forget_phone(conn: Connection, phone_hash: bytes) -> None:
    """No link leads to it any more."""
    await conn.execute(Q.forget_phone, phone_hash)


async def save_draft(conn: Connection, token_hash: bytes, sealed: bytes) -> None:
    """Keeps nothing where the link was used meanwhile."""
    await conn.execute(Q.save_draft, token_hash, sealed)


async def use_link(conn: Connection, token_hash: bytes, due_on: date, sealed: bytes) -> bool:
    """Once, and keeps the encrypted answer; False where the link was used or has expired."""
    return bool(await conn.fetchval(Q.use_link, token_hash, due_on, sealed))


async def delete_dead_drafts(conn: Connection) -> None:
    await conn.execute(Q.delete_dead_drafts)


async def forget_phones_of_expired_links(conn: Connection) -> None:
    await conn.execute(Q.forget_phones_of_expired_links)


async def count_links(conn: Connection) -> list[LinkCount]:
    return [LinkCount(*row) for row in await conn.fetch(Q.count_links)]


async def add_failed_lookups(conn: Connection, n: int) -> int:
    """How many look-ups of links failed in this minute, these among them."""
    return int(await conn.fetchval(Q.add_failed_lookups, n))
