"""sipas chart: a chart of indices, or of a plan, as a file."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from sipas.charts.numbers import choose_language
from sipas.charts.picture import picture
from sipas.charts.style import choose_format
from sipas.cli.plan_options import make_plan, plan_options
from sipas.cli.source_options import find_source, read_asked, source_options
from sipas.report.figures import BY, PLAN, Kind, chart_request, choose_kind, dot_chart
from sipas.report.indices import index_table
from sipas.report.names import NO_CATALOGUE, Names
from sipas.report.plan_figure import plan_chart

Command = TypeVar("Command", bound=Callable[..., None])


class Kinds(click.Group):
    """A command for each kind of chart."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*BY, PLAN]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        return draw_plan if cmd_name == PLAN else index_command(choose_kind(cmd_name))


@click.group(cls=Kinds)
def chart() -> None:
    """Draws a chart into a file."""


def picture_options(command: Command) -> Command:
    """Adds them to a command, below its own."""
    file = click.Path(dir_okay=False, path_type=Path)
    command = click.option("-o", "--output", required=True, type=file, help="FILE.svg, .png or .pdf")(command)
    return click.option("--lang", default="vi", show_default=True, help="vi or en")(command)


def index_command(kind: Kind) -> click.Command:
    draw = source_options(picture_options(partial(draw_indices, kind)))
    return click.command(kind, help=f"Estimates by {BY[kind]}, with their intervals.")(draw)


def draw_indices(kind: Kind, lang: str, output: Path, **options: Any) -> None:
    language, format_ = choose_language(lang), choose_format(output.suffix.removeprefix("."))
    asked = read_asked(options)
    asked = replace(asked, request=chart_request(kind, asked.request))
    source, catalogue = find_source(asked)
    names = Names(language, catalogue or NO_CATALOGUE)
    table = index_table(asked.request, source)
    output.write_bytes(picture(dot_chart(kind, table, source.instrument, names), format_))


@click.command(PLAN)
@plan_options
@picture_options
def draw_plan(lang: str, output: Path, **options: Any) -> None:
    """The margin to expect of each unit, with the responses and invitations it takes."""
    language, format_ = choose_language(lang), choose_format(output.suffix.removeprefix("."))
    table, catalogue = make_plan(options)
    output.write_bytes(picture(plan_chart(table, Names(language, catalogue or NO_CATALOGUE)), format_))
