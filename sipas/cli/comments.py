"""sipas comments: what people wrote in a round."""

import click

from sipas.charts.numbers import choose_language
from sipas.cli.commands import StrictCommand
from sipas.cli.database import in_database
from sipas.cli.output import format_option, show
from sipas.errors import InputError
from sipas.postgres.pool import Connection
from sipas.queries.comments import list_comments
from sipas.report.comments.comments import CommentFilter, CommentRow, comment_rows
from sipas.report.names import Names
from sipas.survey.catalogue import load_catalogue
from sipas.survey.columns import CHANNELS


@click.command(cls=StrictCommand)
@click.option("--round", "round_code", required=True, help="the round's id")
@click.option("--search", default="", metavar="WORDS", help="with all these words; diacritics are optional")
@click.option("--unit", "units", multiple=True, metavar="CODE", help="of this unit; repeatable")
@click.option("--channel", "channels", multiple=True, type=click.Choice(CHANNELS), help="repeatable")
@click.option("--unmasked", is_flag=True, help="with names and e-mail addresses; keep the output inside")
@click.option("--lang", "--language", "lang", default="vi", show_default=True, help="of masks: vi or en")
@format_option
def comments(
    round_code: str,
    search: str,
    units: tuple[str, ...],
    channels: tuple[str, ...],
    unmasked: bool,
    lang: str,
    format_: str,
) -> None:
    """List what people wrote in a round: comments, answers to text items, texts beside "other".

    Names after titles and e-mail addresses are masked. The order says nothing of the time, and no comment
    leads to the other answers of its response.
    """
    language = choose_language(lang)

    async def work(conn: Connection) -> list[CommentRow]:
        catalogue = await load_catalogue(conn)
        round_ = catalogue.get_round(round_code)
        if unknown := [code for code in units if code not in catalogue.units_by_code]:
            raise InputError(f"--unit: there is no unit {', '.join(unknown)}")
        chosen = CommentFilter(search=search, units=units, channels=channels)
        written = await list_comments(conn, round_.id)
        found = comment_rows(written, Names(language, catalogue), chosen, masked=not unmasked)
        click.echo(f"{len(found)} of {len(written)} comments of round {round_code}", err=True)
        return found

    show(in_database(work), format_)
