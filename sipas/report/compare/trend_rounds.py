"""The sources of a trend: one round, or several in which units kept their names."""

from collections.abc import Sequence
from itertools import combinations

from sipas.errors import InputError
from sipas.report.compare.before import unit_names
from sipas.report.compare.trend import split_rounds
from sipas.report.request import EstimateRequest
from sipas.report.sources.rounds import Rounds
from sipas.report.sources.snapshot import Snapshot
from sipas.report.sources.source import Source

Name = tuple[str, str]  # a column and a code in it


async def read_sources(rounds: Rounds, request: EstimateRequest) -> list[Source]:
    requests = split_rounds(request)
    if len(requests) > 1:
        _refuse_other_units(request, [await rounds.snapshot(one.round) for one in requests])
    return [await rounds.source(one) for one in requests]


def _refuse_other_units(request: EstimateRequest, snapshots: Sequence[Snapshot]) -> None:
    """A code may have gone to another unit since: what it stands for then is no trend of either."""
    found = [(snapshot.round.code, _bearers(snapshot)) for snapshot in snapshots]
    for (early, before), (late, after) in combinations(found, 2):
        for column, code in sorted(before.keys() & after.keys()):
            is_other = before[column, code] != after[column, code]
            if is_other and _is_asked_about(request, column, code):
                raise InputError(
                    f"round: {column} {code} is one unit in {early} and another in {late}; `sipas compare"
                    " --against-round` follows units from round to round"
                )


def _is_asked_about(request: EstimateRequest, column: str, code: str) -> bool:
    """Chosen by a condition, or one of the domains that no condition leaves out."""
    chosen = [level for name, level in request.where if name == column]
    return code in chosen if chosen else any(column in by for by in request.by)


def _bearers(snapshot: Snapshot) -> dict[Name, int]:
    """The unit that each code stands for, as `unit` and as the type that it is of."""
    catalogue, units = snapshot.catalogue, snapshot.catalogue.units
    named = unit_names(snapshot)
    found = {("unit", name): unit for unit, name in named.items()}
    for unit in named:
        for one in (units[unit], *catalogue.ancestors(units[unit])):
            found.setdefault((one.type, one.code), one.id)
    return found
