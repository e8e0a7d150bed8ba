"""sipas migrate: the database schema."""

import asyncio
from contextlib import nullcontext

import click

from sipas.cli.commands import StrictCommand
from sipas.cli.output import format_option, show
from sipas.postgres.embedded import running
from sipas.postgres.migrate import migrate as migrate_database
from sipas.settings import read_settings


@click.command(cls=StrictCommand)
@format_option
def migrate(format_: str) -> None:
    """Migrate the database to this version's schema; safe to repeat and to run twice at once."""
    settings = read_settings()
    server = nullcontext(settings.database_url) if settings.database_url else running(settings.data_dir)
    with server as dsn:
        applied = asyncio.run(migrate_database(dsn))
    show({"applied": applied}, format_)
