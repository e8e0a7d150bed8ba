"""The frame of a household sample: villages with their numbers of households."""

from collections.abc import Mapping
from dataclasses import dataclass

from sipas.errors import TableError
from sipas.report.plan.households.household_plan import HouseholdPlan
from sipas.stats.listing import listing
from sipas.tables import Table, TableRow, read_table
from sipas.tables.cells import parse_count

LABEL_SEPARATOR = "|"


@dataclass(frozen=True)
class Village:
    """One row of the frame. place: its columns of strata, commune and village. row: of the file."""

    place: Mapping[str, str]
    stratum: str
    commune: str
    label: str
    households: int
    size: int
    row: TableRow


def label_of(row: Mapping[str, str], columns: tuple[str, ...]) -> str:
    """Return the values of some columns as one name."""
    return LABEL_SEPARATOR.join(row[column] for column in columns)


def read_villages(plan: HouseholdPlan) -> list[Village]:
    """Read the frame; a village that occurs twice, without households or in two strata is an error."""
    table = read_table(plan.frame, dict.fromkeys((*plan.place_columns, plan.count, plan.size)))
    villages = [_village(plan, row) for row in table.rows]
    _refuse_repeated(plan, villages)
    if plan.commune is not None:
        _refuse_divided_communes(plan, villages)
        _refuse_small_communes(plan, table, villages)
    return villages


def _village(plan: HouseholdPlan, row: TableRow) -> Village:
    place = {column: row.get(column) for column in plan.place_columns}
    return Village(
        place=place,
        stratum=label_of(place, plan.strata),
        commune=place[plan.commune] if plan.commune is not None else "",
        label=label_of(place, plan.village),
        households=_count(row, plan.count),
        size=_count(row, plan.size),
        row=row,
    )


def _count(row: TableRow, column: str) -> int:
    count = row.get_as(column, parse_count)
    if not count:
        raise row.error(column, "is 0; correct it, or delete the row if nobody lives there")
    return count


def _refuse_repeated(plan: HouseholdPlan, villages: list[Village]) -> None:
    seen: dict[str, int] = {}
    for village in villages:
        if village.label in seen:
            raise village.row.error(
                plan.village[-1],
                f"{village.label} is listed in row {seen[village.label]} too; delete one of the rows, or name"
                " every column that tells villages apart, such as --village commune,village",
            )
        seen[village.label] = village.row.number


def _refuse_divided_communes(plan: HouseholdPlan, villages: list[Village]) -> None:
    stratum: dict[str, Village] = {}
    for village in villages:
        name = village.commune
        first = stratum.setdefault(name, village)
        if first.stratum != village.stratum:
            raise village.row.error(
                plan.commune,
                f"{name} is in stratum {village.stratum}, and in row {first.row.number} in {first.stratum};"
                " a commune must lie in one stratum",
            )


def _refuse_small_communes(plan: HouseholdPlan, table: Table, villages: list[Village]) -> None:
    count: dict[str, int] = {}
    for village in villages:
        count[village.commune] = count.get(village.commune, 0) + 1
    small = [f"{name} ({n})" for name, n in count.items() if n < plan.villages]
    if small:
        raise TableError(
            table.file,
            f"has communes with fewer villages than --villages {plan.villages}: {listing(small)};"
            " join each with a neighbour, or lower --villages",
        )
