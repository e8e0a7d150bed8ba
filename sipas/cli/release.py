"""sipas release: tables for publication."""

from pathlib import Path
from typing import Any

import click

from sipas.cli.commands import StrictCommand
from sipas.cli.output import Output, output_options
from sipas.cli.source_options import SOURCE_FILE, Asked, file_options, in_rounds, read_asked, request_option
from sipas.report.release.release import read_release
from sipas.report.release.release_formats import release_csv, release_text
from sipas.report.release.releasing import Tables, build_release, public_tables, release_request
from sipas.report.request import EstimateRequest
from sipas.report.sources.files import file_source
from sipas.report.sources.rounds import Rounds
from sipas.report.sources.snapshot import round_source
from sipas.report.sources.source import Source


@click.command(cls=StrictCommand)
@file_options
@request_option("round")
@request_option("index")
@click.option(
    "--by",
    multiple=True,
    help="columns of the tables (default: units and the units above them, channels, fields)",
)
@click.option("--earlier", type=SOURCE_FILE, help="the JSON of the round's previous release")
@output_options("json")
def release(output: Output, earlier: Path | None, **options: Any) -> None:
    """Create a public release: a fixed list of tables, with cells suppressed that could identify people."""
    before = read_release(earlier) if earlier else None
    asked = read_asked(options)
    tables = asked.request.by if options["by"] else before.by if before else None
    output.show(build_release(*read_tables(asked, tables), before), release_csv, release_text)


def read_tables(asked: Asked, tables: Tables | None) -> tuple[EstimateRequest, Source]:
    """tables None: those that are usual, of a file the whole and each column of the strata."""
    if asked.files is None:
        return in_rounds(lambda rounds: read_round(rounds, asked.request, tables))
    usual = ((), *((name,) for name in asked.files.strata))
    request = release_request(asked.request, usual if tables is None else tables)
    return request, file_source(asked.files, request)


async def read_round(
    rounds: Rounds, asked: EstimateRequest, tables: Tables | None
) -> tuple[EstimateRequest, Source]:
    snapshot = await rounds.snapshot(asked.round)
    request = release_request(asked, public_tables(snapshot) if tables is None else tables)
    return request, round_source(snapshot, request)
