"""Rows of a chart: a name to the left, a plot between, columns of numbers to the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from sipas.charts.page import GAP_MM, LINE_HEIGHT_MM, SMALL_PT, TEXT_PT, Canvas
from sipas.charts.style import FAINT, LINE, WIDTH_MM, text_width, wrap

ROW_HEIGHT_MM = 4.7
NAME_WIDTH_MM = 64.0
_PLOT_WIDTH_LEAST_MM = 40.0  # at least; names give way
LONG_CHART_ROWS = 25  # rows after which the axis is repeated below


@dataclass(frozen=True)
class TextColumn:
    """The lines of each row, right-aligned below the heading."""

    heading: str
    cells: tuple[tuple[str, ...], ...]

    @cached_property
    def width(self) -> float:
        return max(
            text_width(text, SMALL_PT) for text in (self.heading, *(t for cell in self.cells for t in cell))
        )


def column(heading: str, texts: Sequence[str]) -> TextColumn:
    """Return a column with one line a row."""
    return TextColumn(heading, tuple((text,) for text in texts))


@dataclass(frozen=True)
class RowLayout:
    """names: the lines of each. edges: where the right of each column stands, in mm; the plot is between."""

    names: list[list[str]]
    columns: tuple[TextColumn, ...]
    left: float
    right: float
    edges: list[float]

    def height(self, row: int) -> float:
        lines = max(len(self.names[row]), *(len(column.cells[row]) for column in self.columns))
        return ROW_HEIGHT_MM + LINE_HEIGHT_MM * (lines - 1)

    @cached_property
    def total(self) -> float:
        return sum(self.height(row) for row in range(len(self.names)))

    def draw_headings(self, canvas: Canvas, y: float) -> None:
        for column, edge in zip(self.columns, self.edges, strict=True):
            canvas.write(edge, y, column.heading, SMALL_PT, FAINT, "right")

    def draw_texts(self, canvas: Canvas, row: int, y: float) -> None:
        """y: the middle of the row."""
        canvas.write_lines(0, y, self.names[row], TEXT_PT)
        for column, edge in zip(self.columns, self.edges, strict=True):
            canvas.write_lines(edge, y, list(column.cells[row]), SMALL_PT, side="right")

    def draw_line(self, canvas: Canvas, y: float) -> None:
        canvas.line((self.left, self.right), (y, y), LINE, 0.4)


def lay_out(names: Sequence[Sequence[str]], columns: Sequence[TextColumn]) -> RowLayout:
    """names: of each row its parts, every one of which begins a line."""
    widths = [column.width + GAP_MM for column in columns]
    edges = [WIDTH_MM - sum(widths) + end for end in accumulate(widths)]
    right = WIDTH_MM - sum(widths)
    room = min(NAME_WIDTH_MM, right - GAP_MM - _PLOT_WIDTH_LEAST_MM)
    wrapped = [[line for part in parts for line in wrap(part, room, TEXT_PT)] for parts in names]
    widest = max((text_width(line, TEXT_PT) for lines in wrapped for line in lines), default=0.0)
    return RowLayout(wrapped, tuple(columns), widest + GAP_MM, right - GAP_MM, edges)
