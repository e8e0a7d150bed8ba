"""The distribution of answers over the points of the scale: stacked bars around the middle point."""

from dataclasses import dataclass
from functools import cached_property

from sipas.charts.dots import Dot, estimate_text
from sipas.charts.grid import BELOW_ROWS_MM
from sipas.charts.numbers import Statistic, count, figure, interval, with_unit
from sipas.charts.page import GAP_MM, LINE_HEIGHT_MM, SMALL_PT, TINY_PT, Canvas
from sipas.charts.rows import ROW_HEIGHT_MM, RowLayout, column, lay_out
from sipas.charts.style import FAINT, INK, PAPER, POINTS, WIDTH_MM, mixed, text_width
from sipas.messages import Language, texts

_BAR_HEIGHT_MM = 3.6
_SWATCH_MM = 2.6
_HEAD_MM = 6.4
_ON_DARK = {POINTS[0], POINTS[2], POINTS[4]}  # where paper reads better than ink


Range = tuple[float | None, float | None]


@dataclass(frozen=True)
class Bar:
    """shares: of the points, worst first; None where there is no figure. dot: what satisfies.

    ranges: low and high of each share.
    """

    dot: Dot
    shares: tuple[float, ...] | None
    ranges: tuple[Range, ...] = ()

    @property
    def reach(self) -> float:
        """The furthest that an end is from its share."""
        pairs = zip(self.shares or (), self.ranges, strict=False)
        return max(
            (abs(end - share) for share, ends in pairs for end in ends if end is not None), default=0.0
        )


@dataclass(frozen=True)
class BarGroup:
    heading: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Bars:
    """points: what the points of the scale are called, worst first."""

    groups: tuple[BarGroup, ...]
    points: tuple[str, ...]
    language: Language
    statistic: Statistic = "share"

    @property
    def bars(self) -> list[Bar]:
        return [bar for group in self.groups for bar in group.bars]

    @property
    def height(self) -> float:
        headings = sum(1.6 * ROW_HEIGHT_MM for group in self.groups if group.heading)
        return self.key_height + _HEAD_MM + self.rows.total + headings + BELOW_ROWS_MM

    @cached_property
    def rows(self) -> RowLayout:
        t, dots = texts(self.language), [bar.dot for bar in self.bars]
        heading = t("chart.satisfied" if self.statistic == "share" else "chart.mean_axis")
        estimates = [estimate_text(dot, self.statistic, self.language) for dot in dots]
        counts = [count(dot.n, self.language) for dot in dots]
        columns = [column(heading, estimates), column(t("chart.answers"), counts)]
        return lay_out([[dot.name] for dot in dots], columns)

    @cached_property
    def colours(self) -> list[str]:
        return point_colours(len(self.points))

    def is_middle(self, place: int) -> bool:
        """Hatched: printed in grey, the points beside it look alike."""
        return 2 * place + 1 == len(self.points)

    @cached_property
    def reach(self) -> tuple[float, float]:
        """Return how far the bars go to the left and to the right of the middle."""
        halves = [self.around(bar.shares) for bar in self.bars if bar.shares is not None] or [(0.5, 0.5)]
        return max(low for low, _ in halves), max(high for _, high in halves)

    def around(self, shares: tuple[float, ...]) -> tuple[float, float]:
        """Return the shares left and right of the middle, each with half of the middle point."""
        half, odd = divmod(len(shares), 2)
        middle = shares[half] / 2 if odd else 0.0
        return sum(shares[:half]) + middle, sum(shares[half + odd :]) + middle

    @property
    def unit(self) -> float:
        """mm for a share of 1."""
        return (self.rows.right - self.rows.left) / max(sum(self.reach), 1e-9)

    @property
    def middle(self) -> float:
        return self.rows.left + self.reach[0] * self.unit

    def draw(self, canvas: Canvas, top: float) -> None:
        self.draw_key(canvas, top)
        y, row = top + self.key_height + _HEAD_MM, 0
        self.rows.draw_headings(canvas, y - 2.4)
        canvas.line(
            (self.middle, self.middle), (y - 1.2, top + self.height - BELOW_ROWS_MM + 0.6), FAINT, 0.6
        )
        for group in self.groups:
            if group.heading:
                y += 1.6 * ROW_HEIGHT_MM
                canvas.head(y - 0.5 * ROW_HEIGHT_MM, group.heading)
            for bar in group.bars:
                height = self.rows.height(row)
                self.rows.draw_texts(canvas, row, y + height / 2)
                self.draw_bar(canvas, bar, y + height / 2)
                y, row = y + height, row + 1

    @cached_property
    def key_lines(self) -> list[list[int]]:
        """Which points stand in each line of the key."""
        lines: list[list[int]] = [[]]
        for place in range(len(self.points)):
            if lines[-1] and self.key_width([*lines[-1], place]) > WIDTH_MM:
                lines.append([])
            lines[-1].append(place)
        return lines

    def key_width(self, places: list[int]) -> float:
        return (
            sum(_SWATCH_MM + 1.2 + text_width(self.points[place], SMALL_PT) + 2 * GAP_MM for place in places)
            - 2 * GAP_MM
        )

    @property
    def key_height(self) -> float:
        return LINE_HEIGHT_MM * len(self.key_lines) + 1.0

    def draw_key(self, canvas: Canvas, top: float) -> None:
        y = top + 2.1
        for places in self.key_lines:
            x = 0.0
            for place in places:
                colour, hatched = self.colours[place], self.is_middle(place)
                edge, gid = PAPER if hatched else colour, f"point-{place}"
                canvas.box(x, y - _SWATCH_MM / 2, _SWATCH_MM, _SWATCH_MM, colour, edge, gid, hatched=hatched)
                canvas.write(x + _SWATCH_MM + 1.2, y, self.points[place])
                x += self.key_width([place]) + 2 * GAP_MM
            y += LINE_HEIGHT_MM

    def draw_bar(self, canvas: Canvas, bar: Bar, y: float) -> None:
        """Hollow where the figure is not reliable."""
        if bar.shares is None:
            return
        x = self.middle - self.around(bar.shares)[0] * self.unit
        for place, share in enumerate(bar.shares):
            width, colour = max(share, 0.0) * self.unit, self.colours[place]
            if not width:
                continue
            face = colour if bar.dot.reliable else PAPER
            edge = PAPER if bar.dot.reliable else colour
            gid, hatched = canvas.says(self.said(bar, place, share)), self.is_middle(place)
            canvas.box(x, y - _BAR_HEIGHT_MM / 2, width, _BAR_HEIGHT_MM, face, edge, gid, hatched=hatched)
            text = figure(round(share, 2), "share", self.language, short=True)
            if width >= text_width(text, TINY_PT) + 1.0:
                ink = PAPER if face in _ON_DARK else INK
                canvas.write(x + width / 2, y, text, TINY_PT, ink, "center", ground=face if hatched else None)
            x += width

    def said(self, bar: Bar, place: int, share: float) -> str:
        low, high = bar.ranges[place] if bar.ranges else (None, None)
        ends = "" if low is None else f" ({interval(low, high, 'share', self.language)})"
        text = f"{bar.dot.name}: {self.points[place]} {with_unit(share, 'share', self.language)}{ends}"
        return f"{text}. {bar.dot.why}" if bar.dot.why else text


def point_colours(number: int) -> list[str]:
    """The five of the scale; of other scales the lower half is red, the upper blue, a middle grey."""
    half, odd = divmod(number, 2)
    steps = [place / max(half - 1, 1) for place in range(half)]
    low = [mixed(POINTS[0], POINTS[1], step) for step in steps]
    high = [mixed(POINTS[4], POINTS[3], step) for step in steps]
    return [*low, *([POINTS[2]] * odd), *reversed(high)]
