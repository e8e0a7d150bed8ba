"""sipas transactions: what was counted of finished transactions, and what could not be."""

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
    """Finished transactions, as one-stop systems told of them."""


@transactions.command("list")
@format_option
def list_(format_: str) -> None:
    """How many each round counts, on time and late. Problems count in none."""
    show(in_database(list_counts), format_)


@transactions.command()
@format_option
def problems(format_: str) -> None:
    """What could not be counted, and why. `retry` counts it once the catalogue has what lacked."""
    show(in_database(list_problems), format_)


@transactions.command()
@format_option
def retry(format_: str) -> None:
    """Counts what can be counted by now, and says what is left. Nobody is asked: no phone was kept."""
    settings = read_settings()

    async def work(conn: Connection) -> dict[str, object]:
        counted = await retry_problems(conn, settings)
        return {
            "counted": counted,
            "problems": {one.reason: one.events for one in await count_problems(conn)},
        }

    show(in_database(work, settings), format_)
