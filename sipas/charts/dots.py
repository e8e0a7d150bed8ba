"""Dots with their intervals: a row for each name, a group of rows under each heading."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sipas.charts.grid import Grid, Mark
from sipas.charts.numbers import DASH, Statistic, count, figure, interval, with_unit
from sipas.charts.page import Canvas
from sipas.charts.rows import LONG_CHART_ROWS, ROW_HEIGHT_MM, RowLayout, TextColumn, column, lay_out
from sipas.charts.scale import AxisScale, scale_for
from sipas.messages import Language, Translate, text, texts


@dataclass(frozen=True)
class Rank:
    """A place among the ranked, the range that holds it, and its range where all ranges hold at once."""

    place: int
    low: int
    high: int
    low_of_all: int
    high_of_all: int


@dataclass(frozen=True)
class Dot:
    """low and high are None where there is no interval; why: what makes the figure unreliable or absent."""

    name: str
    estimate: float | None
    low: float | None
    high: float | None
    n: int
    reliable: bool = True
    why: str = ""
    rank: Rank | None = None


@dataclass(frozen=True)
class Group:
    heading: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Dots:
    """bounds: the ends of the measure itself, 0 and 1 for a share."""

    groups: tuple[Group, ...]
    language: Language
    statistic: Statistic = "share"
    bounds: tuple[float, float] = (0.0, 1.0)
    target: float | None = None

    @property
    def t(self) -> Translate:
        return texts(self.language)

    @property
    def dots(self) -> list[Dot]:
        return [dot for group in self.groups for dot in group.dots]

    @property
    def height(self) -> float:
        headings = sum(1.6 * ROW_HEIGHT_MM for group in self.groups if group.heading)
        return self.grid.head + self.rows.total + headings + self.grid.foot

    @cached_property
    def rows(self) -> RowLayout:
        estimates = [estimate_text(dot, self.statistic, self.language) for dot in self.dots]
        counts = [count(dot.n, self.language) for dot in self.dots]
        columns = [
            column(self.t("chart.estimate"), estimates),
            *self.ranks(),
            column(self.t("chart.answers"), counts),
        ]
        return lay_out([[dot.name] for dot in self.dots], columns)

    def ranks(self) -> list[TextColumn]:
        ranks = [dot.rank for dot in self.dots]
        return [column(self.t("chart.rank"), [_rank_text(rank) for rank in ranks])] if any(ranks) else []

    @cached_property
    def grid(self) -> Grid:
        scale = scale_for(shown_values(self.dots, self.target), self.bounds, self.rows.left, self.rows.right)
        mark = None if self.target is None else target_mark(self.target, self.statistic, self.language)
        axis = self.t(f"chart.{self.statistic}_axis")
        return Grid(scale, axis, self.number, mark, repeated=len(self.dots) > LONG_CHART_ROWS)

    def number(self, value: float) -> str:
        return figure(value, self.statistic, self.language, short=True)

    def draw(self, canvas: Canvas, top: float) -> None:
        y, row = top + self.grid.head, 0
        self.rows.draw_headings(canvas, y - 2.4)
        self.grid.draw(canvas, y, top + self.height - self.grid.foot)
        for group in self.groups:
            if group.heading:
                y += 1.6 * ROW_HEIGHT_MM
                canvas.head(y - 0.5 * ROW_HEIGHT_MM, group.heading)
            for dot in group.dots:
                height = self.rows.height(row)
                self.draw_row(canvas, row, dot, y + height / 2)
                y, row = y + height, row + 1

    def draw_row(self, canvas: Canvas, row: int, dot: Dot, y: float) -> None:
        self.rows.draw_line(canvas, y)
        self.rows.draw_texts(canvas, row, y)
        if dot.estimate is not None:
            draw_interval(canvas, self.grid.scale, dot.low, dot.high, y)
            gid = canvas.says(hover_text(dot, self.statistic, self.language))
            canvas.dot(self.grid.scale.at(dot.estimate), y, dot.reliable, gid)


def shown_values(dots: Sequence[Dot], target: float | None) -> list[float]:
    """Every estimate and target, but only intervals worth the room: one of 20–100 % would crush the rest."""
    worth = [dot for dot in dots if dot.reliable] or dots
    ends = [end for dot in worth for end in (dot.low, dot.high)]
    return [v for v in (*ends, *(dot.estimate for dot in dots), target) if v is not None]


def target_mark(target: float, statistic: Statistic, language: Language) -> Mark:
    said = with_unit(target, statistic, language, short=True)
    return Mark(target, text(language, "chart.target", target=said))


def estimate_text(dot: Dot, statistic: Statistic, language: Language) -> str:
    if dot.estimate is None:
        return DASH
    text = figure(dot.estimate, statistic, language)
    return f"{text} ({interval(dot.low, dot.high, statistic, language)})"


def _rank_text(rank: Rank | None) -> str:
    return DASH if rank is None else f"{rank.place} ({rank.low}{DASH}{rank.high})"


def draw_interval(canvas: Canvas, scale: AxisScale, low: float | None, high: float | None, y: float) -> None:
    """An end beyond the scale is an arrow."""
    if low is None or high is None:
        return
    canvas.interval((scale.at(low), scale.at(high)), (y, y))
    for end, marker in ((low, "<"), (high, ">")):
        if not scale.low <= end <= scale.high:
            canvas.arrow(scale.at(end), y, marker)


def hover_text(dot: Dot, statistic: Statistic, language: Language) -> str:
    said = [f"{dot.name}: {estimate_text(dot, statistic, language)}, n = {count(dot.n, language)}"]
    if dot.rank is not None:
        ends = {"low": dot.rank.low_of_all, "high": dot.rank.high_of_all}
        said.append(text(language, "chart.rank_of_all", **ends))
    return ". ".join([*said, *([dot.why] if dot.why else [])])
