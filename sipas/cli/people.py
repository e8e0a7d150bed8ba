"""sipas user and sipas key: access to results, and keys of one-stop systems."""

import sys
from collections.abc import Awaitable, Callable
from typing import get_args

import click

from sipas.cli.commands import StrictGroup
from sipas.cli.database import in_database
from sipas.cli.output import Command, format_option, show
from sipas.errors import InputError
from sipas.postgres.pool import Connection
from sipas.queries.people import ListedKey, ListedPerson, Role, list_api_keys, list_people
from sipas.survey.access.people import SCOPES, add_key, add_person, change_password, retire_key, retire_person


def _password_option(command: Command) -> Command:
    return click.option("--password-stdin", is_flag=True, help="read the password from standard input")(
        command
    )


@click.group(cls=StrictGroup)
def key() -> None:
    """Manage keys of programs."""


@key.command("add")
@click.option("--scope", required=True, type=click.Choice(SCOPES))
@click.option("--source", help="with --scope transactions: the name of the system that sends them")
@format_option
def _new_key(scope: str, source: str | None, format_: str) -> None:
    """Create a key. It is shown only once."""

    async def work(conn: Connection) -> dict[str, str]:
        return {"key": await add_key(conn, scope, source)}

    show(in_database(work), format_)


@key.command("list")
@format_option
def _list_keys(format_: str) -> None:
    """List all keys by number, with purpose and creation date."""

    async def work(conn: Connection) -> list[ListedKey]:
        return await list_api_keys(conn)

    show(in_database(work), format_)


@key.command("retire")
@click.argument("number", metavar="NUMBER", type=click.IntRange(1, 2**31 - 1))
@format_option
def _retire_one(number: int, format_: str) -> None:
    """Retire a key at once; `sipas key list` shows its number."""

    async def work(conn: Connection) -> dict[str, int]:
        await retire_key(conn, number)
        return {"retired": number}

    show(in_database(work), format_)


@click.group(cls=StrictGroup)
def user() -> None:
    """Manage users."""


@user.command("add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(get_args(Role)),
    default="staff",
    show_default=True,
    help="interviewer: sees the households assigned, and no results",
)
@_password_option
@format_option
def _new_user(name: str, role: Role, password_stdin: bool, format_: str) -> None:
    """Add a user, and ask for the password."""
    if not name.strip():
        raise InputError("the name is empty")
    password = _password_from(password_stdin)
    _do_with_person("user", name, lambda conn, person: add_person(conn, person, password, role), format_)


@user.command("list")
@format_option
def _list_users(format_: str) -> None:
    """List all users."""

    async def work(conn: Connection) -> list[ListedPerson]:
        return await list_people(conn)

    show(in_database(work), format_)


@user.command("password")
@click.argument("name")
@_password_option
@format_option
def _new_password(name: str, password_stdin: bool, format_: str) -> None:
    """Ask for a new password, and end all of the user's sessions."""
    password = _password_from(password_stdin)
    _do_with_person("changed", name, lambda conn, person: change_password(conn, person, password), format_)


@user.command("retire")
@click.argument("name")
@format_option
def _retire_user(name: str, format_: str) -> None:
    """Remove a user and all sessions at once."""
    _do_with_person("retired", name, retire_person, format_)


def _do_with_person(
    done: str, name: str, act: Callable[[Connection, str], Awaitable[None]], format_: str
) -> None:
    """Print the action after it has succeeded."""
    person = name.strip()

    async def work(conn: Connection) -> dict[str, str]:
        await act(conn, person)
        return {done: person}

    show(in_database(work), format_)


def _password_from(stdin: bool) -> str:
    """Return the password from a file or pipe, else ask for it twice."""
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    given: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return given
