"""Who may read results: people with a session, programs with a key."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache

from sipas.errors import InputError, NotFound, Overloaded
from sipas.postgres.pool import Connection, Pool
from sipas.queries import people
from sipas.survey.tokens import hash_password, hash_token, is_password, new_token

SESSION_LASTS = timedelta(hours=12)
SIGNING_IN = 8
SCOPES = ("read", "transactions")


@cache
def hash_of_nobody() -> str:
    return hash_password(new_token())


async def add_person(conn: Connection, name: str, password: str) -> None:
    await people.insert_person(conn, name, hash_of(password))


async def change_password(conn: Connection, name: str, password: str) -> None:
    """And signs the person out everywhere: who knew the old one reads on nowhere."""
    if not await people.replace_password(conn, name, hash_of(password)):
        raise nobody(name)


async def retire_person(conn: Connection, name: str) -> None:
    """At once, wherever the person is signed in."""
    if not await people.delete_person(conn, name):
        raise nobody(name)


def hash_of(password: str) -> str:
    if len(password) < 12:
        raise InputError("the password has fewer than 12 characters; take a longer one")
    return hash_password(password)


def nobody(name: str) -> NotFound:
    return NotFound(f"there is no person {name!r}; `sipas user list` shows all")


class Door:
    """Sign-in, one at a time: a password takes a third of a second to check, and collecting goes on beside.

    That bounds guessing too. Who finds more than a few waiting is asked to come again.
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.checker = ThreadPoolExecutor(1, "passwords")
        self.waiting = 0

    async def sign_in(self, name: str, password: str) -> str | None:
        """A session's token, or None where name and password do not belong together."""
        async with self.pool.acquire() as conn:
            person = await people.find_person(conn, name)
        # A name that does not exist takes as long to refuse.
        if not await self.check(password, person.password_hash if person else None) or person is None:
            return None
        token = new_token()
        async with self.pool.acquire() as conn:
            await people.insert_session(conn, hash_token(token), person.id, SESSION_LASTS)
        return token

    async def check(self, password: str, hashed: str | None) -> bool:
        if self.waiting >= SIGNING_IN:
            raise Overloaded("too many are signing in; try again in a moment")
        self.waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(
                self.checker, lambda: is_password(password, hashed or hash_of_nobody())
            )
        finally:
            self.waiting -= 1


async def add_key(conn: Connection, scope: str, source: str | None = None) -> str:
    """source: the name of the system that a key for transactions is for."""
    if (source is None) == (scope == "transactions"):
        raise InputError("a key for transactions, and no other, names its system: --source NAME")
    token = new_token()
    await people.insert_api_key(conn, hash_token(token), scope, source)
    return token


async def retire_key(conn: Connection, number: int) -> None:
    if not await people.retire_api_key(conn, number):
        raise NotFound(f"there is no key {number}; `sipas key list` shows all")
