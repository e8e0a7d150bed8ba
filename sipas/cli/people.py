"""sipas user and sipas key: who may read results."""

import sys

import click

from sipas.cli.database import in_database
from sipas.cli.output import format_option, show
from sipas.errors import InputError
from sipas.postgres.pool import Connection
from sipas.survey.people import SCOPES, add_key, add_person


@click.group()
def key() -> None:
    """Keys of programs."""


@key.command("add")
@click.option("--scope", required=True, type=click.Choice(SCOPES))
@click.option("--source", help="with --scope transactions: the name of the system that sends them")
@format_option
def new_key(scope: str, source: str | None, format_: str) -> None:
    """Makes a key. It is shown here and never again."""

    async def work(conn: Connection) -> dict[str, str]:
        return {"key": await add_key(conn, scope, source)}

    show(in_database(work), format_)


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="read the password from standard input")
@format_option
def new_user(name: str, password_stdin: bool, format_: str) -> None:
    """Adds a person, and asks for the password."""
    if not name.strip():
        raise InputError("the name is empty")
    password = first_line() if password_stdin else asked_for()

    async def work(conn: Connection) -> dict[str, str]:
        await add_person(conn, name.strip(), password)
        return {"user": name.strip()}

    show(in_database(work), format_)


def first_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def asked_for() -> str:
    given: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return given
