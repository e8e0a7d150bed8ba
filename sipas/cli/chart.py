"""sipas chart: a chart of results or of a plan as a file."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from sipas.charts.numbers import choose_language
from sipas.charts.picture import picture
from sipas.charts.style import choose_picture_format
from sipas.cli.commands import StrictCommand, StrictGroup
from sipas.cli.output import OUTPUT_FILE
from sipas.cli.plan_options import make_plan, plan_options
from sipas.cli.source_options import Asked, find_source, in_rounds, read_asked, source_options
from sipas.errors import InputError
from sipas.report.compare.targets import parse_target
from sipas.report.compare.trend_rounds import read_sources
from sipas.report.figures.kinds import CHART_KINDS, PLAN, ChartKind, choose_kind, require_one_table
from sipas.report.figures.plan_figure import plan_chart
from sipas.report.names import NO_CATALOGUE, Names
from sipas.report.request import EstimateRequest
from sipas.report.sources.rounds import Rounds
from sipas.report.sources.source import Source
from sipas.survey.catalogue import Catalogue

Command = TypeVar("Command", bound=Callable[..., None])


class Kinds(StrictGroup):
    """Commands of `sipas chart`: one for each kind of chart."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*CHART_KINDS, PLAN]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        return draw_plan if cmd_name == PLAN else answers_command(cmd_name, choose_kind(cmd_name))


@click.group(cls=Kinds)
def chart() -> None:
    """Draw a chart into a file."""


def picture_options(command: Command) -> Command:
    """Add the options for the output file and the language, below the command's own."""
    command = click.option("-o", "--output", required=True, type=OUTPUT_FILE, help="FILE.svg, .png or .pdf")(
        command
    )
    language = click.option("--lang", "--language", "lang", default="vi", show_default=True, help="vi or en")
    return language(command)


def answers_command(name: str, kind: ChartKind) -> click.Command:
    target = click.option("--target", help="a share to reach, such as 0.85 (default: the round's)")
    draw = source_options(target(picture_options(partial(draw_answers, kind))))
    return click.command(name, cls=StrictCommand, help=f"Draws {kind.help}.")(draw)


def draw_answers(kind: ChartKind, lang: str, output: Path, target: str | None, **options: Any) -> None:
    language, format_ = choose_language(lang), choose_picture_format(output.suffix.removeprefix("."))
    given = {name for name, value in options.items() if value}
    usual = kind.defaults(given, options["round"])
    asked = read_asked(options | {name: (value,) for name, value in usual.items()})
    sources, catalogue = find_sources(kind, asked)
    if target is not None:
        sources = [replace(source, target=share_to_reach(target)) for source in sources]
    names = Names(language, catalogue or NO_CATALOGUE)
    shown = kind.show(require_one_table(asked.request), sources, names)
    output.write_bytes(picture(shown.chart, format_))


def share_to_reach(target: str) -> float:
    share = parse_target("target", target)
    if not 0 < share < 1:
        raise InputError(f"target: {target} is not a share; give one between 0 and 1, such as 0.85")
    return share


def find_sources(kind: ChartKind, asked: Asked) -> tuple[list[Source], Catalogue | None]:
    """Several only where several rounds are drawn."""
    if asked.files is not None or not kind.several_rounds:
        source, catalogue = find_source(asked)
        return [source], catalogue
    return in_rounds(lambda rounds: read_rounds(rounds, asked.request))


async def read_rounds(rounds: Rounds, request: EstimateRequest) -> tuple[list[Source], Catalogue]:
    return await read_sources(rounds, request), rounds.catalogue.now


@click.command(PLAN, cls=StrictCommand)
@plan_options
@picture_options
def draw_plan(lang: str, output: Path, **options: Any) -> None:
    """Draw the expected margin of error of each unit, with its responses and invitations."""
    language, format_ = choose_language(lang), choose_picture_format(output.suffix.removeprefix("."))
    table, catalogue = make_plan(options)
    output.write_bytes(picture(plan_chart(table, Names(language, catalogue or NO_CATALOGUE)), format_))
