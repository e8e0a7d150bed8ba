"""The chart of a plan."""

from collections.abc import Iterator

from sipas.charts.numbers import count, with_unit
from sipas.charts.page import Page
from sipas.charts.plan import PlanDot, PlanDots
from sipas.messages import texts
from sipas.report.names import Names
from sipas.report.plan.plan_table import PlanRow, PlanTable
from sipas.stats.notes import TOO_FEW_TRANSACTIONS
from sipas.vietnamese import SortKey, sort_key


def plan_chart(table: PlanTable, names: Names) -> Page:
    """A row for each domain, the widest margin first; the whole alone where nothing is told apart."""
    t, by = texts(names.language), ", ".join(map(names.column, table.by))
    rows = table.part("domain") or table.part("whole")
    dots = sorted((_plan_dot(row, table, names) for row in rows), key=_widest_first)
    return Page(
        title=t("plan.title", by=by) if by else t("plan.whole"),
        subtitle=table.source,
        bodies=(PlanDots(tuple(dots), names.language, table.assumptions.margin),),
        notes=tuple(_notes(table, dots, names)),
    )


def _plan_dot(row: PlanRow, table: PlanTable, names: Names) -> PlanDot:
    name = names.domain(row.by) or table.source
    return PlanDot(
        name, row.margin, row.responses, row.invitations, reached=TOO_FEW_TRANSACTIONS not in row.notes
    )


def _widest_first(dot: PlanDot) -> tuple[bool, float, SortKey]:
    """As far as it is printed: margins that read the same stand in the order of their names."""
    return dot.margin is None, -round(dot.margin or 0.0, 3), sort_key(dot.name)


def _notes(table: PlanTable, dots: list[PlanDot], names: Names) -> Iterator[str]:
    t, language, asked = texts(names.language), names.language, table.assumptions
    yield t("plan.dot", level=with_unit(asked.level, "share", language, short=True))
    if any(not dot.reached for dot in dots):
        yield t("plan.hollow")
    if any(dot.margin is None for dot in dots):
        yield t("plan.none")
    (whole,) = table.part("whole")
    deff = f"{asked.deff:g}"
    yield t(
        "plan.source",
        software=table.software,
        allocation=t(f"plan.allocation.{asked.allocation}"),
        rate=with_unit(asked.response_rate, "share", language, short=True),
        deff=deff.replace(".", ",") if language == "vi" else deff,
        population=count(whole.population, language),
        responses=count(whole.responses, language),
        invitations=count(whole.invitations, language),
    )
