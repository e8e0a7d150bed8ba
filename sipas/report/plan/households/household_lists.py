"""Lists of the households of drawn villages: from a file, or numbers 1 to the frame's count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sipas.errors import TableError
from sipas.report.plan.households.household_plan import HouseholdPlan
from sipas.report.plan.households.village_frame import Village, label_of
from sipas.stats.listing import listing
from sipas.tables import TableRow, read_table


@dataclass(frozen=True)
class Household:
    """One household of a list. shown: further columns for the printed lists."""

    name: str
    shown: Mapping[str, str]


def find_households(plan: HouseholdPlan, villages: Sequence[Village]) -> list[list[Household]]:
    """Return the households of each village; too few of them are an error."""
    found = [_numbered(village) for village in villages] if plan.lists is None else _listed(plan, villages)
    require_enough(plan, villages, list(map(len, found)))
    return found


def require_enough(plan: HouseholdPlan, villages: Sequence[Village], there: Sequence[int]) -> None:
    """Refuse a village with fewer households than are to be drawn in it."""
    for village, households in zip(villages, there, strict=True):
        if households < plan.households:
            _refuse_short(plan, village, households)


def _numbered(village: Village) -> list[Household]:
    return [Household(str(number), {}) for number in range(1, village.households + 1)]


def _listed(plan: HouseholdPlan, villages: Sequence[Village]) -> list[list[Household]]:
    assert plan.lists is not None
    table = read_table(plan.lists, dict.fromkeys((*plan.village, plan.household, *plan.show)))
    by_village: dict[str, dict[str, TableRow]] = {village.label: {} for village in villages}
    for row in table.rows:
        households = by_village.get(label_of({name: row.get(name) for name in plan.village}, plan.village))
        if households is not None:
            _add(households, row, plan.household)
    missing = [label for label, households in by_village.items() if not households]
    if missing:
        raise TableError(
            table.file, f"has no households of drawn villages: {listing(missing)}; add their lists"
        )
    return [
        [Household(name, {show: row.cells[show] for show in plan.show}) for name, row in households.items()]
        for households in by_village.values()
    ]


def _add(households: dict[str, TableRow], row: TableRow, column: str) -> None:
    name = row.get(column)
    if name in households:
        raise row.error(
            column, f"{name} is listed in row {households[name].number} too; delete one of the rows"
        )
    households[name] = row


def _refuse_short(plan: HouseholdPlan, village: Village, there: int) -> None:
    problem = (
        f"{village.label} has {there} households, and {plan.households} are to be drawn in each village;"
        " join it with a neighbour in the frame, or lower --households"
    )
    if plan.lists is not None:
        raise TableError(plan.lists.name, problem)
    raise village.row.error(plan.count, problem)
