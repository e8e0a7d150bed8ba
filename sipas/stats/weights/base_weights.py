"""Weights that come with the data, such as 1/P of a drawn sample: as they are, or to weight from."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray
from sipas.stats.calibration.margins import Margins
from sipas.stats.cells.cells import Cells
from sipas.stats.cells.columns import Column
from sipas.stats.grouping import summed
from sipas.stats.weights.calibrate import calibrate
from sipas.stats.weights.weights import Weighting, unweighted

# The column that tells variance strata apart, as a margin.
_STRATUM = "(stratum)"


def column_weights(column: Column, name: str) -> FloatArray:
    """float64[rows]: the numbers that a column of base weights holds.

    Raises
    ------
    StatisticsError
        A missing value, no number, or a number below 0.
    """
    if (column.codes < 0).any():
        raise StatisticsError(f"column {name}: a response has no weight; give it one, or leave it out")
    return np.array([_weight(level, name) for level in column.levels], dtype=np.float64)[column.codes]


def _weight(text: str, name: str) -> float:
    try:
        weight = float(text.replace(",", "."))
    except ValueError:
        weight = np.nan
    if not (np.isfinite(weight) and weight >= 0):
        raise StatisticsError(f"column {name}: {text!r} is no weight; a weight is a number, 0 or more")
    return weight


def design_weighted(cells: Cells, strata: Sequence[str], weight: FloatArray) -> Weighting:
    """The weights as they are; the strata serve the variance, without finite-population factor.

    R's `svydesign(ids = ~1, strata = ~A + B, weights = ~w)`.

    Parameters
    ----------
    cells : Cells
        Their key holds the weights, so that the responses of a cell have the same.
    strata : sequence of str
        Columns of the cells; none makes all one stratum.
    weight : float64[cells]

    Raises
    ------
    StatisticsError
        Weights that are all 0.
    """
    if not cells.n @ weight > 0:
        raise StatisticsError("the weights of all responses are 0")
    return replace(unweighted(cells, strata), method="design", weight=weight)


def with_base_weights(weighting: Weighting, weight: FloatArray) -> Weighting:
    """The weighting with each weight times a base weight: a base to rake or to calibrate from."""
    return replace(weighting, weight=weighting.weight * weight)


def post_stratified_from(cells: Cells, weighting: Weighting, weight: FloatArray) -> Weighting:
    """Base weights brought to what each variance stratum of a post-stratified weighting stands for.

    w = W_h b_i / Σ_h b, with W_h the weight of all responses of the stratum; R's `postStratify` of a
    design stratified alike, whose variance is that of the residuals from the strata's weighted means.
    Equal base weights give the weighting itself.

    Parameters
    ----------
    cells : Cells
    weighting : Weighting
        As `post_stratify` gives it.
    weight : float64[cells]

    Raises
    ------
    StatisticsError
        A stratum whose base weights are all 0.
    """
    if _equal_in_strata(weighting, weight):
        return weighting
    placed = weighting.stratum >= 0
    names = tuple(str(h) for h in range(len(weighting.size)))
    of_stratum = summed(weighting.stratum[placed], (cells.n * weighting.weight)[placed], len(names))
    _refuse_empty(weighting, summed(weighting.stratum[placed], (cells.n * weight)[placed], len(names)))
    strata = Column(weighting.stratum.astype(np.int32), names)
    keyed = replace(cells, columns={**cells.columns, _STRATUM: strata})
    margins = Margins({_STRATUM: dict(zip(names, of_stratum.tolist(), strict=True))})
    base = replace(weighting, weight=np.where(placed, weight, 0.0))
    return replace(calibrate(keyed, margins, base), method="post-stratify")


def _equal_in_strata(weighting: Weighting, weight: FloatArray) -> bool:
    """Then they change nothing, and leave strata with one response the variance that they have."""
    placed = weighting.stratum >= 0
    lowest = np.full(len(weighting.size), np.inf)
    highest = np.zeros(len(weighting.size))
    np.minimum.at(lowest, weighting.stratum[placed], weight[placed])
    np.maximum.at(highest, weighting.stratum[placed], weight[placed])
    return bool(((lowest == highest) & (lowest > 0)).all())


def _refuse_empty(weighting: Weighting, base: FloatArray) -> None:
    empty = np.flatnonzero(base <= 0)
    if len(empty):
        label = weighting.names.label(int(empty[0]))
        raise StatisticsError(f"stratum {label}: the base weights of its responses are all 0")
