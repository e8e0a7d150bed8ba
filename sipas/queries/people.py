"""Users, their sessions, and the keys of programs."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("people")

Role = Literal["staff", "interviewer"]


class Person(msgspec.Struct, frozen=True):
    id: int
    password_hash: str
    role: Role


class SignedInPerson(msgspec.Struct, frozen=True):
    id: int
    name: str
    role: Role


class ListedPerson(msgspec.Struct, frozen=True):
    user: str
    role: Role


class ApiKey(msgspec.Struct, frozen=True):
    """source: the system that sends transactions with this key."""

    scope: str
    source: str | None


class ListedKey(msgspec.Struct, frozen=True):
    number: int
    scope: str
    source: str | None
    created_at: datetime
    retired_at: datetime | None


async def insert_person(conn: Connection, name: str, password_hash: str, role: Role) -> int:
    return int(await conn.fetchval(_Q.insert_person, name, password_hash, role))


async def find_person(conn: Connection, name: str) -> Person | None:
    row = await conn.fetchrow(_Q.find_person, name)
    return Person(*row) if row else None


async def list_people(conn: Connection) -> list[ListedPerson]:
    return [ListedPerson(*row) for row in await conn.fetch(_Q.list_people)]


async def replace_password(conn: Connection, name: str, password_hash: str) -> bool:
    return await conn.fetchval(_Q.replace_password, name, password_hash) is not None


async def delete_person(conn: Connection, name: str) -> bool:
    return await conn.fetchval(_Q.delete_person, name) is not None


async def insert_session(conn: Connection, token_hash: bytes, person_id: int, lasts: timedelta) -> None:
    await conn.execute(_Q.insert_session, token_hash, person_id, lasts)


async def find_session(conn: Connection, token_hash: bytes) -> SignedInPerson | None:
    """Return the user of a session that has not ended."""
    row = await conn.fetchrow(_Q.find_session, token_hash)
    return SignedInPerson(*row) if row else None


async def delete_session(conn: Connection, token_hash: bytes) -> None:
    await conn.execute(_Q.delete_session, token_hash)


async def insert_api_key(conn: Connection, token_hash: bytes, scope: str, source: str | None) -> int:
    return int(await conn.fetchval(_Q.insert_api_key, token_hash, scope, source))


async def find_api_key(conn: Connection, token_hash: bytes) -> ApiKey | None:
    row = await conn.fetchrow(_Q.find_api_key, token_hash)
    return ApiKey(*row) if row else None


async def is_source(conn: Connection, source: str) -> bool:
    """Whether any key, retired or not, belongs to that source."""
    return bool(await conn.fetchval(_Q.is_source, source))


async def list_api_keys(conn: Connection) -> list[ListedKey]:
    return [ListedKey(*row) for row in await conn.fetch(_Q.list_api_keys)]


async def retire_api_key(conn: Connection, number: int) -> bool:
    return await conn.fetchval(_Q.retire_api_key, number) is not None
