"""One-time links."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("links")


class Link(msgspec.Struct, frozen=True):
    """The transaction behind a link. opt_out_hash: of the phone that it is sent to, if there is one."""

    round_id: int
    unit_id: int
    procedure_id: int | None
    service_channel: str | None
    completed_on: date | None
    opt_out_hash: bytes | None = None


class OpenLink(Link, frozen=True):
    """A link that can be answered. draft: encrypted answers not yet sent."""

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
    await conn.execute(_Q.insert_links, token_hashes, *columns, lasts)


async def find_open_link(conn: Connection, token_hash: bytes) -> OpenLink | None:
    row = await conn.fetchrow(_Q.find_open_link, token_hash)
    return OpenLink(*row) if row else None


async def mark_opened(conn: Connection, token_hash: bytes) -> bool:
    """Return False if it was opened before."""
    return bool(await conn.fetchval(_Q.mark_opened, token_hash))


async def mark_started(conn: Connection, token_hash: bytes) -> bool:
    """Return False if it was started before."""
    return bool(await conn.fetchval(_Q.mark_started, token_hash))


async def forget_phone(conn: Connection, phone_hash: bytes) -> None:
    """Remove the phone's hash from all links."""
    await conn.execute(_Q.forget_phone, phone_hash)


async def save_draft(conn: Connection, token_hash: bytes, encrypted: bytes) -> None:
    """Save the draft; nothing if the link was used meanwhile."""
    await conn.execute(_Q.save_draft, token_hash, encrypted)


async def use_link(conn: Connection, token_hash: bytes, due_on: date, encrypted: bytes) -> bool:
    """Use the link once and keep the encrypted answer; False if it was used or has expired."""
    return bool(await conn.fetchval(_Q.use_link, token_hash, due_on, encrypted))


async def delete_dead_drafts(conn: Connection) -> None:
    await conn.execute(_Q.delete_dead_drafts)


async def forget_phones_of_expired_links(conn: Connection) -> None:
    await conn.execute(_Q.forget_phones_of_expired_links)


async def count_links(conn: Connection) -> list[LinkCount]:
    return [LinkCount(*row) for row in await conn.fetch(_Q.count_links)]


async def add_failed_lookups(conn: Connection, n: int) -> int:
    """Add failed look-ups; return the number in this minute."""
    return int(await conn.fetchval(_Q.add_failed_lookups, n))
