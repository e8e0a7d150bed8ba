"""sipas plan size: how many villages and households a margin takes."""

from typing import Any

import click

from sipas.cli.commands import StrictCommand
from sipas.cli.output import Output, output_options
from sipas.cli.source_options import adding
from sipas.report.plan.households.cluster_plan import (
    SIZE_OPTIONS,
    read_size_request,
    size_csv,
    size_table,
    size_text,
)

_HELP = {
    "margin": "half the width of the interval, such as 0.03 (default 0.05)",
    "psu": "first-stage clusters, instead of a margin: villages, or communes in three stages",
    "share": "the expected share of satisfied answers (default 0.5, which needs the most responses)",
    "level": "confidence level (default 0.95)",
    "deff": "design effect of an earlier sample with as many responses per village",
    "icc": "the intraclass correlation in a village (roh of `sipas estimate`), instead of --deff",
    "icc-commune": "three stages: the correlation of responses from two villages of a commune",
    "weighting": "the effect of unequal weights (kish of `sipas estimate`), with --icc (default 1)",
    "households": "households to visit in each village; several values give one row each: 8,12,16",
    "villages": "three stages: villages in each commune",
    "response-rate": "the share of the visited households that are expected to answer (default 1)",
    "population": "number of people in the population (default: infinite)",
    "cost-village": "the cost of a village, such as travel, in any currency",
    "cost-household": "the cost of a visited household, in the same currency",
}


def _add_options(command: Any) -> Any:
    return adding([click.option(f"--{name}", help=_HELP[name]) for name in SIZE_OPTIONS], command)


@click.command("size", cls=StrictCommand)
@_add_options
@output_options()
def size_households(output: Output, **options: str | None) -> None:
    """Compute how many villages and households a margin takes, or which margin they give.

    With both costs, also the number of households a village that gives the smallest margin for a budget.
    """
    given = ((name, value) for name, value in options.items() if value is not None)
    output.show(size_table(read_size_request(given)), size_csv, size_text)
