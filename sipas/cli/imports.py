"""sipas import: files into the database, all or nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from sipas.cli.database import in_database
from sipas.cli.output import format_option, show
from sipas.cli.reading_options import Pair, map_option, read_reading, reading_options
from sipas.imports.frame import import_frame
from sipas.imports.instrument import import_instrument
from sipas.imports.procedures import import_procedures
from sipas.imports.responses import ImportedResponses, ResponseFile, import_responses
from sipas.imports.successions import import_successions
from sipas.imports.transactions import import_transactions, list_unread
from sipas.imports.units import import_units
from sipas.settings import read_settings
from sipas.survey.columns import CHANNELS
from sipas.survey.sms.phones import WORDS, Fault
from sipas.tables.item_columns import listed

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Pairs = Sequence[tuple[str, str]]


file_argument = click.argument("file", type=FILE)
round_option = click.option("--round", "round_code", required=True, help="the round's id")


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
    for fault, rows in counts.unusable.items():
        warn_of_phones(counts.phones[fault], fault, rows)
    if counts.problems:
        click.echo(f"problems: {counts.problems:,}; `sipas transactions problems` says why", err=True)


def warn_of_phones(number: int, fault: Fault, rows: Sequence[int]) -> None:
    examples = ", ".join(map(str, rows)) + (", …" if number > len(rows) else "")
    phones, row = ("1 phone", "row") if number == 1 else (f"{number:,} phones", "rows")
    click.echo(f"warning: {phones} cannot be used ({row} {examples}): each {WORDS[fault]}", err=True)


@import_.command()
@file_argument
@round_option
@reading_options
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
def responses(file: Path, round_code: str, where: Pairs, channel: str, format_: str, **given: Any) -> None:
    """Responses: response_id, unit, a column an item, and attributes."""
    kept = ResponseFile(read_reading(given), where, channel)
    imported = in_database(lambda conn: import_responses(conn, file, round_code, kept))
    show(imported.counts, format_)
    if imported.without_column:
        click.echo(f"warning: {file.name} {missing_items_text(imported)}", err=True)


def missing_items_text(imported: ImportedResponses) -> str:
    items, others = listed(imported.without_column), imported.other_columns
    attributes = f" Columns kept as attributes: {listed(others)}." if others else ""
    return (
        f"has no column for items {items}; they are stored as not asked.{attributes}"
        " If a column is one of them, import the file again with --map ITEM=COLUMN --replace"
    )
