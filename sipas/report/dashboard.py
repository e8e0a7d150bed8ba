"""The first page: a round's index, its channels side by side, its services and its units."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

from sipas.charts.dots import DotChart
from sipas.charts.numbers import Language, count, figure, interval, with_unit
from sipas.charts.scale import Scale, scale_for
from sipas.charts.words import WORDS
from sipas.report.figures import dot_chart, ordered, why
from sipas.report.index_table import IndexRow, IndexTable
from sipas.report.indices import SELF_SELECTED, Prepared, describe, prepare, rows
from sipas.report.names import Names
from sipas.report.request import EstimateRequest
from sipas.report.source import Source
from sipas.report.target import Verdict, verdict

PLOT = (8.0, 312.0)  # where the small plot of a row begins and ends, in px of 320
LABEL = 24.0  # px that labels of an axis keep apart
LONG = 40  # rows that a page shows without being asked


@dataclass(frozen=True)
class Figure:
    """A figure is never alone: its interval, its n and whether it can be relied on.

    at, low and high are places in a small plot; an interval may go on beyond that.
    """

    name: str
    estimate: str
    interval: str
    n: str
    reliable: bool
    why: str
    at: float | None
    low: float | None
    high: float | None
    low_beyond: bool
    high_beyond: bool


@dataclass(frozen=True)
class Axis:
    """What the small plots of a table share; target None: its label would cover that of an end."""

    low: str
    high: str
    target_at: float | None
    target: str | None


@dataclass(frozen=True)
class Section:
    """column: what its rows are told apart by. query: the parameters that give the same rows."""

    column: str
    by: str
    axis: Axis
    figures: tuple[Figure, ...]
    query: str

    @property
    def is_long(self) -> bool:
        return len(self.figures) > LONG

    @property
    def has_unreliable(self) -> bool:
        return not all(figure.reliable for figure in self.figures)


@dataclass(frozen=True)
class Headline:
    """invited: the same figure of those alone who were drawn, where others answered too."""

    figure: Figure
    invited: Figure | None
    level: str
    target: str | None
    verdict: Verdict | None


@dataclass(frozen=True)
class Dashboard:
    """table: how the figures were made. chart: of the units, or of what stands for them."""

    table: IndexTable
    measure: str
    headline: Headline
    sections: tuple[Section, ...]
    charted: str | None
    chart: DotChart | None
    coverage: str | None
    strata: str
    unplaced: str
    self_selected: bool
    query: str


def dashboard_request(round_code: str, columns: Sequence[str]) -> EstimateRequest:
    """An open round may be ahead of its frame: then the counts are raised, and the page says so."""
    by = ((), *((column,) for column in columns))
    return EstimateRequest(round=round_code, by=by, out_of_date="raise-count")


def columns_for(strata: Sequence[str]) -> tuple[str, ...]:
    """What a round's page may tell apart, broad before narrow; `unit` comes last."""
    usual = ["channel", "service_channel", "field", "procedure"]
    own = [name for name in strata if name not in (*usual, "unit")]
    return (*usual[:2], *own, *usual[2:], "unit")


def build_dashboard(request: EstimateRequest, source: Source, names: Names) -> Dashboard | None:
    """None while nobody has answered."""
    if not source.cells.n.sum():
        return None
    prepared, words = prepare(request, source), WORDS[names.language]
    whole = next(rows(prepared, ()))
    columns = [by[0] for by in request.by if by]
    found = {column: ordered(rows(prepared, (column,)), names) for column in columns}
    tables = {column: table for column, table in found.items() if tells_apart(column, table)}
    charted = next((name for name in ("unit", *source.strata) if name in tables), None)
    table = describe(prepared, tables[charted] if charted else [whole])
    return Dashboard(
        table=table,
        measure=names.measure(whole.measure, source.instrument),
        headline=headline(prepared, whole, names),
        sections=tuple(section(column, tables[column], prepared, names) for column in tables),
        charted=charted,
        chart=dot_chart("league", table, source.instrument, names) if charted else None,
        coverage=None if table.coverage is None else with_unit(table.coverage, "share", names.language),
        unplaced=count(table.weights.unplaced, names.language),
        self_selected=SELF_SELECTED in table.notes,
        query=query(prepared),
        strata=", ".join(words.column(name) for name in table.weights.strata),
    )


def tells_apart(column: str, found: Sequence[IndexRow]) -> bool:
    """A single answer channel is worth knowing too; a single unit is the whole once more."""
    known = [row for row in found if row.by[column] is not None]
    return len(known) > (0 if column == "channel" else 1)


def headline(prepared: Prepared, whole: IndexRow, names: Names) -> Headline:
    language, target = names.language, prepared.source.target
    invited = invited_row(prepared)
    return Headline(
        figure=figure_of(whole, names),
        invited=None if invited is None else figure_of(invited, names),
        level=with_unit(whole.level, "share", language, short=True),
        target=None if target is None else with_unit(target, "share", language, short=True),
        verdict=None if target is None else verdict(prepared, target),
    )


def invited_row(prepared: Prepared) -> IndexRow | None:
    walk_up = prepared.source.walk_up()
    if walk_up is None or not walk_up.any() or walk_up.all():
        return None
    request = msgspec.structs.replace(prepared.request, channels="invited")
    return next(rows(prepare(request, prepared.source), ()))


def section(column: str, found: Sequence[IndexRow], prepared: Prepared, names: Names) -> Section:
    target = prepared.source.target
    scale = small_scale(found, target)
    return Section(
        column=column,
        by=WORDS[names.language].column(column),
        axis=axis(scale, target, names.language),
        figures=tuple(figure_of(row, names, scale) for row in found),
        query=query(prepared, column),
    )


def figure_of(row: IndexRow, names: Names, scale: Scale | None = None) -> Figure:
    ends = (row.estimate, row.low, row.high)
    at, low, high = (None if scale is None or end is None else scale.at(end) for end in ends)
    return Figure(
        name=names.domain(row.by),
        estimate=with_unit(row.estimate, "share", names.language),
        interval=interval(row.low, row.high, "share", names.language),
        n=count(row.n, names.language),
        reliable=row.reliable,
        why=why(row, names.language),
        at=at,
        low=low,
        high=high,
        low_beyond=scale is not None and row.low is not None and row.low < scale.low,
        high_beyond=scale is not None and row.high is not None and row.high > scale.high,
    )


def axis(scale: Scale, target: float | None, language: Language) -> Axis:
    low, high = (figure(end, "share", language, short=True) for end in (scale.low, scale.high))
    if target is None:
        return Axis(low, high, None, None)
    at = scale.at(target)
    is_clear = PLOT[0] + LABEL < at < PLOT[1] - LABEL
    return Axis(low, high, at, figure(target, "share", language, short=True) if is_clear else None)


def small_scale(found: Sequence[IndexRow], target: float | None) -> Scale:
    """Wide enough for what is reliable: an interval of 20–100 % would crush the rest."""
    reliable = [row for row in found if row.reliable] or found
    ends = [end for row in reliable for end in (row.low, row.high, target)]
    return scale_for([end for end in ends if end is not None], (0.0, 1.0), *PLOT)


def query(prepared: Prepared, *columns: str) -> str:
    request = prepared.request
    by = [("by", column) for column in columns]
    return urlencode([("round", request.round or ""), *by, ("out-of-date", request.out_of_date)])
