"""The pictures of the study, in the style of all charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from sipas.charts.page import SMALL_PT, TEXT_PT, TINY_PT, Canvas, Page
from sipas.charts.picture import picture
from sipas.charts.scale import AxisScale
from sipas.charts.style import ACTION, FAINT, INK, LINE, WIDTH_MM
from studies.coverage import INTERVALS, Coverage
from studies.limits import HIGH, LEAST, LEAST_RARE, LOW, judged
from studies.settings import MEASURES, SAMPLES

NOMINAL = 0.95
Points = tuple[tuple[float, float], ...]


def dots(canvas: Canvas, points: Points, width: float) -> None:
    """As one path: thousands of markers would be a picture of megabytes."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    ends = [end for x, y in points for end in ((x, y), (x + 0.01, y))]
    path = Path(ends, [Path.MOVETO, Path.LINETO] * len(points))
    path.should_simplify = False
    canvas.axes.add_patch(
        PathPatch(path, fill=False, edgecolor=ACTION, linewidth=width, capstyle="round", alpha=0.55, zorder=4)
    )


def ticks(canvas: Canvas, xs: Sequence[float], y: float, height: float) -> None:
    """A stroke for each."""
    for x in xs:
        canvas.axes.plot((x, x), (y - height / 2, y + height / 2), color=ACTION, linewidth=0.8, alpha=0.6)


@dataclass(frozen=True)
class Panels:
    """A panel for each sample and measure: coverage at each share over the dissatisfied to expect.

    points: (dissatisfied to expect, coverage) by sample and measure.
    """

    points: tuple[tuple[Points, ...], ...]

    LEFT, GUTTER, HEAD, TALL, BELOW = 24.0, 4.0, 5.0, 27.0, 10.0
    DECADES = (0.1, 1.0, 10.0, 100.0)

    @property
    def height(self) -> float:
        return self.HEAD + len(SAMPLES) * (self.TALL + self.GUTTER) + self.BELOW

    def draw(self, canvas: Canvas, top: float) -> None:
        wide = (WIDTH_MM - self.LEFT - self.GUTTER * (len(MEASURES) - 1)) / len(MEASURES)
        for column, measure in enumerate(MEASURES):
            left = self.LEFT + column * (wide + self.GUTTER)
            canvas.write(left + wide / 2, top + 1.5, measure.name, TEXT_PT, weight="bold", side="center")
            across = AxisScale(log10(0.1), log10(700), 1.0, left, left + wide)
            for row, sample in enumerate(SAMPLES):
                y = top + self.HEAD + row * (self.TALL + self.GUTTER)
                if not column:
                    canvas.write(0, y + self.TALL / 2, sample.name, TEXT_PT, weight="bold")
                self.draw_panel(canvas, across, y, self.points[row][column], is_first=not column)
            self.draw_decades(canvas, across, top + self.height - self.BELOW)
        middle = self.LEFT + (WIDTH_MM - self.LEFT) / 2
        label = "dissatisfied among n_K / d independent answers, n_K / d · (1 − p)"
        canvas.write(middle, top + self.height - 2.5, label, SMALL_PT, FAINT, side="center")

    def draw_panel(
        self, canvas: Canvas, across: AxisScale, top: float, points: Points, *, is_first: bool
    ) -> None:
        down = AxisScale(0.84, 1.0, 0.02, top + self.TALL, top)
        for share in (0.85, 0.90, NOMINAL, 1.0):
            colour, width = (FAINT, 0.8) if share == NOMINAL else (LINE, 0.4)
            canvas.line((across.left, across.right), (down.at(share),) * 2, colour, width)
            if is_first:
                canvas.write(across.left - 1, down.at(share), f"{share:.2f}", TINY_PT, FAINT, side="right")
        some, least, rare = across.at(log10(1.5)), down.at(LEAST), down.at(LEAST_RARE)
        canvas.axes.plot(
            (across.left, some, some, across.right), (rare, rare, least, least), color=INK, linewidth=0.9,
            dashes=(3, 1.5), zorder=3,
        )  # fmt: skip
        dots(canvas, tuple((across.at(log10(x)), down.at(y)) for x, y in points), 1.3)

    def draw_decades(self, canvas: Canvas, across: AxisScale, y: float) -> None:
        for value in self.DECADES:
            canvas.write(across.at(log10(value)), y - 1.5, f"{value:g}", TINY_PT, FAINT, side="center")


@dataclass(frozen=True)
class Strips:
    """A row for each interval and measure; a stroke for each setting.

    mean, excess: by interval and measure.
    """

    mean: tuple[tuple[tuple[float, ...], ...], ...]
    excess: tuple[tuple[tuple[float, ...], ...], ...]

    NAME, GUTTER, HEAD, ROW, GAP, BELOW = 44.0, 8.0, 5.5, 3.6, 2.2, 4.0

    @property
    def height(self) -> float:
        return self.HEAD + len(INTERVALS) * (len(MEASURES) * self.ROW + self.GAP) + self.BELOW

    def draw(self, canvas: Canvas, top: float) -> None:
        half = (WIDTH_MM - self.NAME - self.GUTTER) / 2
        across = AxisScale(0.75, 1.0, 0.05, self.NAME, self.NAME + half)
        wider = AxisScale(0.75, 1.5, 0.25, self.NAME + half + self.GUTTER, WIDTH_MM)
        bottom = top + self.height - self.BELOW
        canvas.axes.fill_between(
            (across.at(LOW), across.at(HIGH)), top + self.HEAD, bottom, color=LINE, linewidth=0, alpha=0.7
        )
        for scale, text in ((across, "mean coverage"), (wider, "width, over the ideal")):
            canvas.write(
                (scale.left + scale.right) / 2, top + 1.0, text, TEXT_PT, weight="bold", side="center"
            )
            for value in scale.lines():
                canvas.line((scale.at(value),) * 2, (top + self.HEAD, bottom), LINE, 0.4)
                canvas.write(scale.at(value), bottom + 2, f"{value:.2f}", TINY_PT, FAINT, side="center")
        self.draw_rows(canvas, top + self.HEAD, across, wider)

    def draw_rows(self, canvas: Canvas, top: float, across: AxisScale, wider: AxisScale) -> None:
        for i, interval in enumerate(INTERVALS):
            y = top + i * (len(MEASURES) * self.ROW + self.GAP) + self.GAP / 2
            canvas.write(0, y + self.ROW / 2, interval.name, SMALL_PT, weight="bold")
            for m, measure in enumerate(MEASURES):
                middle = y + (m + 0.5) * self.ROW
                canvas.write(self.NAME - 2, middle, measure.name, TINY_PT, FAINT, side="right")
                ticks(canvas, [across.at(value) for value in self.mean[i][m]], middle, self.ROW - 1)
                ticks(canvas, [wider.at(value) for value in self.excess[i][m]], middle, self.ROW - 1)


def default_picture(found: Sequence[Coverage]) -> bytes:
    """The coverage of the default at every point judged."""
    points = tuple(
        tuple(
            tuple(
                point
                for one in judged(found)
                if one.setting.sample == sample and one.setting.answers == measure
                for point in zip(one.dissatisfied.tolist(), one.covered[:, 0].tolist(), strict=True)
            )
            for measure in MEASURES
        )
        for sample in SAMPLES
    )
    page = Page(
        "How often the default interval covers the truth",
        "Wilson on robust effective n, level 0.95. Each dot: one true share and size of sample, n_K / d ≥ 20."
        " Columns: measures. Rows: weights.",
        (Panels(points),),
        ("Dashed: at no point may coverage be lower. Dots lower than 0.84 stand at 0.84.",),
    )
    return picture(page, "svg")


def intervals_picture(found: Sequence[Coverage]) -> bytes:
    """Mean coverage and width of all intervals."""

    def by_interval(numbers: Sequence[Sequence[float]], measure: int, interval: int) -> tuple[float, ...]:
        chosen = zip(judged(found), numbers, strict=True)
        return tuple(row[interval] for one, row in chosen if one.setting.answers == MEASURES[measure])

    mean = [one.mean.tolist() for one in judged(found)]
    excess = [one.excess.tolist() for one in judged(found)]
    every = range(len(INTERVALS))
    strips = Strips(
        *(
            tuple(tuple(by_interval(numbers, m, i) for m in range(len(MEASURES))) for i in every)
            for numbers in (mean, excess)
        )
    )
    page = Page(
        "Four intervals, on robust and design effective n",
        "Each stroke: one size of sample and kind of weights, mean over 40 shares, n_K / d ≥ 20."
        f" Grey band: {LOW}–{HIGH}.",
        (strips,),
        ("Values beyond a scale stand at its edge.",),
    )
    return picture(page, "svg")
