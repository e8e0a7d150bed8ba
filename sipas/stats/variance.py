"""Variances of linearised estimates in stratified samples."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.cells import Cells
from sipas.stats.linearise import Linearised
from sipas.stats.measures import Measure
from sipas.stats.strata import listing
from sipas.stats.weights import Weighting

Lonely = Literal["adjust", "average", "certainty", "remove", "fail"]

# What is left of a variance below this part of Σ z², or of a standard error below this part of the
# estimate, is rounding.
ROUNDING = 1e-14


@dataclass(frozen=True)
class Variance:
    """Variances by domain.

    Parameters
    ----------
    value : float64[domains]
    df : int64[domains]
        Respondents in the domain less the variance strata they are in, as R's `degf`.
    n : int64[domains]
        The respondents counted.
    lonely : int64[domains]
        Variance strata with a single response that are no complete counts.
    """

    value: FloatArray
    df: IntArray
    n: IntArray
    lonely: IntArray


def stratified_variance(
    linearised: Linearised, weighting: Weighting, fraction: FloatArray, lonely: Lonely = "adjust"
) -> Variance:
    """V = Σ_h (1 − f_h) n_h / (n_h − 1) Σ_{i∈h} (z_i − z̄_h)², with n_h the size of the whole stratum.

    A stratum with one response adds (1 − f) z² with `adjust`, as if centred at the grand mean, which
    is 0; nothing with `certainty` and `remove`; the mean of the domain's other strata with
    `average`. These are R's `survey.lonely.psu` (Lumley, survey 4.1: `onestrat`).

    Parameters
    ----------
    linearised : Linearised
    weighting : Weighting
    fraction : float64[variance strata]
        f_h; 0 without finite-population factor.
    lonely : {"adjust", "average", "certainty", "remove", "fail"}

    Raises
    ------
    StatisticsError
        With `fail`, where a stratum has a single response.
    """
    domains, stratum = linearised.domains, linearised.domains.pair_stratum
    size, left = weighting.size[stratum], 1 - fraction[stratum]
    alone = (linearised.counted > 0) & (size == 1) & (left > 0)
    if lonely == "fail" and alone.any():
        raise StatisticsError(
            f"one response alone is in {listing(names(weighting, stratum[alone]))};"
            " choose what to do with lonely strata: adjust, average, certainty or remove"
        )
    within = np.maximum(linearised.zz - linearised.z**2 / size, 0.0)
    parts = within * left * (size / np.maximum(size - 1, 1))
    if lonely == "adjust":
        parts[alone] = (left * linearised.zz)[alone]
    value = domains.by_domain(parts)
    rounding = np.maximum(
        ROUNDING * domains.by_domain(linearised.zz), (ROUNDING * np.nan_to_num(linearised.estimate)) ** 2
    )
    value[value <= rounding] = 0.0
    strata = domains.by_domain(linearised.counted > 0)
    n, lonely_strata = domains.by_domain(linearised.counted), domains.by_domain(alone)
    if lonely == "average":
        others = strata - lonely_strata
        value *= np.divide(strata, others, out=np.full_like(value, np.nan), where=others > 0)
    return Variance(value, whole(n - strata), whole(n), whole(lonely_strata))


def whole(numbers: FloatArray) -> IntArray:
    return numbers.astype(np.int64)


def names(weighting: Weighting, strata: IntArray) -> list[str]:
    return [weighting.names.label(h) or "the whole" for h in np.unique(strata).tolist()]


def fractions(cells: Cells, weighting: Weighting, measure: Measure, fpc: bool) -> FloatArray:
    """float64[variance strata]: n_h / N_h, 0 without `fpc` and where an item was not asked of all.

    Where a form draws items at random the respondents are no longer the whole sample, so that even
    a complete count of respondents leaves the answers uncertain.
    """
    if not fpc:
        return np.zeros_like(weighting.fraction)
    items = set(measure.items(cells.scoring))
    drawn = [any(cells.scoring.chances(form)[item] < 1 for item in items) for form in cells.forms()]
    if not any(drawn):
        return weighting.fraction
    fraction = weighting.fraction.copy()
    fraction[weighting.stratum[(cells.by_form(drawn) > 0) & (weighting.stratum >= 0)]] = 0.0
    return fraction
