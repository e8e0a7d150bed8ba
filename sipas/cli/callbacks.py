"""sipas link callbacks: unreadable reports of providers."""

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from sipas.cli.commands import StrictCommand
from sipas.cli.database import in_database
from sipas.cli.output import format_option, show
from sipas.errors import InputError
from sipas.postgres.pool import Connection
from sipas.queries.callbacks import count_unread, delete_all_unread, group_unread
from sipas.settings import read_settings
from sipas.survey.encryption import read_cipher
from sipas.survey.messaging.config import config_file, read_sms
from sipas.survey.messaging.unread_retry import retry_unread


@click.command(cls=StrictCommand)
@click.option("--retry", is_flag=True, help="read them again with sms.toml as it is now")
@click.option("--forget", is_flag=True, help="delete them")
@format_option
def callbacks(retry: bool, forget: bool, format_: str) -> None:
    """List unreadable reports of the provider, grouped by form.

    Correct [http.callback] in sms.toml, then run this with --retry. docs/guides/sms.md
    """
    if retry and forget:
        raise click.UsageError("give --retry or --forget, not both")
    settings = read_settings()

    async def read_again(conn: Connection) -> dict[str, int]:
        http = read_sms(settings).http
        if http is None or http.callback is None:
            raise InputError(f"{config_file(settings)} has no [http.callback] to read them by")
        cipher, now = read_cipher(settings), datetime.now(UTC)
        read = await retry_unread(conn, http.callback, settings.secret, cipher, now)
        return {"read": read, "left": (await count_unread(conn)).kept}

    async def delete(conn: Connection) -> dict[str, int]:
        return {"deleted": await delete_all_unread(conn)}

    async def list_(conn: Connection) -> Sequence[object]:
        return await group_unread(conn)

    show(in_database(read_again if retry else delete if forget else list_, settings), format_)


async def warn_of_unread(conn: Connection) -> None:
    unread = await count_unread(conn)
    if unread.kept:
        click.echo(
            f"warning: {unread.kept} reports of the provider were not understood; "
            "`sipas link callbacks` shows what they look like",
            err=True,
        )
