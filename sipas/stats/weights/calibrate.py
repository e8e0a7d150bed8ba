"""Weights that reproduce the margins: raked, or calibrated by a distance."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from sipas.stats import notes
from sipas.stats.arrays import FloatArray
from sipas.stats.calibration.distances import Bounds, DistanceName, find_distance
from sipas.stats.calibration.kept import Calibration
from sipas.stats.calibration.margins import Margins
from sipas.stats.calibration.patterns import Patterns
from sipas.stats.calibration.solve import Solution, solve
from sipas.stats.calibration.sweep import RAKED_RELATIVE_ERROR, sweep
from sipas.stats.cells.cells import Cells
from sipas.stats.notes import Note
from sipas.stats.weights.weights import Weighting, unweighted


def rake(
    cells: Cells, margins: Margins, base: Weighting | None = None, bounds: Bounds | None = None
) -> Weighting:
    """Weights raked to margins: iterative proportional fitting (Deming and Stephan 1940).

    The result is that of `calibrate` with the distance `raking`. It is found that way with bounds, as
    sweeps over the margins do not keep to them, and where 100 sweeps have not been enough, with a note:
    thin levels that few responses tie to each other make sweeps slow.

    Parameters
    ----------
    cells : Cells
        Their key holds the columns of the margins.
    margins : Margins
    base : Weighting, optional
        Design weights and variance strata, such as `post_stratify` or `unweighted` gives; without it
        every response counts the same and all are one stratum. Its scale does not matter.
    bounds : (float, float), optional
        L < 1 < U: how many times its base weight, brought to the margins' total, a weight may be.

    Returns
    -------
    Weighting
        With the variance strata and finite-population fractions of `base`.

    Raises
    ------
    StatisticsError
        A level without responses, responses without a level, bounds that leave no solution, or no
        convergence in 100 rounds; it names margin, level and amount.
    """
    if bounds is not None:
        return replace(calibrate(cells, margins, base, distance="raking", bounds=bounds), method="rake")
    base = base or unweighted(cells, ())
    patterns = Patterns.of(cells, base.weight, base.stratum >= 0, margins)
    solution = sweep(patterns)
    if solution.error >= RAKED_RELATIVE_ERROR:
        solution = solve(patterns.problem(), find_distance("raking", None))
        base = replace(base, notes=(*base.notes, notes.BY_NEWTON))
    return _weighted("rake", base, cells, margins, patterns, solution, None)


def calibrate(
    cells: Cells,
    margins: Margins,
    base: Weighting | None = None,
    *,
    distance: DistanceName = "linear",
    bounds: Bounds | None = None,
) -> Weighting:
    """Weights as near to the base weights as can be that reproduce margins (Deville and Särndal 1992).

    Parameters
    ----------
    cells, margins, base, bounds
        As of `rake`; `logit` needs bounds.
    distance : {"linear", "raking", "logit"}
        `linear` is the generalised regression estimator, and may give negative weights.

    Returns
    -------
    Weighting

    Raises
    ------
    StatisticsError
        As `rake`.
    """
    measure = find_distance(distance, bounds)
    base = base or unweighted(cells, ())
    patterns = Patterns.of(cells, base.weight, base.stratum >= 0, margins)
    return _weighted(distance, base, cells, margins, patterns, solve(patterns.problem(), measure), bounds)


def _weighted(
    method: Literal["rake", "linear", "raking", "logit"],
    base: Weighting,
    cells: Cells,
    margins: Margins,
    patterns: Patterns,
    solution: Solution,
    bounds: Bounds | None,
) -> Weighting:
    """The base weighting with the weights that were found."""
    design = base.weight * (margins.total / float(cells.n @ base.weight))
    weight = design * np.append(solution.ratio, 0.0)[patterns.code]
    return replace(
        base,
        method=method,
        weight=weight,
        notes=(*base.notes, *_odd_weights(cells, weight)),
        calibration=Calibration(margins, patterns, design, bounds, solution.rounds, solution.error),
    )


def _odd_weights(cells: Cells, weight: FloatArray) -> Iterator[Note]:
    """A note on negative weights, which a linear distance without bounds may give."""
    negative = int(cells.n[weight < 0].sum())
    if negative:
        yield notes.SOME_NEGATIVE(n=negative)
