"""From values to millimetres, and where the grid's lines stand."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

_STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_GRID_LINES_MOST = 7


@dataclass(frozen=True)
class AxisScale:
    """low and high fall on grid lines and stand at the plot's left and right, in mm."""

    low: float
    high: float
    step: float
    left: float
    right: float

    def at(self, value: float) -> float:
        """Values beyond the scale stand at its edge."""
        inside = min(max(value, self.low), self.high)
        return self.left + (self.right - self.left) * (inside - self.low) / (self.high - self.low)

    def lines(self) -> list[float]:
        return [self.low + i * self.step for i in range(round((self.high - self.low) / self.step) + 1)]


def scale_for(values: Iterable[float], bounds: tuple[float, float], left: float, right: float) -> AxisScale:
    """Wide enough for every value and no wider than `bounds`; all of them where there is no value."""
    shown = list(values) or list(bounds)
    step = next(s for s in _STEPS if _lines_between(shown, s) <= _GRID_LINES_MOST or s == _STEPS[-1])
    low = max(bounds[0], math.floor(min(shown) / step + 1e-9) * step)
    high = min(bounds[1], math.ceil(max(shown) / step - 1e-9) * step)
    if high - low < step:
        low, high = max(bounds[0], low - step), min(bounds[1], high + step)
    return AxisScale(low, high, step, left, right)


def _lines_between(values: list[float], step: float) -> int:
    return math.ceil(max(values) / step - 1e-9) - math.floor(min(values) / step + 1e-9) + 1
