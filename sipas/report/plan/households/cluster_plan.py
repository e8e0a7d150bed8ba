"""The size of a household sample: a row for each number of households a village."""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from sipas.errors import InputError
from sipas.report.formats import aligned, csv_of, decimal_cell, figure_cell, table_text
from sipas.report.indices.index_table import SOFTWARE
from sipas.report.plan.plan_request import PLAN_OPTIONS, number, whole
from sipas.report.request import Field, Parser, read_fields
from sipas.stats.planning import (
    ClusterConditions,
    ClusterSample,
    clusters_for_margin,
    margin_of_clusters,
    nested_design_effect,
    optimal_cluster_size,
)

_USUAL_MARGIN = 0.05


class SizeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """deff: of the whole sample, or icc: the correlation in a village, and icc_commune in a commune.

    households: to visit in each village; None: as many as are optimal for the costs. villages: in each
    commune; None in two-stage samples. psu: given in place of a margin.
    """

    margin: float | None = None
    psu: int | None = None
    share: float = 0.5
    level: float = 0.95
    deff: float | None = None
    icc: float | None = None
    icc_commune: float | None = None
    weighting: float = 1.0
    households: tuple[int, ...] = ()
    villages: int | None = None
    response_rate: float = 1.0
    population: int | None = None
    cost_village: float | None = None
    cost_household: float | None = None


class SizeRow(msgspec.Struct, frozen=True):
    """psu: first-stage clusters, villages or communes. households: to visit in all.

    expected: responses. icc: as given, or as the deff implies. optimal: households to visit in a
    village, for the costs.
    """

    by: dict[str, str | None]
    households_per_village: int
    psu: int
    villages: int
    households: int
    expected: float
    deff: float
    icc: float | None
    margin: float
    cost: float | None
    optimal: float | None


class SizeTable(msgspec.Struct, frozen=True, kw_only=True):
    software: str = SOFTWARE
    assumptions: SizeRequest
    rows: list[SizeRow]


def read_size_request(options: Iterable[tuple[str, str]]) -> SizeRequest:
    request = SizeRequest(**read_fields(options, SIZE_OPTIONS))
    for problem in _problems(request):
        raise InputError(problem)
    if request.margin is None and request.psu is None:
        return msgspec.structs.replace(request, margin=_USUAL_MARGIN)
    return request


def _problems(request: SizeRequest) -> Iterable[str]:
    costs = (request.cost_village, request.cost_household)
    if request.margin is not None and request.psu is not None:
        yield "margin: psu has been given too; give one, and the table says what the other is"
    if (request.deff is None) == (request.icc is None):
        yield "icc: give --icc, the correlation in a village, or --deff, that of an earlier sample"
    if (costs[0] is None) != (costs[1] is None):
        yield "cost-village: give --cost-village and --cost-household, or neither"
    if not request.households and costs[0] is None:
        yield "households: say how many to visit in a village, such as 10,15,20, or give both costs"
    if costs[0] is not None and request.icc is None:
        yield "cost-village: the best number of households follows from --icc; give it in place of --deff"
    if (request.icc_commune is None) != (request.villages is None):
        yield "villages: three stages need --villages, those of a commune, and --icc-commune"
    if request.icc_commune is not None and request.deff is not None:
        yield "icc-commune: --deff is that of all stages; give --icc in its place"
    if costs[0] is not None and (request.icc or 0) <= (request.icc_commune or 0):
        yield "icc: must be above 0, and above --icc-commune, to weigh costs; else one village would do"
    if request.deff is not None and request.weighting != 1:
        yield "weighting: --deff holds the effect of weights already; leave --weighting out"


def size_table(request: SizeRequest) -> SizeTable:
    optimal = _optimal(request)
    chosen = request.households or (max(1, round(optimal or 1)),)
    return SizeTable(assumptions=request, rows=[_row(request, one, optimal) for one in chosen])


def _optimal(request: SizeRequest) -> float | None:
    """Households to visit, so that those who answer are the best number of interviews."""
    if request.cost_village is None or request.cost_household is None or request.icc is None:
        return None
    per_answer = request.cost_household / request.response_rate
    between = request.icc - (request.icc_commune or 0.0)  # correlation between villages of a commune
    answers = optimal_cluster_size(request.cost_village, per_answer, between / (between + 1 - request.icc))
    return answers / request.response_rate


def _row(request: SizeRequest, households: int, optimal: float | None) -> SizeRow:
    villages = request.villages or 1
    conditions = ClusterConditions(
        deff=_deff(request, households),
        share=request.share,
        level=request.level,
        response_rate=request.response_rate,
        population=float("inf") if request.population is None else request.population,
    )
    found = _sample(request, households * villages, conditions)
    return SizeRow(
        by={},
        households_per_village=households,
        psu=found.clusters,
        villages=found.clusters * villages,
        households=found.households,
        expected=round(found.expected, 6),
        deff=found.deff,
        icc=_icc(request, households),
        margin=found.margin,
        cost=_cost(request, found.clusters * villages, found.households),
        optimal=optimal,
    )


def _sample(request: SizeRequest, households: int, conditions: ClusterConditions) -> ClusterSample:
    if request.psu is not None:
        return margin_of_clusters(request.psu, households, conditions)
    return clusters_for_margin(request.margin or _USUAL_MARGIN, households, conditions)


def _deff(request: SizeRequest, households: int) -> float:
    """Return the expected responses: in a village, the households visited times the response rate."""
    if request.deff is not None:
        return request.deff
    sizes, correlations = [households * request.response_rate], [request.icc or 0.0]
    if request.villages is not None:
        sizes.append(request.villages)
        correlations.append(request.icc_commune or 0.0)
    return nested_design_effect(sizes, correlations, request.weighting)


def _icc(request: SizeRequest, households: int) -> float | None:
    size = households * request.response_rate
    if request.deff is None or size <= 1:
        return request.icc
    return (request.deff - 1) / (size - 1)


def _cost(request: SizeRequest, villages: int, households: int) -> float | None:
    if request.cost_village is None or request.cost_household is None:
        return None
    return villages * request.cost_village + households * request.cost_household


def _parse_households(name: str, values: list[str]) -> Field:
    found = [whole(1)(name, [part.strip()])[1] for value in values for part in value.split(",")]
    return name, tuple(dict.fromkeys(found))


def _positive(value: float) -> bool:
    return 0 < value < float("inf")


def _correlation() -> Parser:
    return number(lambda value: -1 < value < 1, "a correlation above -1 and below 1, such as 0.05")


def _at_least_one() -> Callable[[str, list[str]], Field]:
    return number(lambda value: 1 <= value < 1000, "1 or more, such as 1.3")


SIZE_OPTIONS: dict[str, Parser] = {
    **{name: PLAN_OPTIONS[name] for name in ("margin", "share", "level", "deff", "response-rate")},
    "psu": whole(1),
    "icc": _correlation(),
    "icc-commune": _correlation(),
    "weighting": _at_least_one(),
    "households": _parse_households,
    "villages": whole(1),
    "population": whole(1),
    "cost-village": number(_positive, "above 0"),
    "cost-household": number(_positive, "above 0"),
}

_NUMBERS = ("households_per_village", "psu", "villages", "households", "expected", "deff", "icc", "margin")
_Column = Literal["cost", "optimal"]
_ASKED: tuple[_Column, ...] = ("cost", "optimal")


def size_csv(table: SizeTable) -> bytes:
    return csv_of(table.rows, SizeRow)


def size_text(table: SizeTable) -> str:
    asked = [name for name in _ASKED if any(getattr(row, name) is not None for row in table.rows)]
    lines = [_cells(row, asked) for row in table.rows]
    header = (*_NUMBERS, *asked)
    return "\n".join([*aligned(header, lines, header), "", _footnote(table)]) + "\n"


def _cells(row: SizeRow, asked: list[_Column]) -> list[str]:
    counts = [str(getattr(row, name)) for name in _NUMBERS[:4]]
    effects = [
        f"{row.expected:.1f}",
        f"{row.deff:.2f}",
        decimal_cell(row.icc, 4),
        figure_cell(row.margin, "share"),
    ]
    return [*counts, *effects, *(decimal_cell(getattr(row, name), 1) for name in asked)]


def _footnote(table: SizeTable) -> str:
    asked = table.assumptions
    people = "∞" if asked.population is None else str(asked.population)
    return table_text(
        "table.cluster_size",
        level=f"{asked.level:g}",
        share=f"{asked.share:g}",
        rate=f"{asked.response_rate:g}",
        weighting=f"{asked.weighting:g}",
        population=people,
        software=table.software,
    )
