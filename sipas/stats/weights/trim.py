"""Trimming: weights cut off at limits, and what was cut off spread over the others."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.calibration.kept import Calibration
from sipas.stats.calibration.sweep import relative_errors
from sipas.stats.cells.cells import Cells
from sipas.stats.grouping import summed
from sipas.stats.notes import MARGIN_MISSED, Note
from sipas.stats.weights.weights import Trimming, Weighting

# A weight beyond a limit by less than this part of it is at the limit.
_RELATIVE_ROUNDING_OF_WEIGHTS = 1e-12


def trim(
    cells: Cells,
    weighting: Weighting,
    lower: float = 0.0,
    upper: float = np.inf,
    *,
    strict: bool = True,
) -> Weighting:
    """Weights between two limits that add up to what they did, as R's `trimWeights` (Lumley, survey).

    What is cut off is spread evenly over the responses whose weights lie within the limits. With
    `strict` those that this pushes out are cut off in turn, until none is left outside.

    Margins then hold only roughly. The variance is that of weights that were given: what a
    calibration took off it is not counted on, which is the safe side.

    Parameters
    ----------
    cells : Cells
    weighting : Weighting
        Of these cells.
    lower, upper : float
        The least and the most transactions that a response may stand for.
    strict : bool

    Returns
    -------
    Weighting
        With `trimming`, and a note on the margin that is missed most.

    Raises
    ------
    StatisticsError
        Limits in the wrong order, or between which the weights cannot add up to what they did.
    """
    placed = weighting.stratum >= 0
    weight, n = weighting.weight[placed], cells.n[placed]
    _check(weight, n, lower, upper)
    outside = _beyond(weight, lower, upper)
    trimming = Trimming(lower, upper, int(n[outside].sum()))
    if not outside.any():
        return replace(weighting, trimming=trimming)
    trimmed = np.zeros_like(weighting.weight)
    trimmed[placed] = _redistributed(weight, n, lower, upper, strict)
    notes = _missed(weighting.calibration, cells, trimmed)
    return replace(weighting, weight=trimmed, trimming=trimming, notes=(*weighting.notes, *notes))


def _check(weight: FloatArray, n: IntArray, lower: float, upper: float) -> None:
    if not lower < upper:
        raise StatisticsError(
            f"weights cannot be trimmed to {lower:g} to {upper:g}; give the lower limit first"
        )
    total, responses = float(weight @ n), int(n.sum())
    for limit, amount in ((lower, lower * responses - total), (upper, total - upper * responses)):
        if amount > _RELATIVE_ROUNDING_OF_WEIGHTS * total:
            raise StatisticsError(
                f"with weights trimmed at {limit:g} the {responses} responses cannot stand for {total:.10g}"
                f" transactions, {total / responses:.6g} each: {amount:.6g} are left over; widen the limits"
            )


def _beyond(weight: FloatArray, lower: float, upper: float) -> BoolArray:
    """bool[cells]: which weights lie outside of the limits."""
    above = weight > upper * (1 + _RELATIVE_ROUNDING_OF_WEIGHTS)
    return np.asarray(above | (weight < lower * (1 - _RELATIVE_ROUNDING_OF_WEIGHTS)))


def _redistributed(weight: FloatArray, n: IntArray, lower: float, upper: float, strict: bool) -> FloatArray:
    """The weights after trimming; those at a limit are given nothing more that would push them out."""
    able = np.ones_like(weight, dtype=np.bool_)
    while (outside := _beyond(weight, lower, upper)).any():
        inside = np.clip(weight, lower, upper)
        cut = float((weight - inside) @ n)
        able = ~outside & able
        if not n[able].sum():
            raise StatisticsError(
                f"trimming leaves no weight between {lower:g} and {upper:g} to take the {cut:.6g}"
                " transactions that were cut off; widen the limits"
            )
        weight = inside + np.where(able, cut / max(int(n[able].sum()), 1), 0.0)
        if not strict:
            break
        able = inside < upper if cut > 0 else inside > lower
    return weight


def _missed(calibration: Calibration | None, cells: Cells, weight: FloatArray) -> Iterator[Note]:
    """A note on the margin that trimmed weights miss most."""
    if calibration is None:
        return
    patterns = calibration.patterns
    placed = patterns.code >= 0
    total = summed(patterns.code[placed], (cells.n * weight)[placed], len(patterns.design))
    errors = relative_errors(patterns, total)
    worst = int(np.argmax(np.abs(errors)))
    yield MARGIN_MISSED(margin=patterns.problem().names[worst], share=float(abs(errors[worst])))
