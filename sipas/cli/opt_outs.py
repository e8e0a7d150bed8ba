"""sipas link opt-outs and undo-opt-out: opt-outs, and their reversal on request."""

from collections.abc import Sequence

import click

from sipas.cli.commands import StrictCommand
from sipas.cli.database import in_database
from sipas.cli.operator import operator_name
from sipas.cli.output import format_option, show
from sipas.postgres.pool import Connection
from sipas.queries.opt_outs import count_opt_outs, list_undone_opt_outs
from sipas.settings import read_settings
from sipas.survey.contacts.opt_outs import UndoneOptOut
from sipas.survey.contacts.opt_outs import undo_opt_out as undo


@click.command("opt-outs", cls=StrictCommand)
@format_option
def opt_outs(format_: str) -> None:
    """List the opt-outs that were undone: when, by whom and why. The others are counted on stderr."""

    async def work(conn: Connection) -> Sequence[object]:
        click.echo(f"{await count_opt_outs(conn)} phones have opted out", err=True)
        return await list_undone_opt_outs(conn)

    show(in_database(work), format_)


@click.command("undo-opt-out", cls=StrictCommand)
@click.argument("phone", required=False)
@click.option("--reason", required=True, help="who asked for it and how; kept, so no personal data")
@format_option
def undo_opt_out(phone: str | None, reason: str, format_: str) -> None:
    """Allow messages to PHONE again, at its owner's request.

    Without PHONE the number is read from standard input, which keeps it out of the shell's history.
    """
    settings = read_settings()
    number = phone or click.prompt("phone", err=True)

    async def work(conn: Connection) -> UndoneOptOut:
        return await undo(conn, number, settings.secret, operator_name(), reason)

    show(in_database(work, settings), format_)
