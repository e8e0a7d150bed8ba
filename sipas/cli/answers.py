"""sipas ranks, targets, small-areas: questions about indices, from a round or from files."""

from pathlib import Path
from typing import Any

import click

from sipas.cli.commands import StrictCommand
from sipas.cli.output import Output, output_options
from sipas.cli.source_options import SOURCE_FILE, find_source, read_asked, source_options
from sipas.report.compare.answer_formats import answer_csv, answer_text
from sipas.report.compare.ranks import rank_table
from sipas.report.compare.targets import parse_target, target_table
from sipas.report.indices.small_areas import read_covariates, small_area_table


@click.command(cls=StrictCommand)
@source_options
@output_options()
def ranks(output: Output, **options: Any) -> None:
    """Rank the values of the --by columns, each rank with its range."""
    asked = read_asked(options)
    source, _ = find_source(asked)
    output.show(rank_table(asked.request, source), answer_csv, answer_text)


@click.command(cls=StrictCommand)
@source_options
@click.option("--target", help="a share such as 0.85, or a mean on the scale (default: the round's)")
@output_options()
def targets(output: Output, target: str | None, **options: Any) -> None:
    """Test whether the target is met, and how many more responses would give a verdict."""
    asked = read_asked(options)
    goal = None if target is None else parse_target("target", target)
    source, _ = find_source(asked)
    output.show(target_table(asked.request, source, goal), answer_csv, answer_text)


@click.command("small-areas", cls=StrictCommand)
@source_options
@click.option(
    "--covariates", type=SOURCE_FILE, help="numbers that are known for every area: CSV with the --by columns"
)
@output_options()
def small_areas(output: Output, covariates: Path | None, **options: Any) -> None:
    """Estimate the --by areas with a Fay–Herriot model: areas with few answers use those of the others."""
    asked = read_asked(options)
    known = None if covariates is None else read_covariates(covariates, asked.request)
    source, _ = find_source(asked)
    output.show(small_area_table(asked.request, source, known), answer_csv, answer_text)
