"""sipas import: files into the database, all or nothing."""

from collections.abc import Sequence
from pathlib import Path

import click

from sipas.cli.database import in_database
from sipas.cli.output import format_option, show
from sipas.imports.frame import import_frame
from sipas.imports.instrument import import_instrument
from sipas.imports.procedures import import_procedures
from sipas.imports.responses import import_responses
from sipas.imports.successions import import_successions
from sipas.imports.transactions import import_transactions, list_unread
from sipas.imports.units import import_units
from sipas.settings import read_settings
from sipas.survey.columns import CHANNELS

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Pairs = Sequence[tuple[str, str]]


class Pair(click.ParamType[tuple[str, str]]):
    """LEFT=RIGHT."""

    name = "pair"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        left, equals, right = str(value).partition("=")
        if not (left.strip() and equals and right.strip()):
            self.fail(f"{value!r} is not of the form {param.metavar if param else 'LEFT=RIGHT'}", param, ctx)
        return left.strip(), right.strip()


file_argument = click.argument("file", type=FILE)
round_option = click.option("--round", "round_code", required=True, help="the round's id")
map_option = click.option(
    "--map", "renamed", type=Pair(), multiple=True, metavar="OURS=THEIRS",
    help="take our column OURS from the file's column THEIRS; repeatable",
)  # fmt: skip


@click.group("import")
def import_() -> None:
    """Brings files into the database: CSV or XLSX, and TOML for an instrument. All or nothing."""


@import_.command()
@file_argument
@format_option
def units(file: Path, format_: str) -> None:
    """Units: code,name,type,parent,valid_from,valid_to."""
    show(in_database(lambda conn: import_units(conn, file)), format_)


@import_.command()
@file_argument
@format_option
def successions(file: Path, format_: str) -> None:
    """Which units went into which: old_code,new_code,share."""
    show(in_database(lambda conn: import_successions(conn, file)), format_)


@import_.command()
@file_argument
@format_option
def procedures(file: Path, format_: str) -> None:
    """Procedures: code,name,field."""
    show(in_database(lambda conn: import_procedures(conn, file)), format_)


@import_.command()
@file_argument
@format_option
def instrument(file: Path, format_: str) -> None:
    """Publishes an instrument (TOML). A published version never changes."""
    show(in_database(lambda conn: import_instrument(conn, file)), format_)


@import_.command()
@file_argument
@round_option
@click.option("--count", "count_column", required=True, metavar="COLUMN", help="the completed transactions")
@map_option
@format_option
def frame(file: Path, round_code: str, count_column: str, renamed: Pairs, format_: str) -> None:
    """A round's frame: the columns of its strata, and a count. It replaces the frame before."""
    show(in_database(lambda conn: import_frame(conn, file, round_code, count_column, dict(renamed))), format_)


@import_.command()
@file_argument
@format_option
def transactions(file: Path, format_: str) -> None:
    """Finished transactions: transaction_id,unit,procedure,service_channel,completed_at, and perhaps
    on_time,phone,language,cancelled,changed_at. `sipas transactions problems` lists what was not counted."""
    settings = read_settings()
    if unread := list_unread(file):
        click.echo(f"warning: {file.name} has columns that are not read: {', '.join(unread)}", err=True)
    counts = in_database(lambda conn: import_transactions(conn, file, settings), settings)
    show(counts, format_)
    if counts.problems:
        click.echo(f"problems: {counts.problems:,}; `sipas transactions problems` says why", err=True)


@import_.command()
@file_argument
@round_option
@map_option
@click.option(
    "--where", type=Pair(), multiple=True, metavar="COLUMN=VALUE", help="these rows alone; repeatable"
)
@click.option(
    "--channel",
    type=click.Choice(CHANNELS),
    default="paper",
    show_default=True,
    help="the answer channel, where the file has no column `channel`",
)
@format_option
def responses(file: Path, round_code: str, renamed: Pairs, where: Pairs, channel: str, format_: str) -> None:
    """Responses: response_id, unit, a column an item, and attributes."""
    counts = in_database(
        lambda conn: import_responses(
            conn, file, round_code, rename=dict(renamed), where=where, channel=channel
        )
    )
    show(counts, format_)
