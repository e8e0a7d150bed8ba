"""Weights that bring the responses to the frame's mix of strata."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.calibration.kept import Calibration
from sipas.stats.cells.cells import Cells
from sipas.stats.cells.columns import cross
from sipas.stats.grouping import added
from sipas.stats.notes import Note
from sipas.stats.weights.row_population import RowPopulation
from sipas.stats.weights.strata import Frame, StrataNames, Stratum

WeightingMethod = Literal["post-stratify", "rake", "linear", "raking", "logit", "design", "none"]


@dataclass(frozen=True)
class Pool:
    """Strata that were weighted as one, because some of them were thin.

    Parameters
    ----------
    strata : tuple of tuple of (str or None)
        Their levels in the strata columns; None for a column that is not used.
    n, population : int
        Their responses, and their completed transactions.
    """

    strata: tuple[Stratum, ...]
    n: int
    population: int


@dataclass(frozen=True)
class Trimming:
    """Limits that weights were cut off at.

    Parameters
    ----------
    lower, upper : float
        Transactions that a response may stand for.
    responses : int
        Those whose weights lay outside.
    """

    lower: float
    upper: float
    responses: int


@dataclass(frozen=True)
class Weighting:
    """Weights of cells, and the variance strata that they were made in.

    A variance stratum is a stratum or pool; where invited and walk-up answers are told apart it is
    one of these groups in it.

    Parameters
    ----------
    method : {"post-stratify", "rake", "linear", "raking", "logit", "design", "none"}
        `design`: weights that came with the data, as they are.
    stratum : int64[cells]
        The variance stratum of each cell; -1 for cells left out.
    weight : float64[cells]
        Of each response in a cell; 0 for cells left out.
    size : int64[variance strata]
        Responses, n_h.
    fraction : float64[variance strata]
        n_h / N_h, 0 where no finite-population factor applies.
    names : StrataNames
        Of each variance stratum; of a pool, those of its first stratum.
    pool : int64[variance strata]
        The pool that each is in, as `frame_pool` numbers them.
    frame_pool : int64[frame rows]
        The pool of each row of the frame.
    pooled : bool[variance strata]
        Whether its pool is of two strata or more.
    pools : tuple of Pool
        Those of two strata or more that have responses.
    coverage : float or None
        Share of the frame that the weights stand for; None without a frame.
    unplaced : int
        Responses left out.
    not_in_frame : bool[cells], optional
        Cells left out because the frame does not have their stratum; None where there are none.
    notes : tuple of Note
    frame : Frame or None
    standing : RowPopulation or None
        For each row of the frame, of how many transactions it holds that they are covered, pooled,
        or raised to the responses; None without a frame.
    calibration : Calibration or None
        How the weights were brought to margins.
    trimming : Trimming or None
    relative : bool
        Whether weights say how responses relate to each other alone: what they add up to is no number of
        transactions, and there is neither a population nor a design effect over it.

    Raises
    ------
    StatisticsError
        A weight that is infinite or missing, or negative without a calibration that made it so.
    """

    method: WeightingMethod
    stratum: IntArray
    weight: FloatArray
    size: IntArray
    fraction: FloatArray
    names: StrataNames
    pool: IntArray
    frame_pool: IntArray
    pooled: BoolArray
    pools: tuple[Pool, ...] = ()
    coverage: float | None = None
    unplaced: int = 0
    not_in_frame: BoolArray | None = None
    notes: tuple[Note, ...] = ()
    frame: Frame | None = None
    standing: RowPopulation | None = None
    calibration: Calibration | None = None
    trimming: Trimming | None = None
    relative: bool = False

    def __post_init__(self) -> None:
        least = -np.inf if self.calibration else 0.0
        wrong = ~(np.isfinite(self.weight) & (self.weight >= least))
        if wrong.any():
            cell = int(np.argmax(wrong))
            raise StatisticsError(f"cell {cell + 1}: the weight is {self.weight[cell]}; it must be 0 or more")

    @property
    def regression(self) -> Calibration | None:
        """The calibration that variances are reduced by; none where trimming has undone it."""
        return None if self.trimming and self.trimming.responses else self.calibration

    @property
    def tells_population(self) -> bool:
        """Whether the weights add up to transactions."""
        return self.method != "none" and not self.relative

    @property
    def strata(self) -> tuple[str, ...]:
        """The strata columns, coarse to fine."""
        return self.names.columns


def unweighted(cells: Cells, strata: Sequence[str]) -> Weighting:
    """Every response counts 1; the strata serve the variance alone, without finite-population factor.

    Parameters
    ----------
    cells : Cells
    strata : sequence of str
        Columns of the cells; none makes all one stratum. A missing value is a level of its own here.

    Raises
    ------
    StatisticsError
        A column that the cells lack.
    """
    columns = [cells.column(name) for name in strata]
    crossed = cross(columns, len(cells))
    keys = np.stack(crossed.keys, axis=1) if columns else np.zeros((crossed.count, 0), dtype=np.int32)
    return Weighting(
        method="none",
        stratum=crossed.code,
        weight=np.ones(len(cells)),
        size=added(crossed.code, cells.n, crossed.count),
        fraction=np.zeros(crossed.count),
        names=StrataNames(tuple(strata), keys, tuple(column.levels for column in columns)),
        pool=np.arange(crossed.count),
        frame_pool=np.zeros(0, dtype=np.int64),
        pooled=np.zeros(crossed.count, dtype=np.bool_),
    )
