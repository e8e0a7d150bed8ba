"""sipas households: the sampled households of a round, and their interviewers."""

import click

from sipas.cli.commands import StrictGroup
from sipas.cli.database import in_database
from sipas.cli.output import format_option, show
from sipas.postgres.pool import Connection
from sipas.queries.households import HouseholdCounts, count_households
from sipas.survey.catalogue import load_catalogue
from sipas.survey.interviews.assignment import assign

_round_option = click.option("--round", "round_code", required=True, help="the round's id")


@click.group(cls=StrictGroup)
def households() -> None:
    """Sampled households: who interviews them, and how many are done."""


@households.command("list")
@_round_option
@format_option
def _list(round_code: str, format_: str) -> None:
    """Count households by village and interviewer."""

    async def work(conn: Connection) -> list[HouseholdCounts]:
        round_ = (await load_catalogue(conn)).get_round(round_code)
        return await count_households(conn, round_.id)

    show(in_database(work), format_)


@households.command("assign")
@_round_option
@click.option("--village", required=True, help="as `sipas households list` shows it")
@click.option("--interviewer", required=True, metavar="NAME", help="a user with the role interviewer")
@format_option
def _assign(round_code: str, village: str, interviewer: str, format_: str) -> None:
    """Assign the households of a village that are not done to an interviewer."""

    async def work(conn: Connection) -> dict[str, object]:
        assigned = await assign(conn, round_code, village, interviewer)
        return {"village": village, "interviewer": interviewer, "assigned": assigned}

    show(in_database(work), format_)
