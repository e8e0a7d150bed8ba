"""sipas plan households, weights: the draw of a household sample, and the weights of its answers."""

from collections import Counter
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from sipas.cli.commands import StrictCommand
from sipas.cli.output import OUTPUT_FILE, Output, listed_records
from sipas.cli.reading_options import split_names
from sipas.cli.source_options import SOURCE_FILE
from sipas.errors import InputError
from sipas.report.plan.households.household_draw import HouseholdSample, draw_household_sample
from sipas.report.plan.households.household_plan import HouseholdPlan, PersonRule
from sipas.report.plan.households.sample_files import require_new_folder, write_sample
from sipas.report.plan.households.sample_weights import Answered, Nonresponse, weighted_csv
from sipas.stats.listing import listing
from sipas.stats.planning import ClusterOrder

_FOLDER = click.Path(file_okay=False, path_type=Path)
_PERSONS = get_args(PersonRule)


class _DrawnStratum(msgspec.Struct, frozen=True):
    """Return the sample of one stratum, for the terminal."""

    stratum: str
    villages: int
    villages_drawn: int
    certain: int
    households: int
    households_drawn: int
    least_weight: float
    largest_weight: float


@click.command("households", cls=StrictCommand)
@click.option(
    "--frame", type=SOURCE_FILE, required=True, help="the villages with their numbers of households"
)
@click.option(
    "--psu", type=click.IntRange(1), required=True, help="villages to draw; with --commune: communes"
)
@click.option(
    "--households", type=click.IntRange(1), required=True, help="households to draw in each village"
)
@click.option(
    "--seed", required=True, help="any text; the same files, options and seed draw the same households"
)
@click.option(
    "-o", "--output", "folder", type=_FOLDER, required=True, help="the folder to write", metavar="DIR"
)
@click.option(
    "--strata", multiple=True, metavar="COLUMNS", help="the frame's columns that make a stratum: A,B"
)
@click.option(
    "--village",
    multiple=True,
    metavar="COLUMNS",
    help="the columns that name a village (default: village), such as commune,village",
)
@click.option(
    "--commune", metavar="COLUMN", help="draw communes first, from this column, then villages in each"
)
@click.option("--villages", type=click.IntRange(1), help="villages to draw in each commune (default 1)")
@click.option("--count", default="households", show_default=True, help="the frame's column of households")
@click.option("--size", help="the column that probabilities are proportional to (default: that of --count)")
@click.option(
    "--allocation",
    type=click.Choice(["proportional", "equal"]),
    default="proportional",
    show_default=True,
    help="of --psu to strata: by size, or the same number in each",
)
@click.option(
    "--minimum",
    type=click.IntRange(0),
    default=2,
    show_default=True,
    help="minimum number of villages or communes in a stratum",
)
@click.option(
    "--order",
    type=click.Choice(get_args(ClusterOrder)),
    default="listed",
    show_default=True,
    help="listed spreads the sample over the list, which is best sorted by place",
)
@click.option(
    "--person",
    type=click.Choice(_PERSONS),
    default="last-birthday",
    show_default=True,
    help="which people in a household answer",
)
@click.option(
    "--lists", type=SOURCE_FILE, help="the households of each village (default: numbers 1 to the count)"
)
@click.option(
    "--household", default="household", show_default=True, help="the column that names a household there"
)
@click.option("--show", multiple=True, metavar="COLUMNS", help="columns of --lists to print, such as address")
@click.option(
    "--format", "format_", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
def draw_households(folder: Path, format_: str, **options: Any) -> None:
    """Draw a household sample in stages. Villages have probabilities proportional to size.

    Writes villages.csv, households.csv (with all probabilities and weights), design.json, and lists.html to
    print. Prints a summary by stratum.
    """
    require_new_folder(folder)
    sample = draw_household_sample(_plan(options))
    write_sample(sample, folder)
    click.echo(listed_records(_summary(sample), format_), nl=False)
    _warn_of_certain(sample)


def _warn_of_certain(sample: HouseholdSample) -> None:
    """Name the places that are certain: they give as many households as others, with other weights."""
    certain = list(dict.fromkeys(unit.village.label for unit in sample.units if unit.certain))
    if certain:
        click.echo(
            f"note: drawn with certainty, being as large as the interval of the draw: {listing(certain)};"
            " their households have other weights; to avoid that, divide them into parts in the frame",
            err=True,
        )


def _plan(options: dict[str, Any]) -> HouseholdPlan:
    if options["villages"] is not None and options["commune"] is None:
        raise InputError(
            "--villages needs --commune COLUMN; without it, --psu sets how many villages to draw"
        )
    if not options["seed"].strip():
        raise InputError("--seed is empty; choose any text, and write it down")
    if options["lists"] is None and options["show"]:
        raise InputError("--show needs --lists FILE")
    return HouseholdPlan(
        **{
            **options,
            "strata": split_names(options["strata"]),
            "village": split_names(options["village"]) or ("village",),
            "villages": options["villages"] or 1,
            "size": options["size"] or options["count"],
            "show": split_names(options["show"]),
        }
    )


def _summary(sample: HouseholdSample) -> list[_DrawnStratum]:
    """Return a row for each stratum, in the order of the frame."""
    there = Counter(village.stratum for village in sample.frame)
    households = Counter[str]()
    for village in sample.frame:
        households[village.stratum] += village.households
    return [_stratum_row(sample, stratum, there[stratum], households[stratum]) for stratum in there]


def _stratum_row(sample: HouseholdSample, stratum: str, there: int, households: int) -> _DrawnStratum:
    units = [unit for unit in sample.units if unit.village.stratum == stratum]
    weights = [one.weight for one in sample.households if one.unit.village.stratum == stratum]
    return _DrawnStratum(
        stratum=stratum or "all",
        villages=there,
        villages_drawn=len(units),
        certain=sum(unit.certain for unit in units),
        households=households,
        households_drawn=len(weights),
        least_weight=round(min(weights, default=0.0), 4),
        largest_weight=round(max(weights, default=0.0), 4),
    )


@click.command("weights", cls=StrictCommand)
@click.option(
    "--sample",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="the folder that `sipas plan households` wrote",
)
@click.option(
    "--responses", type=SOURCE_FILE, required=True, help="the answers, with their questionnaire numbers"
)
@click.option(
    "--questionnaire", default="questionnaire", show_default=True, help="the column of these numbers"
)
@click.option("--adults", default="adults", show_default=True, help="the column of the household's adults")
@click.option(
    "--adults-most",
    type=click.IntRange(1),
    help="largest number of adults to count in a household (default: all)",
)
@click.option(
    "--nonresponse",
    type=click.Choice(get_args(Nonresponse)),
    default="none",
    show_default=True,
    help="village: responses also represent the households of their village that did not respond",
)
@click.option(
    "-o", "--output", "file", type=OUTPUT_FILE, metavar="FILE", help="write to FILE instead of stdout"
)
def weigh_households(folder: Path, file: Path | None, adults_most: int | None, **options: Any) -> None:
    """Add weights and clusters of the draw to the answers of a household sample.

    The columns weight, variance_stratum, psu and household are those that `sipas estimate` needs.
    """
    answered = Answered(adults_most=float("inf") if adults_most is None else adults_most, **options)
    Output("csv", file).write(weighted_csv(folder, answered))
