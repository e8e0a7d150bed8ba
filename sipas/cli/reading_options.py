"""Options for reading files, shared by `import` and all commands with --responses."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from sipas.survey.instruments.answer_files import Reading
from sipas.tables import TablePlace, missing_codes
from sipas.tables.records import FIRST_SHEET, unread_sheets

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Pair(click.ParamType[tuple[str, str]]):
    """A value of the form LEFT=RIGHT."""

    name = "pair"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        left, equals, right = str(value).partition("=")
        if not (left.strip() and equals and right.strip()):
            self.fail(f"{value!r} is not of the form {param.metavar if param else 'LEFT=RIGHT'}", param, ctx)
        return left.strip(), right.strip()


map_option = click.option(
    "--map", "renamed", type=Pair(), multiple=True, metavar="NEW=OLD",
    help="take the column NEW from the file's column OLD; repeatable",
)  # fmt: skip
sheet_option = click.option("--sheet", metavar="NAME", help="the workbook's sheet (default: the first)")
skip_rows_option = click.option(
    "--skip-rows", type=click.IntRange(0), metavar="N", help="rows above the header"
)
_OPTIONS = (
    map_option,
    click.option(
        "--without",
        multiple=True,
        metavar="ITEMS",
        help="items that were not asked, without a column: q2,q3",
    ),
    click.option(
        "--missing",
        multiple=True,
        metavar="CODES",
        help='what stands for no answer: 99,-9,"Không biết"',
    ),
    sheet_option,
    skip_rows_option,
)
READING_OPTIONS = ("renamed", "without", "missing", "sheet", "skip_rows")


def strata_option(help_: str) -> Callable[[_Command], _Command]:
    """Add --strata, which may be repeated; `split_names` reads it."""
    return click.option("--strata", multiple=True, metavar="COLUMNS", help=help_)


def split_names(given: Sequence[str]) -> tuple[str, ...]:
    """Return the names in all values of an option that takes A,B,C and may be repeated."""
    return tuple(name.strip() for text in given for name in text.split(",") if name.strip())


def reading_options(command: _Command) -> _Command:
    """Add the options to a command, which takes them under the names of READING_OPTIONS."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_reading(given: Mapping[str, Any]) -> Reading:
    return Reading(
        rename=dict(given["renamed"]),
        without=split_names(given["without"]),
        missing=missing_codes(given["missing"]),
        place=TablePlace(given["sheet"], given["skip_rows"] or 0),
    )


def warn_of_sheets(file: Path, place: TablePlace | None = None) -> None:
    """Warn of sheets with data that were not read. place None: the command has no option --sheet."""
    if sheets := unread_sheets(file, place or FIRST_SHEET):
        advice = "the command reads the first sheet alone" if place is None else "--sheet NAME reads another"
        names = ", ".join(sheets)
        click.echo(
            f"warning: {file.name} has further sheets with data, which were not read: {names}; {advice}",
            err=True,
        )
