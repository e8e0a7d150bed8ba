"""sipas compare: differences between domains or rounds, from a round or from files."""

from typing import Any

import click

from sipas.cli.output import Output, output_options
from sipas.cli.source_options import Asked, in_rounds, read_asked, source_options
from sipas.errors import InputError
from sipas.report.before import Before, read_before
from sipas.report.compare import compare_table
from sipas.report.compare_formats import to_csv, to_text
from sipas.report.compare_request import CompareRequest, compare_request, split_comparison
from sipas.report.files import read_source
from sipas.report.rounds import Rounds
from sipas.report.source import Source


@click.command()
@source_options
@click.option("--against", help="rest, whole, all-pairs, a value of the --by column, or COLUMN=VALUE")
@click.option("--against-round", help="the same domains in this round of the database")
@click.option("--adjust", help="p-values for many comparisons: holm (default) or bh")
@click.option("--mix", help="equal (default for --by channel: strata that both answered in) or own")
@output_options()
def compare(output: Output, **options: Any) -> None:
    """Compares each value of the --by columns with the rest, with another, or with an earlier round."""
    given = [(name, options.pop(name)) for name in ("against", "against_round", "adjust", "mix")]
    own, _ = split_comparison((name, value) for name, value in given if value is not None)
    asked = read_asked(options)
    source, before = find_sources(asked, request := compare_request(asked.request, own))
    output.show(compare_table(request, source, before), to_csv, to_text)


def find_sources(asked: Asked, request: CompareRequest) -> tuple[Source, Before | None]:
    if asked.files is None:
        return in_rounds(lambda rounds: read_rounds(rounds, request))
    if request.against_round is not None:
        raise InputError(
            "--against-round is in the database; from a file that has a column of rounds say"
            " --by round --against VALUE"
        )
    return read_source(asked.files, asked.request), None


async def read_rounds(rounds: Rounds, request: CompareRequest) -> tuple[Source, Before | None]:
    source = await rounds.source(request.estimate)
    return source, await read_before(rounds, request, source.index)
