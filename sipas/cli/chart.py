"""sipas chart: a chart of indices as a file."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from sipas.charts.numbers import choose_language
from sipas.charts.picture import picture
from sipas.charts.style import choose_format
from sipas.cli.source_options import find_source, read_asked, source_options
from sipas.report.figures import chart_request, choose_kind, dot_chart
from sipas.report.indices import index_table
from sipas.report.names import NO_CATALOGUE, Names


@click.command()
@click.argument("kind")
@source_options
@click.option("--lang", default="vi", show_default=True, help="vi or en")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="FILE.svg, FILE.png or FILE.pdf",
)
def chart(kind: str, lang: str, output: Path, **options: Any) -> None:
    """Draws a chart: league (units in order, with intervals) or channels (side by side)."""
    drawn, language = choose_kind(kind), choose_language(lang)
    format_ = choose_format(output.suffix.removeprefix("."))
    asked = read_asked(options)
    asked = replace(asked, request=chart_request(drawn, asked.request))
    source, catalogue = find_source(asked)
    names = Names(language, catalogue or NO_CATALOGUE)
    table = index_table(asked.request, source)
    output.write_bytes(picture(dot_chart(drawn, table, source.instrument, names), format_))
