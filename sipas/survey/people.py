"""Who may read results: people with a session, programs with a key."""

import asyncio
from datetime import timedelta
from functools import cache

from sipas.errors import InputError
from sipas.postgres.pool import Connection
from sipas.queries import people
from sipas.survey.tokens import hash_password, hash_token, is_password, new_token

SESSION_LASTS = timedelta(hours=12)
SCOPES = ("read", "transactions")


@cache
def hash_of_nobody() -> str:
    return hash_password(new_token())


async def add_person(conn: Connection, name: str, password: str) -> None:
    if len(password) < 12:
        raise InputError("the password has fewer than 12 characters; take a longer one")
    await people.insert_person(conn, name, hash_password(password))


async def sign_in(conn: Connection, name: str, password: str) -> str | None:
    """A session's token, or None where name and password do not belong together."""
    person = await people.find_person(conn, name)
    # A name that does not exist takes as long to refuse; and stretching must not hold up intake.
    expected = person.password_hash if person else hash_of_nobody()
    if not await asyncio.to_thread(is_password, password, expected) or person is None:
        return None
    token = new_token()
    await people.insert_session(conn, hash_token(token), person.id, SESSION_LASTS)
    return token


async def add_key(conn: Connection, scope: str) -> str:
    token = new_token()
    await people.insert_api_key(conn, hash_token(token), scope)
    return token
