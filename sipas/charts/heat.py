"""A table whose cells are the darker the higher their figures: value and interval are printed in each."""

from dataclasses import dataclass
from functools import cached_property

from sipas.charts.dots import Dot, estimate_text, hover_text, shown_values
from sipas.charts.grid import BELOW_ROWS_MM
from sipas.charts.numbers import DASH, Statistic, count, figure, interval
from sipas.charts.page import GAP_MM, LINE_HEIGHT_MM, SMALL_PT, TEXT_PT, TINY_PT, Canvas
from sipas.charts.rows import ROW_HEIGHT_MM
from sipas.charts.scale import AxisScale, scale_for
from sipas.charts.style import FAINT, LINE, PAPER, WIDTH_MM, mixed, text_width, wrap
from sipas.messages import Language, Translate, texts

# Ink has a contrast of 7:1 or more on either end, so that it never needs to turn white.
LIGHTEST, DARKEST = "#f0f5fb", "#7fb2dd"
_NAME_WIDTH, _WIDEST = 60.0, 30.0
HEAT_COLUMNS_MOST = 8  # columns that the page has room for
_SHADE_MM = 9.0  # mm that each takes in the key
_KEY_HEIGHT, _TWO_LINES = 8.5, 7.4
_SEAM_MM = 0.25  # of paper around each cell


@dataclass(frozen=True)
class HeatRow:
    name: str
    cells: tuple[Dot, ...]
    n: int


@dataclass(frozen=True)
class Heat:
    """heads: of the columns."""

    heads: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    language: Language
    statistic: Statistic = "share"
    bounds: tuple[float, float] = (0.0, 1.0)

    @property
    def t(self) -> Translate:
        return texts(self.language)

    @property
    def height(self) -> float:
        return self.head + sum(self.row_height(row) for row in self.rows) + BELOW_ROWS_MM

    @property
    def head(self) -> float:
        return _KEY_HEIGHT + LINE_HEIGHT_MM * max(len(lines) for lines in self.head_lines) + 1.0

    @cached_property
    def head_lines(self) -> list[list[str]]:
        return [wrap(head, self.cell_width - 1.5, SMALL_PT) for head in self.heads]

    @cached_property
    def names(self) -> dict[str, list[str]]:
        return {row.name: wrap(row.name, _NAME_WIDTH, TEXT_PT) for row in self.rows}

    @cached_property
    def left(self) -> float:
        lines = [line for lines in self.names.values() for line in lines]
        return max((text_width(line, TEXT_PT) for line in lines), default=0.0) + GAP_MM

    @cached_property
    def cell_width(self) -> float:
        counts = [self.t("chart.answers"), *(count(row.n, self.language) for row in self.rows)]
        numbers = max(text_width(text, SMALL_PT) for text in counts) + GAP_MM
        return min((WIDTH_MM - self.left - numbers) / len(self.heads), _WIDEST)

    @cached_property
    def is_wide(self) -> bool:
        """Value and interval have room beside each other."""
        texts = [
            estimate_text(cell, self.statistic, self.language) for row in self.rows for cell in row.cells
        ]
        return max((text_width(text, SMALL_PT) for text in texts), default=0.0) + 2.0 <= self.cell_width

    def row_height(self, row: HeatRow) -> float:
        return max(
            ROW_HEIGHT_MM if self.is_wide else _TWO_LINES, LINE_HEIGHT_MM * len(self.names[row.name]) + 1.3
        )

    @cached_property
    def scale(self) -> AxisScale:
        cells = [cell for row in self.rows for cell in row.cells]
        estimates = [cell.estimate for cell in cells if cell.estimate is not None and cell.reliable]
        return scale_for(estimates or shown_values(cells, None), self.bounds, 0.0, 1.0)

    @property
    def shades(self) -> list[str]:
        last = max(len(self.scale.lines()) - 2, 1)
        return [mixed(LIGHTEST, DARKEST, place / last) for place in range(len(self.scale.lines()) - 1)]

    def shade(self, value: float) -> str:
        """Return the shade of the scale's step that the value is in."""
        place = sum(value >= line - 1e-9 for line in self.scale.lines()) - 1
        return self.shades[min(max(place, 0), len(self.shades) - 1)]

    def draw(self, canvas: Canvas, top: float) -> None:
        self.draw_key(canvas, top)
        y = top + self.head
        for lines, x in zip(self.head_lines, self.middles(), strict=True):
            canvas.write_lines(
                x, y - 1.6 - LINE_HEIGHT_MM * (len(lines) - 1) / 2, lines, SMALL_PT, FAINT, "center"
            )
        canvas.write(self.right, y - 1.6, self.t("chart.answers"), SMALL_PT, FAINT, "right")
        for row in self.rows:
            height = self.row_height(row)
            canvas.write_lines(0, y + height / 2, self.names[row.name], TEXT_PT)
            canvas.write(self.right, y + height / 2, count(row.n, self.language), SMALL_PT, side="right")
            for cell, x in zip(row.cells, self.middles(), strict=True):
                self.draw_cell(canvas, cell, x, y, height)
            y += height

    @property
    def right(self) -> float:
        """Numbers stand beside the cells, wherever these end."""
        counts = [self.t("chart.answers"), *(count(row.n, self.language) for row in self.rows)]
        return (
            self.left
            + len(self.heads) * self.cell_width
            + GAP_MM
            + max(text_width(t, SMALL_PT) for t in counts)
        )

    def middles(self) -> list[float]:
        return [self.left + self.cell_width * (place + 0.5) for place in range(len(self.heads))]

    def draw_key(self, canvas: Canvas, top: float) -> None:
        """The shades, with the values between which each stands below."""
        axis = self.t(f"chart.{self.statistic}_axis")
        canvas.write(0, top + 2.1, axis, SMALL_PT, FAINT)
        left = max(self.left, text_width(axis, SMALL_PT) + GAP_MM)
        for place, shade in enumerate(self.shades):
            canvas.box(left + _SHADE_MM * place, top + 0.8, _SHADE_MM, 2.6, shade, LINE, f"shade-{place}")
        for place, value in enumerate(self.scale.lines()):
            text = figure(value, self.statistic, self.language, short=True)
            canvas.write(left + _SHADE_MM * place, top + 5.2, text, SMALL_PT, FAINT, "center")

    def draw_cell(self, canvas: Canvas, cell: Dot, x: float, y: float, height: float) -> None:
        middle = y + height / 2
        if cell.estimate is None:
            canvas.write(x, middle, DASH, SMALL_PT, FAINT, "center")
            return
        face, edge = (self.shade(cell.estimate), "none") if cell.reliable else (PAPER, FAINT)
        gid = canvas.says(hover_text(cell, self.statistic, self.language))
        width = self.cell_width - 2 * _SEAM_MM
        canvas.box(x - width / 2, y + _SEAM_MM, width, height - 2 * _SEAM_MM, face, edge, gid)
        if self.is_wide:
            canvas.write(x, middle, estimate_text(cell, self.statistic, self.language), side="center")
            return
        canvas.write(x, middle - 1.5, figure(cell.estimate, self.statistic, self.language), side="center")
        ends = interval(cell.low, cell.high, self.statistic, self.language)
        canvas.write(x, middle + 1.5, ends, TINY_PT, side="center")
