"""Cells with their weights, and the part of them that a question is about."""

from dataclasses import dataclass, replace

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, IntArray
from sipas.stats.cells.cells import Cells
from sipas.stats.weights.weights import Weighting


@dataclass(frozen=True)
class WeightedCells:
    """A sample tabulated into cells, with the weights made for it.

    Parameters
    ----------
    cells : Cells
    weighting : Weighting
        Made for these cells.
    kept : bool[cells], optional
        The cells that questions are about, as R's `subset` of a design; all if not given.
    kept_frame : bool[frame rows], optional
        The same of the frame, which tells which domains exist without a response.

    Raises
    ------
    StatisticsError
        Weights or a filter made for other cells.
    """

    cells: Cells
    weighting: Weighting
    kept: BoolArray | None = None
    kept_frame: BoolArray | None = None

    def __post_init__(self) -> None:
        count = len(self.cells)
        is_wrong = self.kept is not None and self.kept.shape != (count,)
        if len(self.weighting.stratum) != count or is_wrong:
            raise StatisticsError(f"the weights and the filter must be for the same {count} cells")
        frame, kept = self.weighting.frame, self.kept_frame
        if frame is not None and kept is not None and kept.shape != (len(frame),):
            raise StatisticsError(f"the filter on the frame must have its {len(frame)} rows")

    def __len__(self) -> int:
        return len(self.cells)

    def keep(self, cells: BoolArray | None, frame: BoolArray | None = None) -> "WeightedCells":
        """Return the sample for questions about these cells; weights and strata stay those of all."""
        return replace(self, kept=cells, kept_frame=frame)

    @property
    def weighted(self) -> IntArray:
        """int64[cells with a weight]"""
        return np.flatnonzero(self.weighting.stratum >= 0)
