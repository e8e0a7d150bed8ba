"""Comparisons two by two: both sides at the same mix, and their difference with its interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sipas.charts.dots import Dot, draw_interval, estimate_text
from sipas.charts.grid import Grid
from sipas.charts.numbers import DASH, Statistic, count, signed_figure
from sipas.charts.page import Canvas
from sipas.charts.rows import LONG_CHART_ROWS, RowLayout, TextColumn, lay_out
from sipas.charts.scale import scale_for
from sipas.charts.style import INK
from sipas.messages import Language, Translate, texts

_HEADING_MM = 5.0


@dataclass(frozen=True)
class Comparison:
    """difference: first less second. finding: `better`, `worse` or `cannot_tell`, of the first."""

    first: Dot
    second: Dot
    difference: float | None
    low: float | None
    high: float | None
    finding: str
    reliable: bool
    why: str = ""


@dataclass(frozen=True)
class DifferencePlot:
    """width: of the measure's own scale, 1 for a share: no difference is larger."""

    heading: str
    comparisons: tuple[Comparison, ...]
    language: Language
    statistic: Statistic = "share"
    width: float = 1.0

    @property
    def t(self) -> Translate:
        return texts(self.language)

    @property
    def height(self) -> float:
        return _HEADING_MM + self.grid.head + self.rows.total + self.grid.foot

    @cached_property
    def rows(self) -> RowLayout:
        names = [[one.first.name, self.t("chart.versus", name=one.second.name)] for one in self.comparisons]
        columns = [
            TextColumn(self.t("chart.difference"), tuple(self.finding(one) for one in self.comparisons)),
            self.of_both(
                self.t("chart.estimate"), lambda dot: estimate_text(dot, self.statistic, self.language)
            ),
            self.of_both(self.t("chart.answers"), lambda dot: count(dot.n, self.language)),
        ]
        return lay_out(names, columns)

    def finding(self, one: Comparison) -> tuple[str, ...]:
        if one.difference is None:
            return (DASH,)
        return _difference_text(one, self.statistic, self.language), self.t(f"finding.{one.finding}")

    def of_both(self, heading: str, text: Callable[[Dot], str]) -> TextColumn:
        return TextColumn(heading, tuple((text(one.first), text(one.second)) for one in self.comparisons))

    @cached_property
    def grid(self) -> Grid:
        bounds = -self.width, self.width
        scale = scale_for([0.0, *_shown_ends(self.comparisons)], bounds, self.rows.left, self.rows.right)
        axis = self.t("chart.difference_axis" if self.statistic == "share" else "chart.difference")
        return Grid(scale, axis, self.number, repeated=len(self.comparisons) > LONG_CHART_ROWS)

    def number(self, value: float) -> str:
        return signed_figure(value, self.statistic, self.language, short=True)

    def draw(self, canvas: Canvas, top: float) -> None:
        canvas.head(top + 2.1, self.heading)
        y = top + _HEADING_MM + self.grid.head
        zero, bottom = self.grid.scale.at(0.0), y + self.rows.total
        self.rows.draw_headings(canvas, y - 2.4)
        self.grid.draw(canvas, y, bottom)
        canvas.line((zero, zero), (y, bottom), INK, 0.9)
        for row, one in enumerate(self.comparisons):
            height = self.rows.height(row)
            self.draw_row(canvas, row, one, y + height / 2)
            y += height

    def draw_row(self, canvas: Canvas, row: int, one: Comparison, y: float) -> None:
        self.rows.draw_line(canvas, y)
        self.rows.draw_texts(canvas, row, y)
        if one.difference is not None:
            draw_interval(canvas, self.grid.scale, one.low, one.high, y)
            gid = canvas.says(_hover_text(one, self))
            canvas.dot(self.grid.scale.at(one.difference), y, one.reliable, gid)


def _shown_ends(comparisons: Sequence[Comparison]) -> list[float]:
    worth = [one for one in comparisons if one.reliable] or comparisons
    ends = [end for one in worth for end in (one.low, one.high)]
    return [v for v in (*ends, *(one.difference for one in comparisons)) if v is not None]


def _difference_text(one: Comparison, statistic: Statistic, language: Language) -> str:
    """The ends of the interval have signs of their own, which a dash between them would hide."""
    difference, low, high = (
        signed_figure(v, statistic, language) for v in (one.difference, one.low, one.high)
    )
    return f"{difference} ({low}; {high})" if one.low is not None else f"{difference} ({DASH})"


def _hover_text(one: Comparison, chart: DifferencePlot) -> str:
    versus = chart.t("chart.versus", name=one.second.name)
    said = f"{one.first.name} {versus}: {', '.join(chart.finding(one))}"
    return f"{said}. {one.why}" if one.why else said
