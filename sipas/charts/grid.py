"""The grid behind rows: its lines and their numbers, what they count, and a dashed line for a target."""

from collections.abc import Callable
from dataclasses import dataclass

from sipas.charts.page import LINE_HEIGHT_MM, SMALL_PT, Canvas
from sipas.charts.scale import AxisScale
from sipas.charts.style import FAINT, INK, LINE, WIDTH_MM, text_width

_HEAD_MM = 8.3  # mm from the top of a body to its first row, without a mark
BELOW_ROWS_MM, _NUMBERS_BELOW = 3.5, 2.5
_NEAR_NUMBER_MM = 4.0  # mm from a number of the axis, which a mark's line would cross


@dataclass(frozen=True)
class Mark:
    """A value that is marked by a dashed line."""

    value: float
    text: str


@dataclass(frozen=True)
class Grid:
    """axis: what it counts. label: of a number. repeated: the numbers stand below, too."""

    scale: AxisScale
    axis: str
    label: Callable[[float], str]
    mark: Mark | None = None
    repeated: bool = False

    @property
    def head(self) -> float:
        return _head(self.mark is not None)

    @property
    def foot(self) -> float:
        return _foot(self.repeated)

    def draw(self, canvas: Canvas, top: float, bottom: float) -> None:
        """Between the top of the first row and the bottom of the last."""
        canvas.write(self.scale.left, top - self.head + 2.1, self.axis, SMALL_PT, FAINT)
        for value in self.scale.lines():
            x = self.scale.at(value)
            canvas.line((x, x), (top, bottom), LINE, 0.4)
            canvas.write(x, top - 2.4, self.label(value), SMALL_PT, FAINT, "center")
            if self.repeated:
                canvas.write(x, bottom + 2.2, self.label(value), SMALL_PT, FAINT, "center")
        if self.mark is not None:
            self.draw_mark(canvas, self.mark, top, bottom)

    def draw_mark(self, canvas: Canvas, mark: Mark, top: float, bottom: float) -> None:
        x, half = self.scale.at(mark.value), text_width(mark.text, SMALL_PT, "bold") / 2
        near = any(abs(x - self.scale.at(value)) <= _NEAR_NUMBER_MM for value in self.scale.lines())
        canvas.dashes((x, x), (top - (0.6 if near else 4.4), bottom))
        at = min(max(x, half), WIDTH_MM - half)
        canvas.write(at, top - 6.2, mark.text, SMALL_PT, INK, "center", "bold")


def _head(has_mark: bool) -> float:
    """The mark's label has a line to itself: it may stand anywhere."""
    return _HEAD_MM + LINE_HEIGHT_MM * has_mark


def _foot(repeated: bool) -> float:
    return BELOW_ROWS_MM + _NUMBERS_BELOW * repeated
