"""sipas poster: QR codes for posters."""

from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from sipas.cli.addresses import warn_of_local_address
from sipas.cli.commands import StrictGroup
from sipas.cli.database import in_database
from sipas.cli.output import format_option, show
from sipas.cli.qr import draw_qr
from sipas.errors import NotFound
from sipas.postgres.pool import Connection
from sipas.queries.posters import list_posters, retire_poster
from sipas.settings import read_settings
from sipas.survey.catalogue import load_catalogue
from sipas.survey.links.posters import NewPoster, create_poster


class _Printed(msgspec.Struct, frozen=True):
    code: str
    unit: str
    url: str
    qr: str


@click.group(cls=StrictGroup)
def poster() -> None:
    """Manage posters: QR codes for a unit's walls. Their answers are marked as walk-up (channel `web`)."""


@poster.command("create")
@click.option("--unit", required=True, help="the code of the unit where it will hang")
@click.option(
    "--round",
    "round_",
    help="the round that it asks (default: the open round that kiosks ask)",
    metavar="ROUND",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="the QR code, an SVG file (default: poster-CODE.svg)",
)
@format_option
def _create(unit: str, round_: str | None, out: Path | None, format_: str) -> None:
    """Create a poster and its QR code, which can be printed in any size."""
    settings = read_settings()

    async def work(conn: Connection) -> NewPoster:
        return await create_poster(
            conn, await load_catalogue(conn), unit, datetime.now(UTC), settings.public_url, round_
        )

    made = in_database(work, settings)
    warn_of_local_address(settings)
    file = out or Path(f"poster-{made.code}.svg")
    draw_qr(made.url, file)
    show(_Printed(made.code, made.unit, made.url, str(file)), format_)


@poster.command("list")
@format_option
def _list(format_: str) -> None:
    """List all posters, and when each was retired."""
    show(in_database(list_posters), format_)


@poster.command("retire")
@click.argument("code")
@format_option
def _retire(code: str, format_: str) -> None:
    """Retire a poster: its code stops working."""

    async def work(conn: Connection) -> dict[str, str]:
        if not await retire_poster(conn, code):
            raise NotFound(f"no poster {code} is in use; `sipas poster list` shows all")
        return {"retired": code}

    show(in_database(work), format_)
