"""One-time links."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("links")


class Link(msgspec.Struct, frozen=True):
    round_id: int
    unit_id: int
    procedure_id: int | None
    service_channel: str | None
    completed_on: date | None


class LinkCount(msgspec.Struct, frozen=True):
    round: str
    links: int
    used: int
    expired: int


async def insert_links(conn: Connection, token_hashes: Sequence[bytes], link: Link, lasts: timedelta) -> None:
    await conn.execute(
        Q.insert_links,
        token_hashes,
        link.round_id,
        link.unit_id,
        link.procedure_id,
        link.service_channel,
        link.completed_on,
        lasts,
    )


async def find_open_link(conn: Connection, token_hash: bytes) -> Link | None:
    row = await conn.fetchrow(Q.find_open_link, token_hash)
    return Link(*row) if row else None


async def use_link(conn: Connection, token_hash: bytes) -> Link | None:
    """What it was about, once."""
    row = await conn.fetchrow(Q.use_link, token_hash)
    return Link(*row) if row else None


async def count_links(conn: Connection) -> list[LinkCount]:
    return [LinkCount(*row) for row in await conn.fetch(Q.count_links)]
