"""The text in place of a chart that has nothing to draw."""

from dataclasses import dataclass

from sipas.charts.page import TEXT_PT, Canvas
from sipas.charts.style import FAINT


@dataclass(frozen=True)
class Message:
    text: str

    @property
    def height(self) -> float:
        return 12.0

    def draw(self, canvas: Canvas, top: float) -> None:
        canvas.write(0, top + 5.0, self.text, TEXT_PT, FAINT)
