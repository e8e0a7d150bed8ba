"""The answers at each point of the scale, and intervals for their shares."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sipas.stats.arrays import FloatArray
from sipas.stats.cells.cells import Cells, item_counts
from sipas.stats.estimates.domains import Domains, of_rows
from sipas.stats.estimates.effective import (
    WeightSums,
    between_respondents,
    effective_sizes,
    no_estimate,
    weight_sums,
)
from sipas.stats.estimates.estimate import stacked
from sipas.stats.estimates.linearise import Linearised, linearise
from sipas.stats.estimates.measures import Measure, Ratio
from sipas.stats.estimates.moments import Moments
from sipas.stats.estimates.residuals import Regressor
from sipas.stats.estimates.tree_moments import find_moments
from sipas.stats.estimates.variance import Sizes, Variance, find_sizes, fractions, stratified_variance
from sipas.stats.estimates.verdict import Figures, intervals
from sipas.stats.options import Lonely, Options
from sipas.stats.weights.weighted_cells import WeightedCells
from sipas.stats.weights.weights import Weighting


@dataclass(frozen=True)
class ItemPoints:
    """The answers to one item, by row of the domains.

    Parameters
    ----------
    asked : float64[rows]
        1 / P(asked); 0 where it never is.
    chosen : float64[points, rows]
    """

    asked: FloatArray
    chosen: FloatArray

    @classmethod
    def of(cls, cells: Cells, item: int, domains: Domains) -> "ItemPoints":
        chance = cells.asked_probability(item)
        asked = np.ones(len(cells)) if chance is None else _inverse(chance)
        chosen = [of_rows(counts, domains.rows) for counts in item_counts(cells, item).T]
        return cls(of_rows(asked, domains.rows), np.array(chosen, dtype=np.float64))


@dataclass(frozen=True)
class RatioPoints:
    """The answers to the items of a ratio.

    Parameters
    ----------
    items : list of ItemPoints
    answered : float64[domains]
        X, their weights, items together.
    share : float64[points, domains]
        Of each point; NaN where X is not above 0.
    """

    items: list[ItemPoints]
    answered: FloatArray
    share: FloatArray


def find_points(sample: WeightedCells, ratio: Ratio, domains: Domains) -> RatioPoints:
    """The points that were chosen, items of the ratio together."""
    cells = sample.cells
    weight = of_rows(sample.weighting.weight, domains.rows)
    items = [ItemPoints.of(cells, item, domains) for item in ratio.places(cells.scoring)]
    chosen = np.zeros((len(cells.scoring.points), domains.count))
    for item in items:
        chosen += [domains.total(weight * item.asked * counts) for counts in item.chosen]
    answered = chosen.sum(axis=0)
    share = np.divide(chosen, answered, out=np.full_like(chosen, np.nan), where=answered > 0)
    return RatioPoints(items, answered, share)


def ratio_counts(measure: Measure, parts: Sequence[RatioPoints]) -> FloatArray:
    """float64[ratios, domains]: what each ratio counts in the measure; they sum to 1."""
    shares = measure.shares(np.array([part.answered for part in parts]) != 0)
    total = shares.sum(axis=0)
    np.divide(shares, total, out=shares, where=total > 0)
    return shares


def _inverse(values: FloatArray) -> FloatArray:
    """1 / x; 0 where x is not above 0."""
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)


def point_intervals(
    sample: WeightedCells,
    measure: Measure,
    domains: Domains,
    parts: Sequence[RatioPoints],
    share: FloatArray,
    options: Options,
) -> tuple[FloatArray, FloatArray]:
    """float64[points, domains] twice: the interval of each share, as if it were of an item.

    Parameters
    ----------
    parts : sequence of RatioPoints
        Of each ratio of the measure.
    share : float64[points, domains]
    """
    moments = find_moments(sample, measure, "share", domains.rows)
    fraction = fractions(sample, measure, options.fpc)
    errors = _Errors.of(sample, moments, domains, fraction, options.lonely)
    variance = stacked([errors.variance(parts, point) for point in range(len(share))])
    base = stacked([weight_sums(moments, domains, fraction)] * len(share))
    return share_intervals(share, variance, base, options)


def share_intervals(
    share: FloatArray, variance: Variance, base: WeightSums, options: Options
) -> tuple[FloatArray, FloatArray]:
    """float64[points, domains] twice: the interval of each share by itself, with d = 1."""
    between = between_respondents(share, np.zeros_like(share), base, "share")
    lost = no_estimate(variance.value, between, base)
    design, robust = effective_sizes(variance.value, between, base, 1.0)
    size = design if options.effective_n == "design" else robust
    estimate = np.where(lost, np.nan, np.clip(share, 0, 1))
    low, high, _ = intervals(
        Figures(estimate, variance, base, design, robust, size, lost, (0.0, 1.0)), options
    )
    return low, high


@dataclass(frozen=True)
class _Errors:
    """The shared part of the standard errors of all points. known: the measure, linearised."""

    weighting: Weighting
    fraction: FloatArray
    lonely: Lonely
    known: Linearised
    sizes: Sizes
    regressor: Regressor | None

    @classmethod
    def of(
        cls,
        sample: WeightedCells,
        moments: Moments,
        domains: Domains,
        fraction: FloatArray,
        lonely: Lonely,
    ) -> "_Errors":
        known, weighting = linearise(moments, domains), sample.weighting
        regressor = Regressor.of(sample, domains, fraction, adjust=lonely == "adjust")
        return cls(weighting, fraction, lonely, known, find_sizes(known, weighting, fraction), regressor)

    def variance(self, parts: Sequence[RatioPoints], point: int) -> Variance:
        """(Σ SE(z_j))² over the items j, of which the variance of Σ z_j is never more.

        z_ij = w_i c (1[y_ij = v] − R_v a_ij) / X. The root of a variance is a norm of z, so that the
        triangle inequality holds, with equality for a single item.
        """
        counts = ratio_counts(self.known.moments.measure, parts)
        found = [
            self.of_item(item, point, part.share[point], count * _inverse(part.answered))
            for count, part in zip(counts, parts, strict=True)
            for item in part.items
        ]
        error = np.sum([np.sqrt(np.maximum(one.value, 0.0)) for one in found], axis=0)
        return replace(found[0], value=error**2)

    def of_item(self, item: ItemPoints, point: int, share: FloatArray, coefficient: FloatArray) -> Variance:
        """Of Σ z_j. share, coefficient: float64[domains], R_v and c / X."""
        domains, weight = self.known.domains, self.known.moments.design_weight * item.asked
        share, coefficient = domains.by_row(np.nan_to_num(share)), domains.by_row(coefficient)
        chosen, answered = item.chosen[point], item.chosen.sum(axis=0)
        e = coefficient * (chosen - share * answered)
        ee = coefficient**2 * ((1 - 2 * share) * chosen + share**2 * answered)
        z, zz = domains.by_pair(weight * e), domains.by_pair(weight**2 * ee)
        regressor = self.regressor
        regressed = None if regressor is None else regressor.variance_of_sums(e * item.asked, z)
        pulled = replace(
            self.known,
            z=z,
            zz=zz,
            crossed=lambda: domains.total((weight * coefficient) ** 2 * share * chosen),
        )
        return stratified_variance(pulled, self.weighting, self.fraction, self.lonely, self.sizes, regressed)
