"""Access to results: users with a session, programs with a key."""

from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.queries import people
from sipas.survey.tokens import hash_password, hash_token, new_token

SCOPES = ("read", "transactions")


async def add_person(conn: Connection, name: str, password: str, role: people.Role = "staff") -> None:
    await people.insert_person(conn, name, _hash_of(password), role)


async def change_password(conn: Connection, name: str, password: str) -> None:
    """Change the password and end all of the user's sessions."""
    if not await people.replace_password(conn, name, _hash_of(password)):
        raise _nobody(name)


async def retire_person(conn: Connection, name: str) -> None:
    """Delete the user and end all of the user's sessions at once."""
    if not await people.delete_person(conn, name):
        raise _nobody(name)


def _hash_of(password: str) -> str:
    if len(password) < 12:
        raise InputError("the password has fewer than 12 characters; take a longer one")
    return hash_password(password)


def _nobody(name: str) -> NotFound:
    return NotFound(f"there is no person {name!r}; `sipas user list` shows all")


async def add_key(conn: Connection, scope: str, source: str | None = None) -> str:
    """Create a key and return it. source: for a key for transactions, the name of the sending system."""
    if (source is None) == (scope == "transactions"):
        raise InputError("a key for transactions, and no other, names its system: --source NAME")
    token = new_token()
    await people.insert_api_key(conn, hash_token(token), scope, source)
    return token


async def retire_key(conn: Connection, number: int) -> None:
    if not await people.retire_api_key(conn, number):
        raise NotFound(f"there is no key {number}; `sipas key list` shows all")
