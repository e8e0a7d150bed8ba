"""Dots with their intervals: a row for each name, a group of rows under each heading."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sipas.charts import style
from sipas.charts.numbers import DASH, Language, Statistic, count, figure, interval, with_unit
from sipas.charts.scale import Scale, scale_for
from sipas.charts.style import FAINT, INK, LINE, PAPER, WIDTH, Drawing, text_width, wrap
from sipas.charts.words import WORDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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


@dataclass(frozen=True)
class Group:
    heading: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class DotChart:
    """bounds: the ends of the measure itself, 0 and 1 for a share."""

    title: str
    subtitle: str
    groups: tuple[Group, ...]
    language: Language
    statistic: Statistic = "share"
    bounds: tuple[float, float] = (0.0, 1.0)
    target: float | None = None
    notes: tuple[str, ...] = ()
    source: str = ""

    def dots(self) -> Iterator[Dot]:
        for group in self.groups:
            yield from group.dots

    def draw(self) -> Drawing:
        return draw_dots(self)


Side = Literal["left", "center", "right"]
LEFT: Side = "left"
RIGHT: Side = "right"

# Sizes in points; heights and gaps in mm.
TITLE, TEXT, SMALL = 11.0, 7.5, 6.5
LINE_HEIGHT, ROW, GAP = 3.4, 4.7, 3.0
NAME_WIDTH = 64.0
LONG = 25  # rows after which the axis is repeated below


@dataclass(frozen=True)
class Layout:
    """Where each column stands, in mm from the left; what each name's lines are; the scale between."""

    names: dict[str, list[str]]
    scale: Scale
    estimate_right: float

    def height(self, dot: Dot) -> float:
        return ROW + LINE_HEIGHT * (len(self.names[dot.name]) - 1)


def lay_out(chart: DotChart) -> Layout:
    words = WORDS[chart.language]
    dots = list(chart.dots())
    names = {dot.name: wrap(dot.name, NAME_WIDTH, TEXT) for dot in dots}
    counts = [words.answers, *(count(dot.n, chart.language) for dot in dots)]
    estimates = [words.estimate, *(estimate_text(dot, chart) for dot in dots)]
    left = max((text_width(line, TEXT) for lines in names.values() for line in lines), default=0.0) + GAP
    estimate_right = WIDTH - max(text_width(text, SMALL) for text in counts) - GAP
    right = estimate_right - max(text_width(text, SMALL) for text in estimates) - GAP
    return Layout(names, scale_for(shown_values(chart), chart.bounds, left, right), estimate_right)


def shown_values(chart: DotChart) -> list[float]:
    """Every estimate and target, but only intervals worth the room: one of 20–100 % would crush the rest."""
    dots = list(chart.dots())
    worth = [dot for dot in dots if dot.reliable] or dots
    ends = [end for dot in worth for end in (dot.low, dot.high)]
    return [v for v in (*ends, *(dot.estimate for dot in dots), chart.target) if v is not None]


def estimate_text(dot: Dot, chart: DotChart) -> str:
    if dot.estimate is None:
        return DASH
    text = figure(dot.estimate, chart.statistic, chart.language)
    return f"{text} ({interval(dot.low, dot.high, chart.statistic, chart.language)})"


def draw_dots(chart: DotChart) -> Drawing:
    layout = lay_out(chart)
    heading = wrap(chart.title, WIDTH, TITLE, "bold")
    foot = [line for note in (*chart.notes, chart.source) if note for line in wrap(note, WIDTH, SMALL)]
    top = 5.2 * len(heading) + 4.5 * bool(chart.subtitle) + 10.5
    bottom = top + rows_height(chart, layout)
    below = bottom + (6.0 if is_long(chart) else 3.5)
    page, axes = style.blank(below + LINE_HEIGHT * len(foot))
    draw_heading(axes, chart, heading)
    draw_columns(axes, chart, layout, top)
    draw_grid(axes, chart, layout.scale, top, bottom)
    hover = draw_rows(axes, chart, layout, top)
    for i, line in enumerate(foot):
        write(axes, 0, below + LINE_HEIGHT * i, line, SMALL, FAINT)
    return Drawing(page, chart.title, hover)


def is_long(chart: DotChart) -> bool:
    return len(list(chart.dots())) > LONG


def rows_height(chart: DotChart, layout: Layout) -> float:
    rows = sum(layout.height(dot) for dot in chart.dots())
    return rows + sum(1.6 * ROW for group in chart.groups if group.heading)


def draw_heading(axes: "Axes", chart: DotChart, heading: list[str]) -> None:
    for i, line in enumerate(heading):
        write(axes, 0, 2.0 + 5.2 * i, line, TITLE, INK, weight="bold")
    if chart.subtitle:
        write(axes, 0, 2.0 + 5.2 * len(heading), chart.subtitle, TEXT, FAINT)


def draw_columns(axes: "Axes", chart: DotChart, layout: Layout, top: float) -> None:
    words = WORDS[chart.language]
    write(axes, layout.estimate_right, top - 2.4, words.estimate, SMALL, FAINT, "right")
    write(axes, WIDTH, top - 2.4, words.answers, SMALL, FAINT, "right")


def draw_grid(axes: "Axes", chart: DotChart, scale: Scale, top: float, bottom: float) -> None:
    words = WORDS[chart.language]
    axis = words.share_axis if chart.statistic == "share" else words.mean_axis
    target_at = None if chart.target is None else draw_target(axes, chart, scale, top, bottom)
    crowded = target_at is not None and target_at < scale.left + text_width(axis, SMALL) + 15
    at, side = (scale.right, RIGHT) if crowded else (scale.left, LEFT)
    write(axes, at, top - 6.2, axis, SMALL, FAINT, side)
    for value in scale.lines():
        x, text = scale.at(value), figure(value, chart.statistic, chart.language, short=True)
        axes.plot([x, x], [top, bottom], color=LINE, linewidth=0.4, zorder=1)
        if target_at is None or abs(x - target_at) > 4.0:  # the target's label says it
            write(axes, x, top - 2.4, text, SMALL, FAINT, "center")
        if is_long(chart):
            write(axes, x, bottom + 2.2, text, SMALL, FAINT, "center")


def draw_target(axes: "Axes", chart: DotChart, scale: Scale, top: float, bottom: float) -> float:
    """Where its dashed line stands."""
    x = scale.at(chart.target or 0.0)
    target = with_unit(chart.target, chart.statistic, chart.language, short=True)
    text = WORDS[chart.language].target.format(target=target)
    axes.plot([x, x], [top - 4.4, bottom], color=INK, linewidth=0.9, dashes=(4, 2.5), zorder=2)
    half = text_width(text, SMALL, "bold") / 2
    write(axes, min(x, WIDTH - half), top - 6.2, text, SMALL, INK, "center", "bold")
    return x


def draw_rows(axes: "Axes", chart: DotChart, layout: Layout, top: float) -> dict[str, str]:
    hover: dict[str, str] = {}
    y = top
    for group in chart.groups:
        if group.heading:
            y += 1.6 * ROW
            write(axes, 0, y - 0.5 * ROW, group.heading, TEXT, FAINT, weight="bold")
        for dot in group.dots:
            height = layout.height(dot)
            gid = f"dot-{len(hover)}"
            draw_row(axes, chart, layout, dot, y + height / 2, gid)
            hover[gid] = hover_text(dot, chart)
            y += height
    return hover


def draw_row(axes: "Axes", chart: DotChart, layout: Layout, dot: Dot, y: float, gid: str) -> None:
    lines = layout.names[dot.name]
    for i, line in enumerate(lines):
        write(axes, 0, y + LINE_HEIGHT * (i - (len(lines) - 1) / 2), line, TEXT, INK)
    axes.plot([layout.scale.left, layout.scale.right], [y, y], color=LINE, linewidth=0.4, zorder=1)
    write(axes, layout.estimate_right, y, estimate_text(dot, chart), SMALL, INK, "right")
    write(axes, WIDTH, y, count(dot.n, chart.language), SMALL, INK, "right")
    if dot.estimate is not None:
        draw_interval(axes, layout.scale, dot, y)
        face = style.ACTION if dot.reliable else PAPER
        x = layout.scale.at(dot.estimate)
        axes.plot([x], [y], "o", markersize=4.2, mfc=face, mec=style.ACTION, mew=1.0, zorder=4, gid=gid)


def draw_interval(axes: "Axes", scale: Scale, dot: Dot, y: float) -> None:
    """An end beyond the scale is an arrow, so that no interval looks shorter than it is."""
    if dot.low is None or dot.high is None:
        return
    axes.plot([scale.at(dot.low), scale.at(dot.high)], [y, y], color=style.ACTION, linewidth=1.1, zorder=3)
    for end, marker in ((dot.low, "<"), (dot.high, ">")):
        if not scale.low <= end <= scale.high:
            axes.plot([scale.at(end)], [y], marker, markersize=3, color=style.ACTION, zorder=3)


def hover_text(dot: Dot, chart: DotChart) -> str:
    text = f"{dot.name}: {estimate_text(dot, chart)}, n = {count(dot.n, chart.language)}"
    return f"{text}. {dot.why}" if dot.why else text


def write(
    axes: "Axes",
    x: float,
    y: float,
    text: str,
    size: float,
    colour: str,
    side: Side = "left",
    weight: str = "normal",
) -> None:
    """side: which side of the text stands at x."""
    axes.text(x, y, text, fontsize=size, color=colour, ha=side, va="center_baseline", weight=weight, zorder=5)
