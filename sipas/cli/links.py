"""sipas link: one-time links to a survey."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import click
import msgspec

from sipas.cli.addresses import warn_of_local_address
from sipas.cli.callbacks import callbacks, warn_of_unread
from sipas.cli.commands import StrictGroup
from sipas.cli.database import in_database
from sipas.cli.days import Day
from sipas.cli.opt_outs import opt_outs, undo_opt_out
from sipas.cli.output import format_option, show
from sipas.cli.sending import reencrypt, resume, send, stop
from sipas.postgres.pool import Connection
from sipas.queries.links import LinkCount
from sipas.report.pages.funnel import FunnelColumn, RoundFunnel, build_failures, build_funnel, build_rounds
from sipas.settings import read_settings
from sipas.survey.catalogue import load_catalogue
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.links.mixing import Mixed
from sipas.survey.links.mixing import mix_round as mix_waiting
from sipas.survey.links.one_time_links import NewLink, create_links, link_for
from sipas.survey.links.waiting import read_answer_cipher

RECOGNISABLE = (
    "{count} of them share their attributes with too few other answers of their unit: "
    "anyone who knows who answered there may recognise an answer"
)


@click.group(cls=StrictGroup)
def link() -> None:
    """Manage one-time links to a survey about one finished transaction."""


@link.command()
@click.option("--round", "round_code", required=True, help="the round's id")
@click.option("--unit", required=True, help="the unit's code")
@click.option("--procedure", help="the procedure's code")
@click.option("--service-channel", type=click.Choice(SERVICE_CHANNELS))
@click.option("--completed-on", type=Day(), help="the day on which the transaction was finished")
@click.option("--count", default=1, show_default=True, type=click.IntRange(1, 100_000))
@format_option
def create(
    round_code: str, unit: str, procedure: str | None, service_channel: str | None,
    completed_on: date | None, count: int, format_: str,
) -> None:  # fmt: skip
    """Create links. They are shown only once: the database stores their hashes."""
    settings = read_settings()

    async def work(conn: Connection) -> list[NewLink]:
        about = link_for(
            await load_catalogue(conn),
            datetime.now(UTC),
            round_code=round_code,
            unit_code=unit,
            procedure_code=procedure,
            service_channel=service_channel,
            completed_on=completed_on,
        )
        return await create_links(conn, about, count, settings.secret, settings.public_url)

    show(in_database(work, settings), format_)
    warn_of_local_address(settings)


@link.command("mix")
@click.option(
    "--all", "everything", is_flag=True, help="mix all waiting answers now; they may keep little detail"
)
@format_option
def _mix(everything: bool, format_: str) -> None:
    """Mix waiting answers of links, posters and paper forms; the service does so by itself."""
    settings = read_settings()

    async def work(conn: Connection) -> Mixed:
        sealer = read_answer_cipher(settings)
        return await mix_waiting(conn, sealer, datetime.now(UTC), everything=everything)

    done = in_database(work, settings)
    show(done, format_)
    if done.recognisable:
        click.echo(RECOGNISABLE.format(count=done.recognisable), err=True)


@link.command("list")
@click.option("--round", "round_code", help="show this round only")
@click.option(
    "--by",
    multiple=True,
    type=click.Choice(["unit", "day"]),
    help="show a row for each unit or day; repeatable",
)
@click.option("--failures", is_flag=True, help="why messages did not arrive, and how often")
@format_option
def list_(round_code: str | None, by: tuple[FunnelColumn, ...], failures: bool, format_: str) -> None:
    """Show the state of each round's messages and links, with response rates."""

    async def work(conn: Connection) -> Sequence[object]:
        if round_code is not None:
            (await load_catalogue(conn)).get_round(round_code)
        await warn_of_unread(conn)
        if failures:
            return await build_failures(conn, round_code)
        if by:
            return await build_funnel(conn, round_code, by)
        return [in_one(one) for one in await build_rounds(conn, round_code)]

    show(in_database(work), format_)


def in_one(found: RoundFunnel) -> dict[str, object]:
    """Links, then steps: of a round alone, whatever of them were sent by message."""
    links = found.links or LinkCount(found.row.round, 0, 0, 0)
    steps = msgspec.structs.asdict(found.row)
    return msgspec.structs.asdict(links) | {
        name: n for name, n in steps.items() if name not in ("unit", "day")
    }


for command in (send, stop, resume, reencrypt, callbacks, opt_outs, undo_opt_out):
    link.add_command(command)
