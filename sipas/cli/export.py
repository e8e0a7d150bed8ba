"""sipas export: the responses of a round, with weights, as a file of another program."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from sipas.charts.numbers import choose_language
from sipas.cli.commands import StrictCommand
from sipas.cli.output import OUTPUT_FILE
from sipas.cli.source_options import SOURCE_FILE, adding, in_rounds, request_option
from sipas.report.export.build_export import build_export
from sipas.report.export.bundle import (
    BUNDLE_FORMAT,
    EXPORT_FORMATS,
    rows_written,
    write_export,
)
from sipas.report.export.codebook import build_codebook
from sipas.report.export.codebook_files import CODEBOOK_FORMATS
from sipas.report.export.exporting import (
    EXPORT_OPTIONS,
    choose_export_format,
    note_path,
    read_export_request,
    save_whole,
    side_note,
)
from sipas.report.export.text_files import Advance
from sipas.report.margins import read_margins
from sipas.report.request import EstimateRequest
from sipas.report.sources.rounds import Rounds
from sipas.report.sources.snapshot import Snapshot

_FORMATS = "FILE.csv, .xlsx, .sav (SPSS), .dta (Stata), .parquet, or .zip: all of them with scripts"


def export_options(command: Any) -> Any:
    """Add the options of the filter and of the weights."""
    options = [
        *(request_option(name) for name in EXPORT_OPTIONS if name != "margins"),
        click.option("--margins", type=SOURCE_FILE, help="margins for weights: CSV of margin, level, count"),
        click.option(
            "--lang", "--language", "lang", default="vi", show_default=True, help="of labels: vi or en"
        ),
    ]
    return adding(options, command)


@click.command(cls=StrictCommand)
@export_options
@click.option(
    "--villages",
    is_flag=True,
    help="keep the names of villages, for `sipas plan weights`; keep the file inside",
)
@click.option("-o", "--output", required=True, type=OUTPUT_FILE, help=_FORMATS)
def export(lang: str, output: Path, villages: bool, **options: Any) -> None:
    """Export a round's responses with weights, strata, finite populations, clusters and labels.

    Weights are those of `sipas estimate` with the same options. The file holds the responses that were
    counted when the command began.
    """
    language, format_ = choose_language(lang), choose_export_format(output.suffix, EXPORT_FORMATS)
    request = _read(options)
    snapshot = in_rounds(lambda rounds: read_snapshot(rounds, request))
    whole = format_ == BUNDLE_FORMAT
    table = build_export(snapshot, request, language, whole=whole, with_villages=villages)
    with rows_progress(rows_written(table, format_)) as advance:
        save_whole(output, lambda file: write_export(snapshot, request, table, format_, file, advance))
    if format_ == "csv":
        save_whole(note_path(output), lambda file: _write(file, side_note(table)))
    click.echo(f"{len(table)} responses in {output}", err=True)


@click.command(cls=StrictCommand)
@export_options
@click.option("-o", "--output", required=True, type=OUTPUT_FILE, help="FILE.html, or .xml (DDI-Codebook 2.5)")
def codebook(lang: str, output: Path, **options: Any) -> None:
    """Describe the columns of a round's export: questions in every language, codes, distributions."""
    language, format_ = choose_language(lang), choose_export_format(output.suffix, CODEBOOK_FORMATS)
    request = _read(options)
    snapshot = in_rounds(lambda rounds: read_snapshot(rounds, request))
    book = build_codebook(snapshot, build_export(snapshot, request, language))
    content = CODEBOOK_FORMATS[format_](book, language)
    save_whole(output, lambda file: _write(file, content))


def _write(file: Any, content: bytes) -> None:
    file.write(content)


def _read(options: dict[str, Any]) -> EstimateRequest:
    margins = options.pop("margins")
    pairs = [
        (name, value)
        for name, given in options.items()
        for value in (given if isinstance(given, tuple) else [given])
        if value is not None
    ]
    request = read_export_request(pairs)
    return request if margins is None else msgspec.structs.replace(request, margins=read_margins(margins))


async def read_snapshot(rounds: Rounds, request: EstimateRequest) -> Snapshot:
    return await rounds.snapshot(request.round)


@contextmanager
def rows_progress(rows: int) -> Iterator[Advance]:
    """Show a bar on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=rows, label="rows", file=sys.stderr) as bar:
        yield bar.update
