"""sipas compare: differences between domains or rounds, from a round or from files."""

import dataclasses
from pathlib import Path
from typing import Any

import click

from sipas.cli.commands import StrictCommand
from sipas.cli.output import Output, output_options
from sipas.cli.source_options import SOURCE_FILE, Asked, in_rounds, read_asked, source_options
from sipas.errors import InputError
from sipas.report.compare.before import Before, FilesBefore, read_before, read_files_before
from sipas.report.compare.compare import compare_table
from sipas.report.compare.compare_formats import comparison_csv, comparison_text
from sipas.report.compare.compare_request import CompareRequest, compare_request, split_comparison
from sipas.report.sources.files import file_source
from sipas.report.sources.rounds import Rounds
from sipas.report.sources.source import Source


@click.command(cls=StrictCommand)
@source_options
@click.option("--against", help="rest, whole, all-pairs, a value of the --by column, or COLUMN=VALUE")
@click.option("--against-round", help="the same domains in this round of the database")
@click.option("--before", type=SOURCE_FILE, help="the same domains in a file of earlier responses")
@click.option("--before-frame", type=SOURCE_FILE, help="the frame of that round")
@click.option("--succession", type=SOURCE_FILE, help="merged or split units: old_code,new_code,share")
@click.option("--adjust", help="how to adjust p-values for the number of comparisons: holm (default) or bh")
@click.option(
    "--mix",
    help="mix of strata: equal (default for --by channel; only strata with responses on both sides) or own",
)
@output_options()
def compare(
    output: Output,
    before: Path | None,
    before_frame: Path | None,
    succession: Path | None,
    **options: Any,
) -> None:
    """Compare each value of the --by columns with the rest, with another, or with an earlier round."""
    given = [(name, options.pop(name)) for name in ("against", "against_round", "adjust", "mix")]
    if before is not None:
        given.append(("against_round", before.name))
    own, _ = split_comparison((name, value) for name, value in given if value is not None)
    asked = read_asked(options)
    request = compare_request(asked.request, own)
    source, earlier = find_sources(asked, request, choose_before(asked, before, before_frame, succession))
    output.show(compare_table(request, source, earlier), comparison_csv, comparison_text)


def choose_before(
    asked: Asked, before: Path | None, frame: Path | None, succession: Path | None
) -> FilesBefore | None:
    if before is None:
        for name, file in (("--before-frame", frame), ("--succession", succession)):
            if file is not None:
                raise InputError(f"{name} needs --before FILE")
        return None
    if asked.files is None:
        raise InputError("--before takes a file; to compare a round of the database, use --against-round")
    return FilesBefore(dataclasses.replace(asked.files, responses=before, frame=frame), succession)


def find_sources(
    asked: Asked, request: CompareRequest, before: FilesBefore | None
) -> tuple[Source, Before | None]:
    if asked.files is None:
        return in_rounds(lambda rounds: read_rounds(rounds, request))
    if request.against_round is not None and before is None:
        raise InputError(
            "--against-round is in the database; of files say --before FILE, or --by round --against VALUE"
            " where one has a column of rounds"
        )
    source = file_source(asked.files, asked.request)
    return source, None if before is None else read_files_before(before, request, source)


async def read_rounds(rounds: Rounds, request: CompareRequest) -> tuple[Source, Before | None]:
    source = await rounds.source(request.estimate)
    return source, await read_before(rounds, request, source.index)
