"""Answers that came without an invitation."""

from dataclasses import dataclass

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray


@dataclass(frozen=True)
class WalkUp:
    """The cells of walk-up answers, from a kiosk or a poster, and how much they count beside invited ones.

    Parameters
    ----------
    cells : bool[cells]
    share : float
        λ of the walk-up group of a stratum; invited answers have the rest. A group without answers
        leaves its λ to the other.

    Raises
    ------
    StatisticsError
        λ outside (0, 1).
    """

    cells: BoolArray
    share: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise StatisticsError(
                f"the share of walk-up answers must lie between 0 and 1, not {self.share:g}"
            )

    def select(self, cells: BoolArray) -> "WalkUp":
        """Return the same of some cells."""
        return WalkUp(self.cells[cells], self.share)
