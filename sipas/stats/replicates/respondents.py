"""Respondents that are alike in a measure, and how many there are of each kind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.estimates.domains import Domains, find_domains
from sipas.stats.estimates.linearise import linearise
from sipas.stats.estimates.measures import Measure
from sipas.stats.estimates.moments import Moments
from sipas.stats.estimates.tree_moments import find_moments
from sipas.stats.estimates.variance import find_sizes, fractions
from sipas.stats.options import Options
from sipas.stats.replicates.recalibrated import Recalibration
from sipas.stats.weights.weighted_cells import WeightedCells

# A cell's sum of squares and its square of sums agree to this where its respondents are alike.
_RELATIVE_ROUNDING_OF_SQUARES = 1e-12


@dataclass(frozen=True)
class Respondents:
    """Kinds of respondents: same stratum, domain, weight and answers.

    Parameters
    ----------
    measure : Measure
    domains : Domains
    stratum, domain : int64[kinds]
        The variance stratum, and the domain; -1 outside all domains.
    count : int64[kinds]
        How many there are.
    numerator, denominator : float64[ratios, kinds]
        w y and w x of each of them, with w before calibration.
    ratio : float64[kinds]
        The weight after calibration over that before.
    recalibration : Recalibration or None
    share : float64[ratios]
        What each ratio counts in the measure.
    size : int64[variance strata]
    fraction : float64[variance strata]
        Finite-population fractions that apply.
    df, lonely : int64[domains]
    """

    measure: Measure
    domains: Domains
    stratum: IntArray
    domain: IntArray
    count: IntArray
    numerator: FloatArray
    denominator: FloatArray
    ratio: FloatArray
    recalibration: Recalibration | None
    share: FloatArray
    size: IntArray
    fraction: FloatArray
    df: IntArray
    lonely: IntArray

    def estimate(self) -> FloatArray:
        """float64[domains]"""
        return self.index(*self.totals(self.count * self.ratio))

    def replicate(self, times: FloatArray) -> FloatArray:
        """float64[domains]: the estimate with each kind so many times, calibrated anew."""
        ratio = 1.0 if self.recalibration is None else self.recalibration.ratio(times)
        return self.index(*self.totals(times * ratio))

    def totals(self, times: FloatArray) -> tuple[FloatArray, FloatArray]:
        """float64[ratios, domains] twice: numerators and denominators, each kind so many times."""
        inside = self.domain >= 0
        place, times = self.domain[inside], times[inside]
        upper, lower = (
            np.array([np.bincount(place, times * row[inside], self.domains.count) for row in values])
            for values in (self.numerator, self.denominator)
        )
        return upper, lower

    def index(self, numerator: FloatArray, denominator: FloatArray) -> FloatArray:
        """float64[...]: Σ_r c_r Y_r / X_r over the first axis; NaN where an X_r is 0."""
        ratios = np.full_like(numerator, np.nan)
        np.divide(numerator, denominator, out=ratios, where=denominator > 0)
        if self.measure.branch is not None:
            return self.measure.combine(ratios, self.measure.shares(denominator != 0))
        return np.asarray(np.tensordot(self.share, ratios, axes=1) / self.share.sum())


def find_respondents(
    sample: WeightedCells, measure: Measure, by: Sequence[str], options: Options
) -> Respondents:
    """The kinds of respondents in all cells that have a weight.

    Raises
    ------
    StatisticsError
        Cells whose respondents differ in a factor or index.
    """
    cells, weighting, statistic = sample.cells, sample.weighting, options.statistic
    calibration = weighting.regression
    before = weighting.weight if calibration is None else calibration.weight
    domains = find_domains(replace(sample, kept_frame=None), by)
    fraction = fractions(sample, measure, options.fpc)
    inside = find_moments(sample, measure, statistic, domains.rows)
    sizes = find_sizes(linearise(inside, domains), weighting, fraction)
    everyone, uncalibrated = sample.weighted, replace(weighting, weight=before)
    moments = find_moments(replace(sample, weighting=uncalibrated), measure, statistic, everyone)
    if measure.item is None:
        _refuse_mixed(moments)
        kinds = [(moments.responses(), moments.numerators, moments.denominators)]
    else:
        kinds = _item_kinds(moments, measure.item)
    used = [count > 0 for count, _, _ in kinds]
    cell = np.concatenate([everyone[some] for some in used])
    after, base = weighting.weight[cell], before[cell]
    return Respondents(
        measure=measure,
        domains=domains,
        stratum=weighting.stratum[cell],
        domain=_domain_of_cells(len(cells), domains)[cell],
        count=np.concatenate([count[some] for (count, _, _), some in zip(kinds, used, strict=True)]),
        numerator=_each(moments, [(count, y) for count, y, _ in kinds], used),
        denominator=_each(moments, [(count, x) for count, _, x in kinds], used),
        ratio=np.divide(after, base, out=np.zeros_like(base), where=base > 0),
        recalibration=Recalibration.of(weighting, cell),
        share=np.array([ratio.share for ratio in measure.ratios]),
        size=weighting.size,
        fraction=fraction,
        df=(sizes.n - sizes.strata).astype(np.int64),
        lonely=sizes.lonely.astype(np.int64),
    )


_Kind = tuple[IntArray, tuple[FloatArray, ...], tuple[FloatArray, ...]]


def _item_kinds(moments: Moments, item: int) -> list[_Kind]:
    """For each point of the scale who chose it, and who did not answer: their count, Σ y and Σ x."""
    scoring, kinds = moments.cells.scoring, []
    for point in scoring.points:
        count = moments.chosen(item, [point])
        value = point if moments.kind == "T" else float(point >= scoring.satisfied)
        kinds.append((count, (value * count.astype(np.float64),), (count.astype(np.float64),)))
    silent = moments.responses() - moments.answered()
    nothing = (np.zeros(len(silent)),)
    return [*kinds, (silent, nothing, nothing)]


def _refuse_mixed(moments: Moments) -> None:
    """An error unless all respondents of each cell have the same y and x."""
    n = moments.responses()
    for r, q, products in moments.products():
        if r != q:
            continue
        for square, total in (
            (products.yy, moments.numerators[r]),
            (products.xx, moments.denominators[r]),
        ):
            mixed = np.abs(n * square - total**2) > _RELATIVE_ROUNDING_OF_SQUARES * n * square
            if mixed.any():
                raise StatisticsError(
                    f"{moments.measure.name}: replicates need the respondents themselves, and"
                    f" {np.count_nonzero(mixed)} cells hold sums over respondents who differ;"
                    " build cells with a key column that tells respondents apart"
                )


def _each(
    moments: Moments, kinds: list[tuple[IntArray, tuple[FloatArray, ...]]], used: list[BoolArray]
) -> FloatArray:
    """float64[ratios, kinds]: of each respondent, the weight times its part of the sums."""
    parts = [
        np.stack([(moments.weight * total)[some] / count[some] for total in totals])
        for (count, totals), some in zip(kinds, used, strict=True)
    ]
    return np.concatenate(parts, axis=1)


def _domain_of_cells(cells: int, domains: Domains) -> IntArray:
    """int64[cells]: the domain of each; -1 outside all."""
    domain = np.full(cells, -1, dtype=np.int64)
    domain[domains.rows] = domains.domain
    return domain
