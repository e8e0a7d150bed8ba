"""Indices by domain, with their uncertainty: what the rest of the project asks this package for."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np

from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells.columns import Column
from sipas.stats.estimates.domains import Domains, find_domains
from sipas.stats.estimates.effective import (
    WeightSums,
    answers_variance_ratio,
    between_respondents,
    design_effects,
    effective_sizes,
    kish_effect,
    no_estimate,
    weight_sums,
)
from sipas.stats.estimates.linearise import linearise
from sipas.stats.estimates.measures import Measure
from sipas.stats.estimates.moments import Moments, limits
from sipas.stats.estimates.residuals import Regressor
from sipas.stats.estimates.tree_moments import MomentsOf
from sipas.stats.estimates.variance import (
    Sizes,
    Variance,
    drawn_forms,
    find_sizes,
    fractions,
    stratified_variance,
)
from sipas.stats.estimates.verdict import Figures, conclude
from sipas.stats.notes import Note
from sipas.stats.options import DEFAULT_OPTIONS, IntervalKind, Options, Statistic
from sipas.stats.weights.weighted_cells import WeightedCells


@dataclass(frozen=True)
class Estimates:
    """One measure in every domain. NaN stands for what cannot be estimated.

    Parameters
    ----------
    measure : str
    statistic : {"share", "mean"}
    ci : {"wilson", "beta", "logit", "wald"}
    level : float
    limits : (float, float)
        What estimates lie between: 0 and 1 for shares, the ends of the scale for means.
    by : mapping of str to Column
        The key of each domain; empty for the whole.
    estimate, se, low, high : float64[domains]
        Shares as fractions; means on the scale.
    df, n, n_answered : int64[domains]
        For an item n and df are about those who answered it, for factors and overall about
        everybody; n_answered are those who answered an item of the measure.
    n_effective : float64[domains]
    deff, deff_replace, kish : float64[domains]
        V over that of a simple random sample, without and with replacement; the part of weighting.
    population : float64[domains]
        Σ w; NaN where that is no number of transactions.
    pooled_share, coverage : float64[domains]
        The part of the domain's own population that is in pools of strata, and that the weights
        stand for; NaN without a frame.
    review : bool[domains]
        Where the population makes the figure unsafe, see `sipas.stats.weights.row_population`.
    lonely : int64[domains]
        Strata with one response.
    reliable : bool[domains]
        Never where `review` is.
    notes : tuple of tuple of Note
        For each domain.
    clusters, roh : float64[domains], optional
        Of samples of clusters: the first-stage clusters that the n are in, and the intraclass correlation;
        see `sipas.stats.estimates.homogeneity.intraclass_correlation`.
    """

    measure: str
    statistic: Statistic
    ci: IntervalKind
    level: float
    limits: tuple[float, float]
    by: Mapping[str, Column]
    estimate: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    df: IntArray
    n: IntArray
    n_answered: IntArray
    n_effective: FloatArray
    deff: FloatArray
    deff_replace: FloatArray
    kish: FloatArray
    population: FloatArray
    pooled_share: FloatArray
    coverage: FloatArray
    review: BoolArray
    lonely: IntArray
    reliable: BoolArray
    notes: tuple[tuple[Note, ...], ...]
    clusters: FloatArray | None = None
    roh: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.estimate)

    def key(self, domain: int) -> dict[str, str | None]:
        """The level of each `by` column; None where it is missing."""
        return {
            name: column.levels[code] if (code := int(column.codes[domain])) >= 0 else None
            for name, column in self.by.items()
        }


def estimate(
    sample: WeightedCells,
    measure: Measure,
    by: Sequence[str] = (),
    options: Options = DEFAULT_OPTIONS,
) -> Estimates:
    """Return a measure in each combination of some columns, with standard errors and intervals.

    Parameters
    ----------
    sample : WeightedCells
        Cells and their weights; `keep` limits the domains to some cells.
    measure : Measure
    by : sequence of str
        The key columns whose combinations are the domains; none for the whole.
    options : Options

    Returns
    -------
    Estimates
        In the order of the columns' codes, missing values last. Domains of the frame without a
        response are among them where all `by` columns are columns of the frame.

    Raises
    ------
    StatisticsError
        Unknown columns, or a lonely stratum with `fail`.
    """
    (only,) = estimate_each(sample, (measure,), by, options)
    return only


def estimate_each(
    sample: WeightedCells,
    measures: Sequence[Measure],
    by: Sequence[str] = (),
    options: Options = DEFAULT_OPTIONS,
) -> tuple[Estimates, ...]:
    """As `estimate`, for several measures at once, which costs less than one after another."""
    domains, weighting = find_domains(sample, by), sample.weighting
    alike: dict[Hashable, _Common] = {}
    inside = MomentsOf(sample, options.statistic, domains.rows)
    everyone = inside if domains.everything else MomentsOf(sample, options.statistic, sample.weighted)
    found = []
    for measure in measures:
        moments = inside.of(measure)
        whole = moments if everyone is inside else everyone.of(measure)
        found.append(_estimate_in(moments, whole, domains, options, alike))
    if not found:
        return ()
    within = limits(sample.cells.scoring, options.statistic)
    judged = judge(measures, found, domains, options, within, weighting.tells_population)
    return tuple(map(without_population, judged)) if weighting.relative else judged


def without_population(estimates: Estimates) -> Estimates:
    """Leave out Σ w where it is no population, and the comparison with a sample drawn from it."""
    unknown = np.full(len(estimates), np.nan)
    return replace(estimates, deff=unknown, population=unknown)


@dataclass(frozen=True)
class _Common:
    """The shared part of measures that count and weight the same respondents, computed once."""

    fraction: FloatArray
    sizes: Sizes
    base: WeightSums
    regressor: Regressor | None


@dataclass(frozen=True)
class Found:
    """One measure in every domain, before it is judged.

    Parameters
    ----------
    estimate, sum_of_squares : float64[domains]
        As in `Linearised`.
    variance : Variance
    base : WeightSums
    variance_ratio : float
        d, see `sipas.stats.estimates.effective.answers_variance_ratio`.
    silent : int64[domains]
        As in `Linearised`.
    """

    estimate: FloatArray
    sum_of_squares: FloatArray
    variance: Variance
    base: WeightSums
    variance_ratio: float | FloatArray
    silent: IntArray


def _estimate_in(
    moments: Moments,
    whole: Moments,
    domains: Domains,
    options: Options,
    alike: dict[Hashable, _Common],
) -> Found:
    """A measure in domains already found. `alike` keeps what further measures have in common with it.

    whole: the moments of all cells that have a weight.
    """
    sample, measure = moments.sample, moments.measure
    weighting = sample.weighting
    linearised = linearise(moments, domains)
    kind = (measure.item, measure.everybody, drawn_forms(sample.cells, measure))
    if kind in alike:
        common = alike[kind]
        base = weight_sums(moments, domains, common.fraction, common.base)
    else:
        fraction = fractions(sample, measure, options.fpc)
        base = weight_sums(moments, domains, fraction)
        sizes, adjust = find_sizes(linearised, weighting, fraction), options.lonely == "adjust"
        regressor = Regressor.of(sample, domains, fraction, adjust=adjust)
        common = alike[kind] = _Common(fraction, sizes, base, regressor)
    regressor = common.regressor
    regressed = None if regressor is None else regressor.variance(moments, linearised)
    variance = stratified_variance(
        linearised, weighting, common.fraction, options.lonely, common.sizes, regressed
    )
    return Found(
        linearised.estimate,
        linearised.sum_of_squares,
        variance,
        base,
        answers_variance_ratio(whole),
        linearised.silent,
    )


Stacked = TypeVar("Stacked", Variance, WeightSums)


def stacked(parts: Sequence[Stacked]) -> Stacked:
    """Numbers of several measures, each by domain, as one of arrays[measures, domains]."""
    each = {field.name: [getattr(part, field.name) for part in parts] for field in fields(parts[0])}
    return replace(parts[0], **{name: np.stack(arrays) for name, arrays in each.items()})


def judge(
    measures: Sequence[Measure],
    found: Sequence[Found],
    domains: Domains,
    options: Options,
    within: tuple[float, float],
    is_weighted: bool,
) -> tuple[Estimates, ...]:
    """Effective sizes, intervals and verdicts of all measures at once."""
    estimate, sum_of_squares = (
        np.stack([one.estimate for one in found]),
        np.stack([one.sum_of_squares for one in found]),
    )
    variance, base = stacked([one.variance for one in found]), stacked([one.base for one in found])
    silent = np.stack([one.silent for one in found])
    variance_ratio = np.array([[one.variance_ratio] for one in found])
    between = between_respondents(estimate, sum_of_squares, base, options.statistic)
    lost = no_estimate(variance.value, between, base)
    estimate[lost] = np.nan
    design, robust = effective_sizes(variance.value, between, base, variance_ratio)
    size = design if options.effective_n == "design" else robust
    deff, deff_replace = design_effects(variance.value, sum_of_squares, base, is_weighted)
    no_effect = np.isnan(deff) & (deff_replace > 0) & np.isfinite(estimate)
    verdict = conclude(
        Figures(estimate, variance, base, design, robust, size, lost, within, silent),
        domains,
        options,
        no_effect,
    )
    unknown, counted = ~np.isfinite(estimate), (base.responses > 0) & is_weighted & ~lost
    se, kish = np.sqrt(variance.value), kish_effect(base)
    for values in (se, size, deff, deff_replace, kish):
        values[unknown] = np.nan
    population = np.where(counted, base.population, np.nan)
    own = domains.population
    pooled_share, coverage, review = own.pooled_share, own.coverage, domains.review
    return tuple(
        Estimates(
            measure=measure.name,
            statistic=options.statistic,
            ci=options.interval,
            level=options.level,
            limits=within,
            by=domains.by,
            estimate=estimate[m],
            se=se[m],
            low=verdict.low[m],
            high=verdict.high[m],
            df=variance.df[m],
            n=variance.n[m],
            n_answered=base.answered[m],
            n_effective=size[m],
            deff=deff[m],
            deff_replace=deff_replace[m],
            kish=kish[m],
            population=population[m],
            pooled_share=pooled_share,
            coverage=coverage,
            review=review,
            lonely=variance.lonely[m],
            reliable=verdict.reliable[m],
            notes=verdict.notes[m],
        )
        for m, measure in enumerate(measures)
    )
