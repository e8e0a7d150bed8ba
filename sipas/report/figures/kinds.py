"""The kinds of charts of answers: what each is drawn by unless told otherwise, and how it is made."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from sipas.charts.page import Page
from sipas.errors import InputError, NotFound
from sipas.report.compare.channels import channels_table
from sipas.report.compare.ranks import ranked
from sipas.report.compare.trend import trend_table
from sipas.report.figures.channels_figure import channels_chart
from sipas.report.figures.distribution_figure import distribution_chart
from sipas.report.figures.heatmap_figure import heatmap_chart
from sipas.report.figures.league_figure import league_chart
from sipas.report.figures.trend_figure import trend_chart
from sipas.report.indices.distribution import distribution_table
from sipas.report.indices.indices import index_table, prepare
from sipas.report.names import Names
from sipas.report.request import EstimateRequest
from sipas.report.sources.source import Source

PLAN = "plan"  # drawn of a frame, not of answers: sipas.report.figures.plan_figure


@dataclass(frozen=True)
class ShownChart:
    """The figures, and the chart that is drawn of them."""

    table: msgspec.Struct
    chart: Page


ShowChart = Callable[[EstimateRequest, Sequence[Source], Names], ShownChart]


@dataclass(frozen=True)
class ChartKind:
    """usual: options unless they are given. alone: further ones unless any of `by` and `measure` is."""

    help: str
    show: ShowChart
    usual: Mapping[str, str] = field(default_factory=dict)
    alone: Mapping[str, str] = field(default_factory=dict)
    several_rounds: bool = False

    def defaults(self, given: Collection[str], rounds: str | None) -> dict[str, str]:
        """rounds: as they are named; time is what several of them are told apart by."""
        if self.several_rounds and "," in (rounds or ""):
            return {}
        added = {} if {"by", "measure"} & set(given) else self.alone
        return {name: value for name, value in {**self.usual, **added}.items() if name not in given}


def _show_league(request: EstimateRequest, sources: Sequence[Source], names: Names) -> ShownChart:
    (source,) = sources
    table = ranked(prepare(request, source), request.by)
    return ShownChart(table, league_chart(table, source.instrument, names))


def _show_channels(request: EstimateRequest, sources: Sequence[Source], names: Names) -> ShownChart:
    (source,) = sources
    table = channels_table(request, source)
    return ShownChart(table, channels_chart(table, source.instrument, names))


def _show_trend(request: EstimateRequest, sources: Sequence[Source], names: Names) -> ShownChart:
    table = trend_table(request, sources)
    return ShownChart(table, trend_chart(table, sources[-1].instrument, names))


def _show_heatmap(request: EstimateRequest, sources: Sequence[Source], names: Names) -> ShownChart:
    (source,) = sources
    table = index_table(request, source)
    return ShownChart(table, heatmap_chart(table, source.instrument, names))


def _show_distribution(request: EstimateRequest, sources: Sequence[Source], names: Names) -> ShownChart:
    (source,) = sources
    table = distribution_table(request, source)
    return ShownChart(table, distribution_chart(table, source.instrument, names))


CHART_KINDS: dict[str, ChartKind] = {
    "league": ChartKind(
        "units from the highest down, with the range of each rank", _show_league, {"by": "unit"}
    ),
    "trend": ChartKind(
        "one measure over months, quarters or rounds: --round A,B,C",
        _show_trend,
        {"by": "month"},
        several_rounds=True,
    ),
    "channels": ChartKind(
        "answer channels side by side and two by two, at the same mix of strata",
        _show_channels,
        {"by": "channel"},
    ),
    "heatmap": ChartKind("the factors of each unit", _show_heatmap, {"by": "unit", "measure": "factors"}),
    "distribution": ChartKind(
        "answers by point of the scale, of each question", _show_distribution, alone={"measure": "items"}
    ),
}


def choose_kind(name: str) -> ChartKind:
    if name not in CHART_KINDS:
        raise NotFound(f"there is no chart {name!r}; there are {', '.join([*CHART_KINDS, PLAN])}")
    return CHART_KINDS[name]


def require_one_table(request: EstimateRequest) -> EstimateRequest:
    if len(request.by) != 1:
        raise InputError("by: a chart has one set of columns; give `by` once, such as by=unit")
    return request
