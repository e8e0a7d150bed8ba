"""Options for the source and method of estimates, shared by `estimate` and `chart`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from sipas.cli.reading_options import (
    READING_OPTIONS,
    read_reading,
    reading_options,
    split_names,
    strata_option,
)
from sipas.cli.sample_options import SAMPLE_OPTIONS, read_sample, sample_options
from sipas.errors import InputError
from sipas.imports.instrument import find_instrument_file
from sipas.postgres import connected
from sipas.report.margins import read_margins
from sipas.report.request import OPTIONS, EstimateRequest, Parser, read_request
from sipas.report.sources.files import Files, file_source
from sipas.report.sources.rounds import Rounds
from sipas.report.sources.source import Source
from sipas.settings import read_settings
from sipas.survey.catalogue import Catalogue, LiveCatalogue
from sipas.tables import TablePlace

Command = TypeVar("Command", bound=Callable[..., Any])
T = TypeVar("T")
SOURCE_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MANY = {"by", "where"}
FRAME_OPTIONS = ("frame_count", "frame_sheet", "frame_skip_rows")
FILE_OPTIONS = (
    *("responses", "instrument", "frame", *FRAME_OPTIONS, "strata"),
    *(*SAMPLE_OPTIONS, *READING_OPTIONS),
)
OPTION_NAMES = {"renamed": "--map"}
HELP = {
    "round": "the round in the database",
    "by": "columns to break down by, such as unit,channel; repeat for more tables; '' is the whole",
    "where": "COLUMN=VALUE, repeatable: any of the values given for a column, and all of the columns",
    "period": "FROM..TO in months or days, either end open",
    "measure": "overall (default), factors, items, options, all, factor:ID or item:ID",
    "index": "the index definition (default: the round's, or the instrument's first)",
    "statistic": "share (default) or mean",
    "weights": "post-stratify (default with a frame), rake, linear, raking, logit or none",
    "weight-column": "a column of base weights, used as they are or as the start of --weights",
    "ci": "wilson (default), beta, logit or wald (the only one for means)",
    "effective-n": "robust (default) or design",
    "level": "confidence level (default 0.95)",
    "lonely": "strata with one response: adjust (default), average, certainty, remove or fail",
    "collapse": "thin strata: auto pools them (default), none leaves them",
    "channels": "all (default), invited or walk-up",
    "flagged": "surveys answered too fast to have been read: include (default) or exclude",
    "bounds": "L,U: limits of the factor by which calibration changes a weight, such as 0.5,2",
    "trim": "L,U: the smallest and largest weight of a response, such as 1,60; either may be left out",
    "out-of-date": "more responses than the frame counts: fail (default of files), raise-count to the "
    "responses, or review: raise it for the unit alone and mark its figures (default of rounds)",
}


def source_options(command: Command) -> Command:
    """Add the options to a command."""
    options = [
        click.option("--margins", type=SOURCE_FILE, help="margins for weights: CSV of margin, level, count"),
        *(request_option(name) for name in OPTIONS if name in HELP or name == "no-fpc"),
    ]
    return file_options(adding(options, command))


def file_options(command: Command) -> Command:
    """Add the options of FILE_OPTIONS to a command."""
    options = [
        click.option("--responses", type=SOURCE_FILE, help="a file of responses, instead of --round"),
        click.option(
            "--instrument", help="the instrument of that file: a TOML file, or the id of one that ships"
        ),
        click.option("--frame", type=SOURCE_FILE, help="a file of completed transactions by stratum"),
        click.option("--frame-count", help="the frame's column of counts (default: count)"),
        click.option("--frame-sheet", metavar="NAME", help="the frame's sheet (default: the first)"),
        click.option("--frame-skip-rows", type=click.IntRange(0), metavar="N", help="rows above its header"),
        strata_option("the file's columns that make a stratum, from coarse to fine: A,B,C"),
    ]
    return adding(options, sample_options(reading_options(command)))


def adding(options: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    """Add options to a command; --help lists them in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def request_option(name: str) -> Callable[[Command], Command]:
    if name == "no-fpc":
        return click.option("--no-fpc", is_flag=True, help="no finite-population factor")
    return click.option(f"--{name}", multiple=name in MANY, help=HELP[name])


@dataclass(frozen=True)
class Asked:
    """files None: the database."""

    request: EstimateRequest
    files: Files | None


def read_asked(options: dict[str, Any], parsers: Mapping[str, Parser] = OPTIONS) -> Asked:
    files, margins = {name: options.pop(name) for name in FILE_OPTIONS}, options.pop("margins", None)
    pairs = [
        (name, "true" if value is True else value)
        for name, given in options.items()
        for value in (given if isinstance(given, tuple) else [given])
        if value is not None and value is not False
    ]
    request = read_request(pairs, parsers)
    if margins is not None:
        request = msgspec.structs.replace(request, margins=read_margins(margins))
    return Asked(request, choose_files(files, request))


def choose_files(given: dict[str, Any], request: EstimateRequest) -> Files | None:
    responses, instrument, frame = given["responses"], given["instrument"], given["frame"]
    if responses is None:
        refuse_given(given, FILE_OPTIONS, "--responses FILE")
        return None
    if request.round is not None:
        raise InputError("--round and --responses are alternatives; give one of them")
    if instrument is None:
        raise InputError("--responses needs --instrument FILE, which says what the answers mean")
    if frame is None:
        refuse_given(given, FRAME_OPTIONS, "--frame FILE")
    return Files(
        responses,
        find_instrument_file(instrument),
        strata=split_names(given["strata"]),
        frame=frame,
        frame_count=given["frame_count"] or "count",
        reading=read_reading(given),
        frame_place=TablePlace(given["frame_sheet"], given["frame_skip_rows"] or 0),
        sample=read_sample(given),
    )


def refuse_given(given: Mapping[str, Any], names: Sequence[str], needed: str) -> None:
    """Refuse options that have no effect without another one. needed: that one."""
    for name in names:
        if given[name] not in (None, ()):
            option = OPTION_NAMES.get(name) or f"--{name.replace('_', '-')}"
            raise InputError(f"{option} needs {needed}")


def find_source(asked: Asked) -> tuple[Source, Catalogue | None]:
    """Return the source, and the catalogue if it is a round."""
    if asked.files is not None:
        return file_source(asked.files, asked.request), None
    return in_rounds(lambda rounds: read_round(rounds, asked.request))


async def read_round(rounds: Rounds, request: EstimateRequest) -> tuple[Source, Catalogue]:
    return await rounds.source(request), rounds.catalogue.now


def in_rounds(work: Callable[[Rounds], Awaitable[T]]) -> T:
    """Run work with the rounds of the database."""
    return asyncio.run(connect_and(work))


async def connect_and(work: Callable[[Rounds], Awaitable[T]]) -> T:
    async with connected(read_settings()) as pool:
        return await work(Rounds(pool, LiveCatalogue(pool)))
