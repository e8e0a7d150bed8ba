"""The delete-one jackknife of stratified samples, JKn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.cells.columns import renumber
from sipas.stats.estimates.measures import Measure
from sipas.stats.options import DEFAULT_OPTIONS, Options
from sipas.stats.replicates.replicated import Replicated
from sipas.stats.replicates.respondents import Respondents, find_respondents
from sipas.stats.weights.weighted_cells import WeightedCells

# A remainder below this part of a total, after a respondent is left out, is rounding error.
_RELATIVE_ROUNDING_LEFT_OUT = 1e-12


def jackknife(
    sample: WeightedCells,
    measure: Measure,
    by: Sequence[str] = (),
    options: Options = DEFAULT_OPTIONS,
) -> Replicated:
    """Standard errors by leaving out every respondent once.

    Leaving out respondent i of stratum h, and giving the weight to the stratum's others, gives θ_hi;
    V = Σ_h (1 − f_h) (n_h − 1) / n_h Σ_{i∈h} (θ_hi − θ̄)², with θ̄ the mean of all replicates (Wolter
    2007, chapter 4; R's `as.svrepdesign(type = "JKn")`). A stratum's only respondent is left out
    with nothing in the place, which is `adjust` of the linearised variance.

    The method draws no samples: respondents that are alike give the same replicate, so that time and memory
    are those of the cells.

    Parameters
    ----------
    sample : WeightedCells
        For a factor or an index of respondents who are alike in each cell, such as cells of one.
    measure : Measure
    by, options
        As in `sipas.stats.estimates.estimate`; of the options `statistic` and `fpc` count.

    Returns
    -------
    Replicated

    Raises
    ------
    StatisticsError
        Cells that hold only sums over respondents who differ, calibrated weights, or an unknown
        column.
    """
    weighting = sample.weighting
    if weighting.regression is not None:
        raise StatisticsError(
            f"weights of the method {weighting.method} would have to be found anew without each respondent;"
            " ask for the bootstrap, which does"
        )
    found = find_respondents(sample, measure, by, options)
    whole, estimate = found.totals(found.count.astype(np.float64)), found.estimate()
    away = _left_out(found, whole, estimate)
    with np.errstate(invalid="ignore"):
        variance = _sum_of_squares(found, away)
    return Replicated(
        measure=measure.name,
        by=found.domains.by,
        estimate=estimate,
        se=np.where(np.isfinite(estimate), np.sqrt(variance), np.nan),
        df=found.df,
        lonely=found.lonely,
        replicates=int(found.size[found.fraction < 1].sum()),
    )


@dataclass(frozen=True)
class _Away:
    """How far replicates are from the estimate, for the domains that they change.

    Parameters
    ----------
    domain, stratum : int64[replicates]
        The domain changed, and where the respondent was left out.
    times : float64[replicates]
        How many respondents give this replicate.
    distance : float64[replicates]
    """

    domain: IntArray
    stratum: IntArray
    times: FloatArray
    distance: FloatArray


def _left_out(found: Respondents, whole: tuple[FloatArray, FloatArray], estimate: FloatArray) -> _Away:
    """The replicates of a domain's own respondents, and of others in strata that it has a part of."""
    inside = found.domain >= 0
    domain, stratum, count = found.domain[inside], found.stratum[inside], found.count[inside]
    strata = len(found.size)
    pair, pairs = renumber(domain * strata + stratum, found.domains.count * strata)
    pair_domain, pair_stratum = np.empty(pairs, dtype=np.int64), np.empty(pairs, dtype=np.int64)
    pair_domain[pair], pair_stratum[pair] = domain, stratum
    n = found.size[pair_stratum]
    grown = np.where(n > 1, n / np.maximum(n - 1, 1), 0.0)
    own, others = [], []
    for total, values in zip(whole, (found.numerator, found.denominator), strict=True):
        one = values[:, inside]
        part = np.stack([np.bincount(pair, count * row, pairs) for row in one])
        rest = total[:, pair_domain] + (grown - 1) * part
        own.append(_without_rounding(rest[:, pair] - grown[pair] * one, total[:, domain]))
        others.append(_without_rounding(rest, total[:, pair_domain]))
    outside = n - np.bincount(pair, count, pairs)
    cut = outside > 0
    return _Away(
        domain=np.concatenate([domain, pair_domain[cut]]),
        stratum=np.concatenate([stratum, pair_stratum[cut]]),
        times=np.concatenate([count.astype(np.float64), outside[cut]]),
        distance=np.concatenate(
            [
                found.index(*own) - estimate[domain],
                (found.index(*others) - estimate[pair_domain])[cut],
            ]
        ),
    )


def _without_rounding(left: FloatArray, total: FloatArray) -> FloatArray:
    return np.where(np.abs(left) <= _RELATIVE_ROUNDING_LEFT_OUT * total, 0.0, left)


def _sum_of_squares(found: Respondents, away: _Away) -> FloatArray:
    """float64[domains]: Σ k (θ − θ̄)², from distances to the estimate; replicates not listed have none."""
    n, domains = found.size, found.domains.count
    factor = (1 - found.fraction) * np.where(n > 1, (n - 1) / np.maximum(n, 1), 1.0)
    counts = factor[away.stratum] > 0
    times, distance = away.times[counts], away.distance[counts]
    domain, scale = away.domain[counts], factor[away.stratum[counts]]
    mean = np.bincount(domain, times * distance, domains) / max(1, int(n[factor > 0].sum()))
    first = np.bincount(domain, scale * times * distance, domains)
    second = np.bincount(domain, scale * times * distance**2, domains)
    return np.asarray(np.maximum(second - 2 * mean * first + mean**2 * (factor * n).sum(), 0.0))
