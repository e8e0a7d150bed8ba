"""sipas ranks, targets, small-areas: what people ask of indices, from a round or from files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from sipas.cli.source_options import FILE, find_source, read_asked, source_options
from sipas.report.answer_formats import Answer, rendered_answer
from sipas.report.formats import Format, choose_format
from sipas.report.ranks import rank_table
from sipas.report.small_areas import read_covariates, small_area_table
from sipas.report.targets import parse_target, target_table

Command = TypeVar("Command", bound=Callable[..., None])


def output_options(command: Command) -> Command:
    """Adds what `written` takes."""
    format_ = click.option(
        "--format", "format_", help="json, csv or table (default: by the file's extension, else table)"
    )
    path = click.Path(dir_okay=False, path_type=Path)
    return format_(click.option("-o", "--output", type=path, help="not to stdout")(command))


def chosen(format_: str | None, output: Path | None) -> Format:
    return choose_format(format_, output.suffix if output else "", "table")


def written(table: Answer, format_: Format, output: Path | None) -> None:
    content = rendered_answer(table, format_)
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)


@click.command()
@source_options
@output_options
def ranks(format_: str | None, output: Path | None, **options: Any) -> None:
    """Ranks the values of the --by columns, each rank with the range that its uncertainty leaves."""
    kind, asked = chosen(format_, output), read_asked(options)
    source, _ = find_source(asked)
    written(rank_table(asked.request, source), kind, output)


@click.command()
@source_options
@click.option("--target", help="a share such as 0.85, or a mean on the scale (default: the round's)")
@output_options
def targets(format_: str | None, output: Path | None, target: str | None, **options: Any) -> None:
    """Says whether the target is met, and how many more responses would tell where it is open."""
    kind, asked = chosen(format_, output), read_asked(options)
    goal = None if target is None else parse_target("target", target)
    source, _ = find_source(asked)
    written(target_table(asked.request, source, goal), kind, output)


@click.command("small-areas")
@source_options
@click.option("--covariates", type=FILE, help="numbers known of every area: CSV with the --by columns")
@output_options
def small_areas(format_: str | None, output: Path | None, covariates: Path | None, **options: Any) -> None:
    """Models the --by areas together (Fay–Herriot): few answers borrow strength from the others."""
    kind, asked = chosen(format_, output), read_asked(options)
    known = None if covariates is None else read_covariates(covariates, asked.request)
    source, _ = find_source(asked)
    written(small_area_table(asked.request, source, known), kind, output)
