"""Posters of units, and forms that were sent."""

from datetime import date, datetime

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("posters")


class PosterTarget(msgspec.Struct, frozen=True):
    """round_id: None for the open round that kiosks ask."""

    unit_id: int
    round_id: int | None


class Poster(msgspec.Struct, frozen=True):
    """round: None for the open round that kiosks ask."""

    code: str
    unit: str
    name: str
    round: str | None
    retired_at: datetime | None


async def insert_poster(conn: Connection, code: str, unit_id: int, round_id: int | None) -> None:
    await conn.execute(_Q.insert_poster, code, unit_id, round_id)


async def find_poster(conn: Connection, code: str) -> PosterTarget | None:
    """Return None if the code is unknown or the poster is retired."""
    row = await conn.fetchrow(_Q.find_poster, code)
    return None if row is None else PosterTarget(*row)


async def list_posters(conn: Connection) -> list[Poster]:
    return [Poster(*row) for row in await conn.fetch(_Q.list_posters)]


async def retire_poster(conn: Connection, code: str) -> bool:
    return bool(await conn.fetchval(_Q.retire_poster, code))


async def use_form(conn: Connection, hash_: bytes, expires_on: date) -> bool:
    """Return False if the form was used before."""
    return bool(await conn.fetchval(_Q.use_form, hash_, expires_on))


async def find_form(conn: Connection, hash_: bytes) -> bool:
    """Whether this form was sent before."""
    return bool(await conn.fetchval(_Q.find_form, hash_))


async def delete_expired_forms(conn: Connection, today: date) -> None:
    await conn.execute(_Q.delete_expired_forms, today)
