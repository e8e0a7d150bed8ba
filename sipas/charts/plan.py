"""A plan: the margin to expect of each domain as a dot, beside the responses and invitations it takes."""

from dataclasses import dataclass
from functools import cached_property

from sipas.charts.grid import Grid, Mark
from sipas.charts.numbers import DASH, count, figure
from sipas.charts.page import Canvas
from sipas.charts.rows import LONG_CHART_ROWS, RowLayout, column, lay_out
from sipas.charts.scale import scale_for
from sipas.messages import Language, Translate, texts

_SHOWN_MARGIN_TIMES = (
    4.0  # times the margin asked for; a wider one stands at the edge, so as not to crush the rest
)


@dataclass(frozen=True)
class PlanDot:
    """margin: None without transactions. reached: whether the margin asked for is reached, if one was."""

    name: str
    margin: float | None
    responses: int
    invitations: int
    reached: bool = True


@dataclass(frozen=True)
class PlanDots:
    """asked: the margin that each should reach; None where a total was spread."""

    dots: tuple[PlanDot, ...]
    language: Language
    asked: float | None = None

    @property
    def t(self) -> Translate:
        return texts(self.language)

    @property
    def height(self) -> float:
        return self.grid.head + self.rows.total + self.grid.foot

    @cached_property
    def rows(self) -> RowLayout:
        t, dots = self.t, self.dots
        columns = [
            column(t("plan.margin"), [_margin_text(dot.margin, self.language) for dot in dots]),
            column(t("plan.responses"), [count(dot.responses, self.language) for dot in dots]),
            column(t("plan.invitations"), [count(dot.invitations, self.language) for dot in dots]),
        ]
        return lay_out([[dot.name] for dot in dots], columns)

    @cached_property
    def grid(self) -> Grid:
        scale = scale_for(_shown_values(self), (0.0, 1.0), self.rows.left, self.rows.right)
        mark = None
        if self.asked is not None:
            mark = Mark(self.asked, self.t("plan.margin_asked", margin=self.number(self.asked)))
        return Grid(scale, self.t("plan.axis"), self.number, mark, repeated=len(self.dots) > LONG_CHART_ROWS)

    def number(self, value: float) -> str:
        return figure(value, "share", self.language, short=True)

    def draw(self, canvas: Canvas, top: float) -> None:
        y = top + self.grid.head
        self.rows.draw_headings(canvas, y - 2.4)
        self.grid.draw(canvas, y, y + self.rows.total)
        for row, dot in enumerate(self.dots):
            height = self.rows.height(row)
            self.draw_row(canvas, row, dot, y + height / 2)
            y += height

    def draw_row(self, canvas: Canvas, row: int, dot: PlanDot, y: float) -> None:
        self.rows.draw_line(canvas, y)
        self.rows.draw_texts(canvas, row, y)
        if dot.margin is not None:
            scale = self.grid.scale
            marker = "o" if dot.margin <= scale.high else ">"  # beyond the scale
            canvas.dot(scale.at(dot.margin), y, dot.reached, canvas.says(_hover_text(dot, self)), marker)


def _shown_values(plan: PlanDots) -> list[float]:
    """From 0 on, so that twice as wide looks twice as wide."""
    most = 1.0 if plan.asked is None else _SHOWN_MARGIN_TIMES * plan.asked
    margins = [dot.margin for dot in plan.dots if dot.margin is not None and dot.margin <= most]
    return [0.0, *margins, *([] if plan.asked is None else [plan.asked])]


def _margin_text(margin: float | None, language: Language) -> str:
    return DASH if margin is None else f"±{figure(margin, 'share', language)}"


def _hover_text(dot: PlanDot, plan: PlanDots) -> str:
    t, language = plan.t, plan.language
    numbers = (
        f"{t('plan.responses').lower()} {count(dot.responses, language)},"
        f" {t('plan.invitations').lower()} {count(dot.invitations, language)}"
    )
    text = f"{dot.name}: {_margin_text(dot.margin, language)}, {numbers}"
    return text if dot.reached or dot.margin is None else f"{text}. {t('plan.hollow')}"
