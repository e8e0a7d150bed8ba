"""sipas release: the tables that everybody may see."""

import asyncio
from pathlib import Path
from typing import Any

import click

from sipas.cli.source_options import FILE, Asked, file_options, read_asked, request_option
from sipas.postgres import connected
from sipas.report.files import read_source
from sipas.report.formats import choose_format
from sipas.report.release import read_release
from sipas.report.release_formats import rendered_release
from sipas.report.releasing import Tables, build_release, public_tables, release_request
from sipas.report.request import EstimateRequest
from sipas.report.rounds import Rounds
from sipas.report.snapshot import source_of
from sipas.report.source import Source
from sipas.settings import read_settings
from sipas.survey.catalogue import LiveCatalogue


@click.command()
@file_options
@request_option("round")
@request_option("index")
@click.option(
    "--by", multiple=True, help="the tables, if other than units and what they belong to, channels, fields"
)
@click.option(
    "--earlier", type=FILE, help="the JSON of the last release of the round, which this one follows"
)
@click.option("--format", "format_", help="json, csv or table (default: by the file's extension, else json)")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="not to stdout")
def release(earlier: Path | None, format_: str | None, output: Path | None, **options: Any) -> None:
    """Makes a public release: a fixed list of tables, without what would give few people away."""
    chosen = choose_format(format_, output.suffix if output else "", "json")
    before = read_release(earlier) if earlier else None
    asked = read_asked(options)
    tables = asked.request.by if options["by"] else before.by if before else None
    content = rendered_release(build_release(*read_tables(asked, tables), before), chosen)
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)


def read_tables(asked: Asked, tables: Tables | None) -> tuple[EstimateRequest, Source]:
    """tables None: those that are usual, of a file the whole and each column of the strata."""
    if asked.files is None:
        return asyncio.run(read_round(asked.request, tables))
    usual = ((), *((name,) for name in asked.files.strata))
    request = release_request(asked.request, usual if tables is None else tables)
    return request, read_source(asked.files, request)


async def read_round(asked: EstimateRequest, tables: Tables | None) -> tuple[EstimateRequest, Source]:
    async with connected(read_settings()) as pool:
        snapshot = await Rounds(pool, LiveCatalogue(pool)).snapshot(asked.round)
        request = release_request(asked, public_tables(snapshot) if tables is None else tables)
        return request, source_of(snapshot, request)
