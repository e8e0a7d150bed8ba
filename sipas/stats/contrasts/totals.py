"""Totals by domain with their second moments: what any union of domains can be estimated from.

For the ratios r = 1 … m of some measures let v_i = (y_i1 … y_im, x_i1 … x_im) be what respondent i
adds to them. An index of any union of domains is a function of their totals T_A = Σ_{i∈A} w_i v_i,
and so is its variance of their covariances; nobody has to be looked at twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.contrasts.tree_totals import find_tree_totals
from sipas.stats.estimates.domains import Domains
from sipas.stats.estimates.effective import WeightSums, answers_variance_ratio, weight_sums
from sipas.stats.estimates.linearise import silent_ratios
from sipas.stats.estimates.measures import Measure
from sipas.stats.estimates.moments import Moments, Products, limits
from sipas.stats.estimates.residuals import Regression, Regressor
from sipas.stats.estimates.tree_moments import TreeMoments, find_moments
from sipas.stats.estimates.variance import fractions, lonely_strata, refuse_lonely
from sipas.stats.options import Lonely, Options, Statistic
from sipas.stats.weights.weighted_cells import WeightedCells


@dataclass(frozen=True)
class Base:
    """The respondents of each domain that one measure is about.

    Parameters
    ----------
    measure : Measure
    places : int64[ratios of the measure]
        Where its ratios stand among the m.
    sums : WeightSums
    variance_ratio : float
        d, see `sipas.stats.estimates.effective.answers_variance_ratio`.
    """

    measure: Measure
    places: IntArray
    sums: WeightSums
    variance_ratio: float


@dataclass(frozen=True)
class Totals:
    """Totals of ratios' numerators and denominators in disjoint domains.

    With k_h = (1 − f_h) n_h / (n_h − 1) the covariance of two domains' totals is
    Cov(T_A, T_B) = 1[A = B] Σ_h k_h Σ_{i∈A∩h} w² v v' − Σ_h (k_h / n_h) T_Ah T_Bh'
    (Särndal, Swensson and Wretman 1992, chapter 3.7). A stratum with one response is centred at
    0 with `adjust`, and adds nothing otherwise.

    Parameters
    ----------
    domains : Domains
    statistic : {"share", "mean"}
    limits : (float, float)
        What estimates lie between.
    strata : int
        How many variance strata there are.
    bases : tuple of Base
    total : float64[domains, 2 m]
        T_A.
    by_pair : float64[pairs, 2 m]
        T_Ah.
    within : float64[domains, 2 m, 2 m]
        Σ_h k_h Σ_{i∈A∩h} w² v v'.
    sum_of_squares : float64[domains, 2 m, 2 m]
        Σ_{i∈A} w v v'.
    counted : float64[pairs]
        The respondents that n and the degrees of freedom count.
    centring : float64[pairs]
        k_h / n_h; 0 where a stratum has one response.
    lonely : bool[pairs]
        Whether it has, and is no complete count.
    alone : int
        How many such strata there are, in these domains or outside.
    treatment : {"adjust", "average", "certainty", "remove", "fail"}
    regression : Regression or None
        After calibration, what the margins take from Cov(T_A, T_B); its columns are the 2 m totals of
        one domain after those of another.
    """

    domains: Domains
    statistic: Statistic
    limits: tuple[float, float]
    strata: int
    bases: tuple[Base, ...]
    total: FloatArray
    by_pair: FloatArray
    within: FloatArray
    sum_of_squares: FloatArray
    counted: FloatArray
    centring: FloatArray
    lonely: BoolArray
    alone: int
    treatment: Lonely
    regression: Regression | None

    @property
    def ratios(self) -> int:
        return int(self.total.shape[1]) // 2

    def shares(self, total: FloatArray, base: IntArray) -> FloatArray:
        """float64[rows, m]: what each ratio counts in the measure that a row is about.

        Parameters
        ----------
        total : float64[rows, 2 m]
            Of any unions of domains; a child of a tree that nobody answered counts nothing.
        base : int64[rows]
            Which of the measures.
        """
        found = np.zeros((len(total), self.ratios))
        present = total[:, self.ratios :] != 0
        for number, one in enumerate(self.bases):
            rows = np.flatnonzero(base == number)
            found[np.ix_(rows, one.places)] = one.measure.shares(present[np.ix_(rows, one.places)].T).T
        return found

    def silent(self, total: FloatArray, base: IntArray) -> IntArray:
        """int64[rows]: how many ratios that count have no answer; parameters as of `shares`."""
        found, present = np.zeros(len(total), dtype=np.int64), total[:, self.ratios :] != 0
        for number, one in enumerate(self.bases):
            rows = np.flatnonzero(base == number)
            found[rows] = silent_ratios(one.measure, present[np.ix_(rows, one.places)].T.astype(float))
        return found

    def table(self, values: FloatArray) -> scipy.sparse.csr_array:
        """float64[domains, variance strata]: numbers of pairs in their places."""
        place = (self.domains.pair_domain, self.domains.pair_stratum)
        return scipy.sparse.csr_array((values, place), shape=(self.domains.count, self.strata))


def find_totals(
    sample: WeightedCells, measures: Sequence[Measure], domains: Domains, options: Options
) -> Totals:
    """The totals of all the measures' ratios in some disjoint domains; costs what the cells cost.

    Raises
    ------
    StatisticsError
        Measures whose answers cells do not hold together, or a lonely stratum with `fail`.
    """
    weighting, statistic, lonely = sample.weighting, options.statistic, options.lonely
    together = _join_measures(measures)
    moments = find_moments(sample, together, statistic, domains.rows)
    fraction = fractions(sample, together, options.fpc)
    stratum = domains.pair_stratum
    size, left = weighting.size[stratum].astype(np.float64), 1 - fraction[stratum]
    bases = tuple(_find_base(sample, measure, together, domains, statistic, fraction) for measure in measures)
    answering = moments.responses() if together.everybody else moments.answered()
    counted = domains.by_pair(answering.astype(np.float64))
    alone = (size == 1) & (left > 0) & (counted > 0)
    everywhere = lonely_strata(weighting, fraction)
    if lonely == "fail":
        refuse_lonely(weighting, stratum[alone] if weighting.regression is None else everywhere)
    scale = left * np.where(size > 1, size / np.maximum(size - 1, 1), float(lonely == "adjust"))
    by_pair, within, sum_of_squares = _pass_over(moments, domains, scale)
    return Totals(
        domains=domains,
        statistic=statistic,
        limits=limits(sample.cells.scoring, statistic),
        strata=len(weighting.size),
        bases=bases,
        total=np.stack([domains.by_domain(part) for part in by_pair.T], axis=1),
        by_pair=by_pair,
        within=within,
        sum_of_squares=sum_of_squares,
        counted=counted,
        centring=np.where(size > 1, scale / size, 0.0),
        lonely=alone,
        alone=len(everywhere),
        treatment=lonely,
        regression=_regress_totals(sample, moments, domains, by_pair, fraction, lonely),
    )


def _regress_totals(
    sample: WeightedCells,
    moments: Moments,
    domains: Domains,
    by_pair: FloatArray,
    fraction: FloatArray,
    lonely: Lonely,
) -> Regression | None:
    """The regression of each v on the margins that the weights were calibrated to."""
    regressor = Regressor.of(sample, domains, fraction, adjust=lonely == "adjust")
    if regressor is None:
        return None
    asked = 1.0 if (weight := moments.asked_weight()) is None else weight
    sums = zip((*moments.numerators, *moments.denominators), by_pair.T, strict=True)
    found = [regressor.regress_sums(part * asked, z) for part, z in sums]
    slopes, crossed = (
        np.stack(values, axis=2).reshape(len(values[0]), -1)
        for values in ([one.slopes for one in found], [one.crossed for one in found])
    )
    return Regression(slopes, crossed, regressor.shared)


def _join_measures(measures: Sequence[Measure]) -> Measure:
    """One measure of the distinct ratios of several; what each counts is left to the bases.

    Raises
    ------
    StatisticsError
        An item together with anything else: cells hold no products of two items.
    """
    ratios = tuple(dict.fromkeys(ratio.alone() for measure in measures for ratio in measure.ratios))
    if len(ratios) > 1 and any(ratio.item is not None for ratio in ratios):
        raise StatisticsError(
            f"{', '.join(dict.fromkeys(measure.name for measure in measures))}: cells do not hold how answers"
            " to two items go together; compare one item between domains, or factors with factors"
        )
    return Measure("", ratios, everybody=all(measure.everybody for measure in measures))


def _find_base(
    sample: WeightedCells,
    measure: Measure,
    together: Measure,
    domains: Domains,
    statistic: Statistic,
    fraction: FloatArray,
) -> Base:
    moments = find_moments(sample, measure, statistic, domains.rows)
    whole = moments if domains.everything else find_moments(sample, measure, statistic, sample.weighted)
    places = [together.ratios.index(ratio.alone()) for ratio in measure.ratios]
    return Base(
        measure=measure,
        places=np.array(places),
        sums=weight_sums(moments, domains, fraction),
        variance_ratio=answers_variance_ratio(whole),
    )


def _pass_over(
    moments: Moments, domains: Domains, scale: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """T_Ah, Σ_h k_h Σ w² v v' and Σ w v v', as `Totals` holds them; `scale` is float64[pairs], k_h."""
    if isinstance(moments, TreeMoments):
        found = find_tree_totals(moments, domains, scale)
        return found.by_pair, found.within, found.sum_of_squares
    parts = [moments.weight * part for part in (*moments.numerators, *moments.denominators)]
    return (
        np.stack([domains.by_pair(part) for part in parts], axis=1),
        _second_moments(moments, domains, moments.weight**2, scale),
        _second_moments(moments, domains, moments.weight, np.ones_like(scale)),
    )


def _second_moments(moments: Moments, domains: Domains, weight: FloatArray, scale: FloatArray) -> FloatArray:
    """float64[domains, 2 m, 2 m]: Σ_h scale_h Σ_{i∈A∩h} weight · v v'."""
    ratios = len(moments.measure.ratios)
    found = np.zeros((2 * ratios, 2 * ratios, domains.count))
    for r, q, products in moments.products():
        for (a, b), product in _blocks(products, r, q, ratios):
            found[a, b] = found[b, a] = domains.by_domain(scale * domains.by_pair(weight * product))
    return np.moveaxis(found, -1, 0)


def _blocks(products: Products, r: int, q: int, ratios: int) -> list[tuple[tuple[int, int], FloatArray]]:
    """Positions in v v' of the products of two ratios: numerators first, then denominators."""
    return [
        ((r, q), products.yy),
        ((r, ratios + q), products.yx),
        ((ratios + r, q), products.xy),
        ((ratios + r, ratios + q), products.xx),
    ]
