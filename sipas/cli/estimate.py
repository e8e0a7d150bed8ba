"""sipas estimate: indices with their intervals, from a round or from files."""

from typing import Any

import click

from sipas.cli.commands import StrictCommand
from sipas.cli.output import Output, output_options
from sipas.cli.source_options import find_source, read_asked, source_options
from sipas.report.indices.index_formats import index_csv, index_text
from sipas.report.indices.indices import index_table
from sipas.report.request import INDEX_OPTIONS


@click.command(cls=StrictCommand)
@source_options
@click.option(
    "--second-opinion", help="a second opinion on standard errors: jackknife, bootstrap or bootstrap:SEED"
)
@output_options()
def estimate(output: Output, **options: Any) -> None:
    """Estimate indices from a round of the database, or from files."""
    asked = read_asked(options, INDEX_OPTIONS)
    source, _ = find_source(asked)
    output.show(index_table(asked.request, source), index_csv, index_text)
