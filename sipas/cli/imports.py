"""sipas import: files into the database, whole or not at all."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from sipas.cli.commands import StrictGroup
from sipas.cli.database import in_database
from sipas.cli.instruments import import_instrument
from sipas.cli.operator import operator_name
from sipas.cli.output import NEW_FILE, format_option, show
from sipas.cli.reading_options import (
    Pair,
    map_option,
    read_reading,
    reading_options,
    sheet_option,
    skip_rows_option,
    warn_of_sheets,
)
from sipas.imports.frame import import_frame
from sipas.imports.households import import_households
from sipas.imports.procedures import import_procedures
from sipas.imports.responses import ImportedResponses, ResponseFile, import_responses
from sipas.imports.successions import import_successions
from sipas.imports.transaction_dates import DateOrder
from sipas.imports.transactions import (
    ImportedTransactions,
    TransactionFile,
    import_transactions,
    resolve_columns,
)
from sipas.imports.units import import_units
from sipas.imports.withdrawing import withdraw_responses
from sipas.queries.withdrawn import list_imports
from sipas.settings import read_settings
from sipas.survey.columns import CHANNELS
from sipas.survey.contacts.phones import PHONE_FAULT_TEXTS, Fault
from sipas.tables import TablePlace
from sipas.tables.item_columns import quoted_map, some_names
from sipas.tables.writer import csv_bytes

IMPORT_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_CONTRADICTIONS_SHOWN = 5
_Pairs = Sequence[tuple[str, str]]


_file_argument = click.argument("file", type=IMPORT_FILE)
_dates_option = click.option(
    "--dates",
    type=click.Choice(["dmy", "mdy", "iso"]),
    help="order of day and month (default: as in the dates that are not ambiguous)",
)
_round_option = click.option("--round", "round_code", required=True, help="the round's id")


@click.group("import", cls=StrictGroup)
def import_() -> None:
    """Import files into the database: CSV or XLSX; TOML, XLSForm or SurveyJS for an instrument. A file is
    imported whole or not at all.
    """


@import_.command("units")
@_file_argument
@format_option
def _units(file: Path, format_: str) -> None:
    """Import units: code,name,type,parent,valid_from,valid_to."""
    show(in_database(lambda conn: import_units(conn, file)), format_)
    warn_of_sheets(file)


@import_.command("successions")
@_file_argument
@format_option
def _successions(file: Path, format_: str) -> None:
    """Import successions of units: old_code,new_code,share."""
    show(in_database(lambda conn: import_successions(conn, file)), format_)
    warn_of_sheets(file)


@import_.command("procedures")
@_file_argument
@format_option
def _procedures(file: Path, format_: str) -> None:
    """Import procedures: code,name,field; optional, for kiosks: name_en,field_en."""
    show(in_database(lambda conn: import_procedures(conn, file)), format_)
    warn_of_sheets(file)


import_.add_command(import_instrument, "instrument")


@import_.command("frame")
@_file_argument
@_round_option
@click.option("--count", "count_column", required=True, metavar="COLUMN", help="the completed transactions")
@map_option
@format_option
def _frame(file: Path, round_code: str, count_column: str, renamed: _Pairs, format_: str) -> None:
    """Import a round's frame: the columns of its strata, and a count. It replaces an earlier frame."""
    show(in_database(lambda conn: import_frame(conn, file, round_code, count_column, dict(renamed))), format_)
    warn_of_sheets(file)


@import_.command("transactions")
@_file_argument
@map_option
@sheet_option
@skip_rows_option
@_dates_option
@click.option(
    "--skip-bad",
    type=NEW_FILE,
    metavar="FILE",
    help="import the valid rows; write the others to FILE, a new file, with the reason",
)
@format_option
def _transactions(
    file: Path, renamed: _Pairs, sheet: str | None, skip_rows: int | None, dates: DateOrder | None,
    skip_bad: Path | None, format_: str,
) -> None:  # fmt: skip
    """Import finished transactions: transaction_id,unit,procedure,service_channel,completed_at; optional:
    on_time,phone,language,cancelled,changed_at.

    You can use Vietnamese names of columns and values, such as "Mã hồ sơ" and "Trực tiếp". `sipas
    transactions problems` lists rows that were not counted.
    """
    settings = read_settings()
    place = TablePlace(sheet, skip_rows or 0)
    reading = TransactionFile(dict(renamed), place, dates, skips=skip_bad is not None)
    reading, unread = resolve_columns(file, reading)
    if unread:
        click.echo(f"warning: {file.name} has columns that are not read: {', '.join(unread)}", err=True)
    imported = in_database(lambda conn: import_transactions(conn, file, settings, reading), settings)
    counts = imported.counts
    show(counts, format_)
    warn_of_sheets(file, place)
    for fault, rows in counts.unusable.items():
        _warn_of_phones(counts.phones[fault], fault, rows)
    if imported.contradictions:
        _warn_of_contradictions(imported.contradictions)
    if skip_bad:
        skip_bad.write_bytes(_skipped_rows(imported))
        click.echo(f"left out: {len(imported.skipped):,}; they are in {skip_bad}", err=True)
    if counts.problems:
        click.echo(f"problems: {counts.problems:,}; `sipas transactions problems` says why", err=True)


def _skipped_rows(imported: ImportedTransactions) -> bytes:
    """Return the rows as in the file, after row number and reason."""
    rows = [[str(one.row), one.reason, *one.cells] for one in imported.skipped]
    return csv_bytes(["row", "reason", *imported.header], rows)


def _warn_of_contradictions(rows: Sequence[tuple[int, int]]) -> None:
    examples = ", ".join(f"{one} and {other}" for one, other in rows[:_CONTRADICTIONS_SHOWN])
    more = ", …" if len(rows) > _CONTRADICTIONS_SHOWN else ""
    click.echo(
        f"warning: rows about the same transaction differ ({examples}{more}); the later row counts. If it is"
        " wrong, correct the file and import it again",
        err=True,
    )


def _warn_of_phones(number: int, fault: Fault, rows: Sequence[int]) -> None:
    examples = ", ".join(map(str, rows)) + (", …" if number > len(rows) else "")
    phones, row = ("1 phone", "row") if number == 1 else (f"{number:,} phones", "rows")
    click.echo(
        f"warning: {phones} cannot be used ({row} {examples}): each {PHONE_FAULT_TEXTS[fault]}", err=True
    )


@import_.command("responses")
@_file_argument
@_round_option
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
@_dates_option
@click.option("--replace", is_flag=True, help="correct what earlier imports stored under the same ids")
@format_option
def _responses(
    file: Path, round_code: str, where: _Pairs, channel: str, dates: DateOrder | None, replace: bool,
    format_: str, **given: Any,
) -> None:  # fmt: skip
    """Import responses: response_id, unit, one column for each item, and attributes.

    --replace corrects an earlier import. Responses of kiosks and links never change.
    """
    kept = ResponseFile(read_reading(given), replace, operator_name(), where, channel, dates)
    imported = in_database(lambda conn: import_responses(conn, file, round_code, kept))
    show(imported.counts, format_)
    warn_of_sheets(file, kept.reading.place)
    if imported.without_column:
        click.echo(f"warning: {file.name} {_missing_items_text(imported)}", err=True)
    if imported.without_answer:
        items = some_names(imported.without_answer)
        click.echo(f"warning: {file.name} has no answer in the columns of items {items}", err=True)
    if imported.incomplete:
        click.echo(
            f"warning: {file.name}: {imported.incomplete:,} responses lack a required answer;"
            " they are stored as partial",
            err=True,
        )
    if imported.ids_alike:
        ids = some_names(imported.ids_alike)
        click.echo(
            f"warning: {file.name} has response ids that differ from others in zeros alone: {ids};"
            " each is stored as a response of its own",
            err=True,
        )
    _warn_of_columns(file.name, imported)


def _warn_of_columns(file: str, imported: ImportedResponses) -> None:
    if imported.left_out:
        names = some_names(imported.left_out)
        click.echo(
            f"warning: {file}: columns were not stored, because they may name a person or hold free text:"
            f" {names}. To store one as an attribute, declare it in the instrument ([[attributes]])"
            " or as a stratum of the round; to store it as the comment, add --map comment=COLUMN",
            err=True,
        )
    if imported.dates:
        click.echo(
            f"warning: {file} has no column submitted_at, so its responses count on the round's first day; if"
            f" {some_names(imported.dates)} is the day of answer, import the file again with"
            f" {quoted_map('submitted_at', imported.dates[0])} --replace",
            err=True,
        )


@import_.command("households")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_round_option
@click.option("--unit-column", metavar="COLUMN", help="the frame's column of unit codes (default: found)")
@format_option
def _households(folder: Path, round_code: str, unit_column: str | None, format_: str) -> None:
    """Import the sample in FOLDER, as `sipas plan households` wrote it, for interviewers and paper forms."""
    show(in_database(lambda conn: import_households(conn, folder, round_code, unit_column)), format_)


@import_.command("log")
@click.option("--round", "round_code", help="of this round alone")
@format_option
def _log(round_code: str | None, format_: str) -> None:
    """List imported files of responses: by whom, when, and how many responses were stored, replaced or
    withdrawn.
    """
    show(in_database(lambda conn: list_imports(conn, round_code)), format_)


@import_.command("undo")
@click.argument("number", type=int)
@format_option
def _undo(number: int, format_: str) -> None:
    """Take out the responses that import NUMBER of `sipas import log` stored.

    The responses that the import replaced are not restored. Import the earlier file again.
    """
    undone = in_database(lambda conn: withdraw_responses(conn, number, operator_name()))
    show(undone, format_)
    if undone.not_restored:
        click.echo(
            f"warning: {undone.not_restored:,} of these had replaced responses of"
            f" {', '.join(undone.earlier_files)}, which do not come back by themselves; import that file"
            " again to restore them",
            err=True,
        )


def _missing_items_text(imported: ImportedResponses) -> str:
    items, others = some_names(imported.without_column), imported.other_columns
    attributes = f" Columns kept as attributes: {some_names(others)}." if others else ""
    return (
        f"has no column for items {items}; they are stored as not asked.{attributes}"
        " If a column is one of them, import the file again with --map ITEM=COLUMN --replace"
    )
