"""Variances of linearised estimates in stratified samples."""

from dataclasses import dataclass

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells.cells import Cells
from sipas.stats.estimates.linearise import Linearised
from sipas.stats.estimates.measures import Measure
from sipas.stats.options import Lonely
from sipas.stats.weights.weighted_cells import WeightedCells
from sipas.stats.weights.weights import Weighting

# A difference below this part of its terms is rounding error.
RELATIVE_ROUNDING = 1e-13

# The terms of a variance are at most of the size of the squared estimate: a greater one is none.
_SMALL_RELATIVE_VARIANCE = 10 * RELATIVE_ROUNDING


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


@dataclass(frozen=True)
class Sizes:
    """How many respondents count, and what their sum_of_squares counts: the same for many measures.

    Parameters
    ----------
    size, scale : float64[pairs]
        n_h of the whole stratum, and (1 − f_h) n_h / (n_h − 1).
    alone : int64[lonely pairs]
        The pairs that are a stratum with a single response and no complete count.
    left : float64[lonely pairs]
        Their 1 − f_h.
    n, strata, lonely : float64[domains]
        Respondents counted, the variance strata they are in, and how many of these are lonely.
    """

    size: FloatArray
    scale: FloatArray
    alone: IntArray
    left: FloatArray
    n: FloatArray
    strata: FloatArray
    lonely: FloatArray


def find_sizes(linearised: Linearised, weighting: Weighting, fraction: FloatArray) -> Sizes:
    """The sizes for measures that count the same respondents; `fraction` is f by variance stratum."""
    domains, stratum = linearised.domains, linearised.domains.pair_stratum
    size, left = weighting.size[stratum].astype(np.float64), 1 - fraction[stratum]
    alone = (linearised.counted > 0) & (size == 1) & (left > 0)
    return Sizes(
        size=size,
        scale=left * (size / np.maximum(size - 1, 1)),
        alone=np.flatnonzero(alone),
        left=left[alone],
        n=domains.by_domain(linearised.counted),
        strata=domains.by_domain(linearised.counted > 0),
        lonely=domains.by_domain(alone),
    )


def stratified_variance(
    linearised: Linearised,
    weighting: Weighting,
    fraction: FloatArray,
    lonely: Lonely = "adjust",
    sizes: Sizes | None = None,
    regressed: FloatArray | None = None,
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
    sizes : Sizes, optional
        Where they are known from another measure that counts the same respondents.
    regressed : float64[domains], optional
        After calibration, what `sipas.stats.estimates.residuals.Regression` adds. Then every
        stratum counts in every domain, as its residuals do.

    Raises
    ------
    StatisticsError
        With `fail`, where a stratum has a single response.
    """
    domains, sizes = linearised.domains, sizes or find_sizes(linearised, weighting, fraction)
    alone = lonely_strata(weighting, fraction)
    if lonely == "fail":
        refuse_lonely(weighting, domains.pair_stratum[sizes.alone] if regressed is None else alone)
    parts = _within_strata(linearised, sizes)
    if lonely == "adjust":
        parts[sizes.alone] = sizes.left * linearised.zz[sizes.alone]
    value = domains.by_domain(parts)
    value += 0.0 if regressed is None else regressed
    small = value <= _SMALL_RELATIVE_VARIANCE * np.fmax(linearised.estimate**2, 1.0)
    if small.any():
        terms = domains.by_domain(linearised.zz) + linearised.crossed()
        value[small & is_rounding(value, terms)] = 0.0
    if lonely == "average":
        strata = sizes.strata if regressed is None else np.full_like(value, len(weighting.size))
        others = strata - (sizes.lonely if regressed is None else len(alone))
        value *= np.divide(strata, others, out=np.full_like(value, np.nan), where=others > 0)
    return Variance(value, _whole(sizes.n - sizes.strata), _whole(sizes.n), _whole(sizes.lonely))


def is_rounding(value: FloatArray, terms: FloatArray) -> BoolArray:
    """bool[...]: where a variance is 0 but for rounding; `terms`, those it is the difference of, added up."""
    return np.asarray(value <= RELATIVE_ROUNDING * terms)


def lonely_strata(weighting: Weighting, fraction: FloatArray) -> IntArray:
    """int64[lonely strata]: all strata with a single response that are no complete counts."""
    return np.flatnonzero((weighting.size == 1) & (fraction < 1))


def refuse_lonely(weighting: Weighting, alone: IntArray) -> None:
    """For `fail`: of the strata that count, those with a single response."""
    if len(alone):
        found = _names(weighting, alone)
        raise StatisticsError(
            f"strata with one response: {len(found)}, such as {found[0]}; choose what to do with them by"
            " lonely: adjust, average, certainty or remove"
        )


def _within_strata(linearised: Linearised, sizes: Sizes) -> FloatArray:
    """float64[pairs]: (1 − f_h) n_h / (n_h − 1) (Σ z² − (Σ z)² / n_h), in one array of its own."""
    parts = np.square(linearised.z)
    parts /= sizes.size
    np.subtract(linearised.zz, parts, out=parts)
    np.maximum(parts, 0.0, out=parts)
    parts *= sizes.scale
    return parts


def _whole(numbers: FloatArray) -> IntArray:
    return numbers.astype(np.int64)


def _names(weighting: Weighting, strata: IntArray) -> list[str]:
    return [weighting.names.label(h) or "the whole" for h in np.unique(strata).tolist()]


def drawn_forms(cells: Cells, measure: Measure) -> tuple[bool, ...]:
    """For each form of the cells: whether it asks an item of the measure of some respondents only."""
    items = set(measure.items(cells.scoring))
    by_form = [cells.scoring.chances(form) for form in cells.forms()]
    return tuple(any(chances[item] < 1 for item in items) for chances in by_form)


def fractions(sample: WeightedCells, measure: Measure, fpc: bool) -> FloatArray:
    """float64[variance strata]: n_h / N_h, 0 without `fpc` and where an item was not asked of all.

    Where a form draws items at random the respondents are no longer the whole sample, so that even
    a complete count of respondents leaves the answers uncertain.
    """
    cells, weighting = sample.cells, sample.weighting
    if not fpc:
        return np.zeros_like(weighting.fraction)
    drawn = drawn_forms(cells, measure)
    if not any(drawn):
        return weighting.fraction
    fraction = weighting.fraction.copy()
    fraction[weighting.stratum[(cells.by_form(drawn) > 0) & (weighting.stratum >= 0)]] = 0.0
    return fraction
