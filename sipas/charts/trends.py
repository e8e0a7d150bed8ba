"""Figures over time: a dot with its interval for each period or round, the target as a dashed line."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise

from sipas.charts.dots import Dot, hover_text, shown_values, target_mark
from sipas.charts.numbers import DASH, Statistic, count, figure, interval
from sipas.charts.page import GAP_MM, LINE_HEIGHT_MM, SMALL_PT, TINY_PT, Canvas
from sipas.charts.scale import AxisScale, scale_for
from sipas.charts.style import FAINT, INK, LINE, WIDTH_MM, text_width
from sipas.messages import Language, Translate, texts

_HEADING, _AXIS = 6.0, 5.8
_ALONE, _TOGETHER = 52.0, 34.0  # mm of a plot's height
_LABELS_MM = 4.6
_BELOW_MM = 2.5
_BETWEEN_PLOTS_MM = 4.0
_BETWEEN_TEXTS_MM = 1.5  # between two texts side by side


@dataclass(frozen=True)
class Series:
    """dots: one a period, the period as its name. targets: what each was to reach."""

    heading: str
    dots: tuple[Dot, ...]
    targets: tuple[float | None, ...]


@dataclass(frozen=True)
class Trends:
    """One plot a series, all on the same scale."""

    series: tuple[Series, ...]
    language: Language
    statistic: Statistic = "share"
    bounds: tuple[float, float] = (0.0, 1.0)

    @property
    def t(self) -> Translate:
        return texts(self.language)

    @property
    def dots(self) -> list[Dot]:
        return [dot for one in self.series for dot in one.dots]

    @property
    def height(self) -> float:
        between = _BETWEEN_PLOTS_MM * (len(self.series) - 1)
        return _AXIS + sum(self.series_height(one) for one in self.series) + between + _BELOW_MM

    def series_height(self, series: Series) -> float:
        numbers = LINE_HEIGHT_MM * 3 if self.has_numbers else 0.0
        return _HEADING * bool(series.heading) + self.plot_height + _LABELS_MM + numbers

    @property
    def plot_height(self) -> float:
        return _ALONE if len(self.series) == 1 else _TOGETHER

    @property
    def periods(self) -> int:
        return max(len(one.dots) for one in self.series)

    @cached_property
    def intervals(self) -> list[str]:
        return [interval(dot.low, dot.high, self.statistic, self.language) for dot in self.dots]

    @cached_property
    def has_numbers(self) -> bool:
        """There is room below each period for its figures."""
        names = [text_width(dot.name, SMALL_PT) for dot in self.dots]
        widest = max([*names, *(text_width(text, TINY_PT) for text in self.intervals)])
        return (self.right - self.numbers_left) / self.periods >= widest + _BETWEEN_TEXTS_MM

    @cached_property
    def numbers_left(self) -> float:
        return max(text_width(text, SMALL_PT) for text in self.row_heads) + GAP_MM

    @property
    def row_heads(self) -> tuple[str, str, str]:
        return self.t("chart.trend_estimate"), self.t("chart.trend_interval"), self.t("chart.answers")

    @cached_property
    def left(self) -> float:
        """Room for the axis's numbers alone where there are none below."""
        return self.numbers_left if self.has_numbers else 10.0

    @cached_property
    def right(self) -> float:
        return WIDTH_MM - max(
            (text_width(text, SMALL_PT, "bold") + 1.5 for text in self.target_texts), default=0.0
        )

    @property
    def targets(self) -> list[float]:
        return [target for one in self.series for target in one.targets if target is not None]

    @cached_property
    def target_texts(self) -> list[str]:
        return [target_mark(target, self.statistic, self.language).text for target in self.targets]

    def at(self, place: int) -> float:
        """The middle of a period, in mm from the left."""
        return self.left + (self.right - self.left) * (place + 0.5) / self.periods

    def scale(self, top: float) -> AxisScale:
        values = [*shown_values(self.dots, None), *self.targets]
        return scale_for(values, self.bounds, top + self.plot_height, top)

    def draw(self, canvas: Canvas, top: float) -> None:
        axis = self.t(f"chart.{self.statistic}_axis")
        canvas.write(0, top + 2.1, axis, SMALL_PT, FAINT)
        y = top + _AXIS
        for one in self.series:
            if one.heading:
                canvas.head(y + 2.1, one.heading)
            self.draw_series(canvas, one, y + _HEADING * bool(one.heading))
            y += self.series_height(one) + _BETWEEN_PLOTS_MM

    def draw_series(self, canvas: Canvas, series: Series, top: float) -> None:
        scale = self.scale(top)
        for value in scale.lines():
            canvas.line((self.left, self.right), (scale.at(value), scale.at(value)), LINE, 0.4)
            text = figure(value, self.statistic, self.language, short=True)
            canvas.write(self.left - 1.5, scale.at(value), text, SMALL_PT, FAINT, "right")
        self.draw_targets(canvas, series, scale)
        for (place, dot), (_, after) in pairwise(enumerate(series.dots)):
            self.draw_way(canvas, dot, after, place, scale)
        for place, dot in enumerate(series.dots):
            self.draw_dot(canvas, dot, self.at(place), scale)
        self.draw_labels(canvas, series, top + self.plot_height)

    def draw_targets(self, canvas: Canvas, series: Series, scale: AxisScale) -> None:
        """A dashed line as long as a target held: the last is named beside it, those before above."""
        half = (self.right - self.left) / self.periods / 2
        for target, first, last in spans(series.targets):
            y, left, right = scale.at(target), self.at(first) - half, self.at(last) + half
            canvas.dashes((left, right), (y, y))
            text = target_mark(target, self.statistic, self.language).text
            if last == len(series.targets) - 1:
                canvas.write(self.right + 1.5, y, text, SMALL_PT, INK, weight="bold")
            elif text_width(text, SMALL_PT, "bold") <= right - left:
                canvas.write(left, y - 1.8, text, SMALL_PT, INK, weight="bold")

    def draw_way(self, canvas: Canvas, dot: Dot, after: Dot, place: int, scale: AxisScale) -> None:
        """From one period to the next, where both can be relied on."""
        if dot.estimate is None or after.estimate is None or not (dot.reliable and after.reliable):
            return
        xs, ys = (self.at(place), self.at(place + 1)), (scale.at(dot.estimate), scale.at(after.estimate))
        canvas.line(xs, ys, FAINT, 0.7)

    def draw_dot(self, canvas: Canvas, dot: Dot, x: float, scale: AxisScale) -> None:
        if dot.estimate is None:
            return
        if dot.low is not None and dot.high is not None:
            canvas.interval((x, x), (scale.at(dot.low), scale.at(dot.high)))
            for end, marker in ((dot.low, "v"), (dot.high, "^")):
                if not scale.low <= end <= scale.high:
                    canvas.arrow(x, scale.at(end), marker)
        gid = canvas.says(hover_text(dot, self.statistic, self.language))
        canvas.dot(x, scale.at(dot.estimate), dot.reliable, gid)

    def draw_labels(self, canvas: Canvas, series: Series, y: float) -> None:
        """Every period's name, or every second, third … where they have no room."""
        widest = max(text_width(dot.name, SMALL_PT) for dot in series.dots)
        step = int((widest + _BETWEEN_TEXTS_MM) // ((self.right - self.left) / self.periods)) + 1
        for place, dot in enumerate(series.dots):
            if place % step == 0:
                canvas.write(self.at(place), y + 2.6, dot.name, SMALL_PT, FAINT, "center")
            if self.has_numbers:
                for line, (text, size) in enumerate(self.numbers(dot)):
                    row = y + _LABELS_MM + LINE_HEIGHT_MM * (line + 0.5)
                    canvas.write(self.at(place), row, text, size, side="center")
        if self.has_numbers:
            for line, text in enumerate(self.row_heads):
                canvas.write(0, y + _LABELS_MM + LINE_HEIGHT_MM * (line + 0.5), text, SMALL_PT, FAINT)

    def numbers(self, dot: Dot) -> Iterator[tuple[str, float]]:
        yield figure(dot.estimate, self.statistic, self.language), SMALL_PT
        yield DASH if dot.low is None else interval(dot.low, dot.high, self.statistic, self.language), TINY_PT
        yield count(dot.n, self.language), SMALL_PT


def spans(targets: tuple[float | None, ...]) -> Iterator[tuple[float, int, int]]:
    """Each target with the first and the last period in a row that it held for."""
    first = 0
    for target, held in groupby(targets):
        last = first + len(list(held)) - 1
        if target is not None:
            yield target, first, last
        first = last + 1
