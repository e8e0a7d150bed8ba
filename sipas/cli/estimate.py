"""sipas estimate: indices with their intervals, from a round or from files."""

from pathlib import Path
from typing import Any

import click

from sipas.cli.source_options import find_source, read_asked, source_options
from sipas.report.formats import choose_format, rendered
from sipas.report.indices import index_table


@click.command()
@source_options
@click.option("--format", "format_", help="json, csv or table (default: by the file's extension, else table)")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="not to stdout")
def estimate(format_: str | None, output: Path | None, **options: Any) -> None:
    """Estimates indices from a round of the database, or from files."""
    asked = read_asked(options)
    chosen = choose_format(format_, output.suffix if output else "", "table")
    source, _ = find_source(asked)
    content = rendered(index_table(asked.request, source), chosen)
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)
