"""A plan: the margin to expect of each domain as a dot, beside the responses and invitations it takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sipas.charts import style
from sipas.charts.dots import GAP, LINE_HEIGHT, LONG, NAME_WIDTH, RIGHT, ROW, SMALL, TEXT, TITLE, write
from sipas.charts.numbers import DASH, Language, count, figure
from sipas.charts.plan_words import PLAN_WORDS, PlanWords
from sipas.charts.scale import Scale, scale_for
from sipas.charts.style import FAINT, INK, LINE, PAPER, WIDTH, Drawing, text_width, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WORTH = 4.0  # times the margin asked for; a wider one stands at the edge, so as not to crush the rest


@dataclass(frozen=True)
class PlanDot:
    """margin None: nobody can be asked. reached: the margin asked for, or none was."""

    name: str
    margin: float | None
    responses: int
    invitations: int
    reached: bool = True


@dataclass(frozen=True)
class PlanChart:
    """asked: the margin that each should reach; None where a total was spread."""

    title: str
    subtitle: str
    dots: tuple[PlanDot, ...]
    language: Language
    asked: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> PlanWords:
        return PLAN_WORDS[self.language]

    def draw(self) -> Drawing:
        return draw_plan(self)


@dataclass(frozen=True)
class PlanLayout:
    """Where the right edge of each column of numbers stands, in mm from the left."""

    names: dict[str, list[str]]
    scale: Scale
    margins: float
    responses: float

    def height(self, dot: PlanDot) -> float:
        return ROW + LINE_HEIGHT * (len(self.names[dot.name]) - 1)


def lay_out(chart: PlanChart) -> PlanLayout:
    words, language = chart.words, chart.language
    names = {dot.name: wrap(dot.name, NAME_WIDTH, TEXT) for dot in chart.dots}
    left = max((text_width(line, TEXT) for lines in names.values() for line in lines), default=0.0) + GAP
    responses = WIDTH - widest(words.invitations, (count(dot.invitations, language) for dot in chart.dots))
    margins = responses - widest(words.responses, (count(dot.responses, language) for dot in chart.dots))
    right = margins - widest(words.margin, (margin_text(dot.margin, language) for dot in chart.dots)) - GAP
    return PlanLayout(names, scale_for(shown_values(chart), (0.0, 1.0), left, right), margins, responses)


def widest(heading: str, texts: Iterable[str]) -> float:
    """The room that a column takes, and the gap beside it."""
    return max(text_width(text, SMALL) for text in (heading, *texts)) + GAP


def shown_values(chart: PlanChart) -> list[float]:
    """From 0 on, so that twice as wide looks twice as wide."""
    most = 1.0 if chart.asked is None else WORTH * chart.asked
    margins = [dot.margin for dot in chart.dots if dot.margin is not None and dot.margin <= most]
    return [0.0, *margins, *([] if chart.asked is None else [chart.asked])]


def margin_text(margin: float | None, language: Language) -> str:
    return DASH if margin is None else f"±{figure(margin, 'share', language)}"


def draw_plan(chart: PlanChart) -> Drawing:
    layout = lay_out(chart)
    heading = wrap(chart.title, WIDTH, TITLE, "bold")
    foot = [line for note in chart.notes for line in wrap(note, WIDTH, SMALL)]
    top = (
        5.2 * len(heading) + 4.5 * bool(chart.subtitle) + 10.5 + LINE_HEIGHT * is_crowded(chart, layout.scale)
    )
    bottom = top + sum(layout.height(dot) for dot in chart.dots)
    below = bottom + (6.0 if len(chart.dots) > LONG else 3.5)
    page, axes = style.blank(below + LINE_HEIGHT * len(foot))
    for i, line in enumerate(heading):
        write(axes, 0, 2.0 + 5.2 * i, line, TITLE, INK, weight="bold")
    if chart.subtitle:
        write(axes, 0, 2.0 + 5.2 * len(heading), chart.subtitle, TEXT, FAINT)
    draw_headings(axes, chart, layout, top)
    draw_grid(axes, chart, layout.scale, top, bottom)
    hover = draw_rows(axes, chart, layout, top)
    for i, line in enumerate(foot):
        write(axes, 0, below + LINE_HEIGHT * i, line, SMALL, FAINT)
    return Drawing(page, chart.title, hover)


def is_crowded(chart: PlanChart, scale: Scale) -> bool:
    """The label of the margin asked for leaves the axis's name no room beside it, only above."""
    name = text_width(chart.words.axis, SMALL) + text_width(chart.words.asked, SMALL, "bold") / 2
    return chart.asked is not None and scale.at(chart.asked) < scale.left + name + GAP


def draw_headings(axes: "Axes", chart: PlanChart, layout: PlanLayout, top: float) -> None:
    words = chart.words
    headings = (words.margin, layout.margins), (words.responses, layout.responses), (words.invitations, WIDTH)
    for text, right in headings:
        write(axes, right, top - 2.4, text, SMALL, FAINT, RIGHT)


def draw_grid(axes: "Axes", chart: PlanChart, scale: Scale, top: float, bottom: float) -> None:
    asked_at = None if chart.asked is None else draw_asked(axes, chart, scale, top, bottom)
    above = 6.2 + LINE_HEIGHT * is_crowded(chart, scale)
    write(axes, scale.left, top - above, chart.words.axis, SMALL, FAINT)
    for value in scale.lines():
        x, text = scale.at(value), figure(value, "share", chart.language, short=True)
        axes.plot([x, x], [top, bottom], color=LINE, linewidth=0.4, zorder=1)
        if asked_at is None or abs(x - asked_at) > 4.0:  # its own label says it
            write(axes, x, top - 2.4, text, SMALL, FAINT, "center")
        if len(chart.dots) > LONG:
            write(axes, x, bottom + 2.2, text, SMALL, FAINT, "center")


def draw_asked(axes: "Axes", chart: PlanChart, scale: Scale, top: float, bottom: float) -> float:
    """Where its dashed line stands."""
    x = scale.at(chart.asked or 0.0)
    text = chart.words.asked.format(margin=figure(chart.asked, "share", chart.language, short=True))
    axes.plot([x, x], [top - 4.4, bottom], color=INK, linewidth=0.9, dashes=(4, 2.5), zorder=2)
    half = text_width(text, SMALL, "bold") / 2
    write(axes, min(max(x, half), WIDTH - half), top - 6.2, text, SMALL, INK, "center", "bold")
    return x


def draw_rows(axes: "Axes", chart: PlanChart, layout: PlanLayout, top: float) -> dict[str, str]:
    hover: dict[str, str] = {}
    y = top
    for dot in chart.dots:
        height, gid = layout.height(dot), f"dot-{len(hover)}"
        draw_row(axes, chart, layout, dot, y + height / 2, gid)
        hover[gid] = hover_text(dot, chart)
        y += height
    return hover


def draw_row(axes: "Axes", chart: PlanChart, layout: PlanLayout, dot: PlanDot, y: float, gid: str) -> None:
    lines, scale = layout.names[dot.name], layout.scale
    for i, line in enumerate(lines):
        write(axes, 0, y + LINE_HEIGHT * (i - (len(lines) - 1) / 2), line, TEXT, INK)
    axes.plot([scale.left, scale.right], [y, y], color=LINE, linewidth=0.4, zorder=1)
    write(axes, layout.margins, y, margin_text(dot.margin, chart.language), SMALL, INK, RIGHT)
    write(axes, layout.responses, y, count(dot.responses, chart.language), SMALL, INK, RIGHT)
    write(axes, WIDTH, y, count(dot.invitations, chart.language), SMALL, INK, RIGHT)
    if dot.margin is not None:
        face = style.ACTION if dot.reached else PAPER
        marker = "o" if dot.margin <= scale.high else ">"  # beyond the scale
        axes.plot(
            [scale.at(dot.margin)], [y], marker,
            markersize=4.2, mfc=face, mec=style.ACTION, mew=1.0, zorder=4, gid=gid,
        )  # fmt: skip


def hover_text(dot: PlanDot, chart: PlanChart) -> str:
    words, language = chart.words, chart.language
    numbers = (
        f"{words.responses.lower()} {count(dot.responses, language)},"
        f" {words.invitations.lower()} {count(dot.invitations, language)}"
    )
    text = f"{dot.name}: {margin_text(dot.margin, language)}, {numbers}"
    return text if dot.reached or dot.margin is None else f"{text}. {words.hollow}"
