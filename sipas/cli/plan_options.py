"""Options of plans, shared by `plan` and `chart plan`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from sipas.cli.reading_options import split_names, strata_option
from sipas.cli.source_options import SOURCE_FILE, adding, in_rounds
from sipas.errors import InputError
from sipas.report.plan.pilot import read_pilot
from sipas.report.plan.plan import plan_table
from sipas.report.plan.plan_frame import PlanFrame, read_file_frame, read_round_frame
from sipas.report.plan.plan_request import PLAN_OPTIONS, PlanRequest, read_plan_request
from sipas.report.plan.plan_table import PlanTable
from sipas.report.sources.rounds import Rounds
from sipas.survey.catalogue import Catalogue

_Command = TypeVar("_Command", bound=Callable[..., Any])
_HELP = {
    "round": "the round in the database whose frame is planned for",
    "by": "columns whose domains must each reach the margin (default: first of the strata); '' is the whole",
    "margin": "half the width of each domain's interval, such as 0.03 (default 0.05)",
    "total": "total number of responses, instead of a margin",
    "share": "the expected share of satisfied answers (default 0.5, which needs the most responses)",
    "level": "confidence level (default 0.95)",
    "deff": "design effect beyond the strata, such as an earlier round's (default 1)",
    "response-rate": "the share of the invited who are expected to answer (default 1)",
    "allocation": "over strata: proportional (default), equal or neyman",
    "minimum": "minimum number of responses in a stratum (default 2)",
}


def plan_options(command: _Command) -> _Command:
    """Add the options to a command."""
    options = [
        click.option(
            "--frame", type=SOURCE_FILE, help="a file of completed transactions by stratum, not --round"
        ),
        click.option("--frame-count", help="the frame's column of counts (default: count)"),
        strata_option("the frame's columns that make a stratum, from coarse to fine: A,B,C"),
        click.option(
            "--pilot",
            type=SOURCE_FILE,
            help="shares from an earlier survey: the CSV of `sipas estimate --by …`",
        ),
        *(click.option(f"--{name}", help=_HELP[name]) for name in PLAN_OPTIONS),
    ]
    return adding(options, command)


@dataclass(frozen=True)
class _FrameFile:
    path: Path
    count_column: str
    strata: tuple[str, ...]


def make_plan(options: dict[str, Any]) -> tuple[PlanTable, Catalogue | None]:
    """Return the plan, and the catalogue if the plan is for a round."""
    pilot_path = options.pop("pilot")
    given = {name: options.pop(name) for name in ("frame", "frame_count", "strata")}
    request = read_plan_request((name, value) for name, value in options.items() if value is not None)
    file = _choose_file(given, request)
    if file is None:
        frame, catalogue = in_rounds(lambda rounds: _read_round(rounds, request))
    else:
        frame, catalogue = read_file_frame(file.path, file.count_column, file.strata, request.by), None
    pilot = None if pilot_path is None else read_pilot(pilot_path, frame.columns)
    return plan_table(request, frame, pilot), catalogue


def _choose_file(given: dict[str, Any], request: PlanRequest) -> _FrameFile | None:
    if given["frame"] is None:
        for name, value in given.items():
            if value not in (None, ()):
                raise InputError(f"--{name.replace('_', '-')} needs --frame FILE")
        return None
    if request.round is not None:
        raise InputError("--round and --frame are alternatives; give one of them")
    return _FrameFile(given["frame"], given["frame_count"] or "count", split_names(given["strata"]))


async def _read_round(rounds: Rounds, request: PlanRequest) -> tuple[PlanFrame, Catalogue]:
    return await read_round_frame(rounds, request), rounds.catalogue.now
