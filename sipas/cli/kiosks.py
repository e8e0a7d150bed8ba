"""sipas kiosk: terminals enrolled, listed and retired."""

from datetime import UTC, datetime

import click

from sipas.cli.database import in_database
from sipas.cli.output import format_option, show
from sipas.errors import NotFound
from sipas.postgres.pool import Connection
from sipas.queries.kiosks import list_kiosks, retire_kiosk
from sipas.settings import read_settings
from sipas.survey.catalogue import load_catalogue
from sipas.survey.kiosks import Enrolment, enrol_kiosk


@click.group()
def kiosk() -> None:
    """Terminals."""


@kiosk.command()
@click.option("--unit", required=True, help="the code of the unit where it stands")
@format_option
def enrol(unit: str, format_: str) -> None:
    """A new terminal: open its url on it, or type its code there. The code works once, within 7 days."""
    settings = read_settings()

    async def work(conn: Connection) -> Enrolment:
        return await enrol_kiosk(
            conn, await load_catalogue(conn), unit, datetime.now(UTC), settings.public_url
        )

    show(in_database(work, settings), format_)


@kiosk.command("list")
@format_option
def list_(format_: str) -> None:
    """All terminals, and when each was last heard of."""
    show(in_database(list_kiosks), format_)


@kiosk.command()
@click.argument("number", metavar="KIOSK", type=click.IntRange(1, 2**31 - 1))
@format_option
def retire(number: int, format_: str) -> None:
    """Takes a terminal out of use: what it still sends is quarantined."""

    async def work(conn: Connection) -> dict[str, int]:
        if not await retire_kiosk(conn, number):
            raise NotFound(f"there is no kiosk {number}; `sipas kiosk list` shows all")
        return {"retired": number}

    show(in_database(work), format_)
