"""Row designs brought to known totals."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray
from sipas.stats.calibration.distances import Bounds, DistanceName
from sipas.stats.calibration.solve import calibrate_weights
from sipas.stats.cells.columns import Column
from sipas.stats.designs.stages import Calibrated, RowDesign


def indicators(column: Column) -> FloatArray:
    """float64[rows, levels]: 1 where the row has the level; NaN in all of them where it has none."""
    shown = np.asarray(column.codes[:, None] == np.arange(len(column.levels)), dtype=np.float64)
    shown[column.codes < 0] = np.nan
    return shown


def calibrate_rows(
    design: RowDesign,
    auxiliaries: FloatArray,
    totals: FloatArray,
    distance: DistanceName = "linear",
    bounds: Bounds | None = None,
    names: Sequence[str] | None = None,
) -> RowDesign:
    """The design with weights w g that reproduce known totals of some variables.

    Post-stratification is the linear distance on the indicators of one variable, raking the distance
    of that name on those of several.

    Parameters
    ----------
    design : RowDesign
    auxiliaries : float64[rows, auxiliaries]
        Indicators of margins, or continuous variables; without missing values.
    totals : float64[auxiliaries]
        Their totals over the population.
    distance, bounds, names
        See `sipas.stats.calibration.solve.calibrate_weights`.

    Returns
    -------
    RowDesign
        Its variances are those of residuals from the regression on the auxiliaries.

    Raises
    ------
    StatisticsError
        A missing value, a design calibrated already, or totals that no weights reproduce.
    """
    if design.calibrated is not None:
        raise StatisticsError("the design is calibrated already; calibrate once, to all totals")
    given = np.asarray(auxiliaries, dtype=np.float64)
    if len(given) != len(design):
        raise StatisticsError(f"there are values for {len(given)} rows; the design has {len(design)}")
    given = given.reshape(len(design), -1)
    missing = ~np.isfinite(given)
    if missing.any():
        row, auxiliary = np.argwhere(missing)[0].tolist()
        raise StatisticsError(f"row {row + 1}: auxiliary {auxiliary + 1} has no value")
    g = calibrate_weights(design.weight, np.ones(len(design)), given, totals, distance, bounds, names)
    return replace(design, weight=design.weight * g, calibrated=Calibrated(design.weight, given))
