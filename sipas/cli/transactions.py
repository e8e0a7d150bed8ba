"""sipas transactions: counted transactions, and problems."""

import click

from sipas.cli.commands import StrictGroup
from sipas.cli.database import in_database
from sipas.cli.output import format_option, show
from sipas.postgres.pool import Connection
from sipas.queries.transactions import count_problems, list_counts, list_problems
from sipas.settings import read_settings
from sipas.survey.invitations.retry import retry_problems


@click.group(cls=StrictGroup)
def transactions() -> None:
    """Manage finished transactions from one-stop systems."""


@transactions.command("list")
@format_option
def _list(format_: str) -> None:
    """List the numbers of transactions in each round, on time and late. Problems are not counted."""
    show(in_database(list_counts), format_)


@transactions.command("problems")
@format_option
def _problems(format_: str) -> None:
    """List transactions that could not be counted, and why. Run `_retry` after correcting the catalogue."""
    show(in_database(list_problems), format_)


@transactions.command("retry")
@format_option
def _retry(format_: str) -> None:
    """Count problems that can be counted now, and report the rest. No invitations follow: phones were not
    stored.
    """
    settings = read_settings()

    async def work(conn: Connection) -> dict[str, object]:
        counted = await retry_problems(conn, settings)
        return {
            "counted": counted,
            "problems": {one.reason: one.events for one in await count_problems(conn)},
        }

    show(in_database(work, settings), format_)
