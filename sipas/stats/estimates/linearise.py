"""Estimates of ratios by domain, and each respondent's coefficient on them: Taylor linearisation."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.estimates.domains import Domains
from sipas.stats.estimates.measures import Measure
from sipas.stats.estimates.moments import Moments


@dataclass(frozen=True)
class Linearised:
    """An estimate by domain with what its variance is made of.

    For R = Σ_r c_r Y_r / X_r in domain D, e_i = Σ_r c_r (y_ir − R_r x_ir) / X_r and z_i = w_i e_i in
    D, 0 outside (Särndal, Swensson and Wretman 1992, chapter 5.5). Differences of domains or
    measures add their z, stratum by stratum; a regression residual takes the place of z after
    calibration.

    Parameters
    ----------
    moments : Moments
    domains : Domains
        Whose pairs of domain and variance stratum z, zz and counted are given by.
    estimate : float64[domains]
        NaN where a denominator is 0.
    z, zz : float64[pairs]
        Σ z_i and Σ z_i² over the pair's respondents.
    sum_of_squares : float64[domains]
        Σ_D w_i e_i², of which a simple random sample's variance is made.
    silent : int64[domains]
        Of a node of an index tree, how many ratios that count have no answer in the domain.
    crossed : function
        Gives float64[domains]: (Σ_r c_r √(R_r Σ_D w_i² y_ir x_ir) / X_r)², the size of the terms that
        Σ z_i² is the difference of, and rounds by. Seldom wanted, so made when it is.
    """

    moments: Moments
    domains: Domains
    estimate: FloatArray
    z: FloatArray
    zz: FloatArray
    sum_of_squares: FloatArray
    silent: IntArray
    crossed: Callable[[], FloatArray]

    @cached_property
    def counted(self) -> FloatArray:
        """float64[pairs]: the respondents that n and the degrees of freedom count."""
        everybody = self.moments.measure.everybody
        respondents = self.moments.responses() if everybody else self.moments.answered()
        return self.domains.by_pair(respondents.astype(np.float64))


def linearise(moments: Moments, domains: Domains) -> Linearised:
    """Estimates a measure in every domain and linearises it; costs what the non-empty cells cost.

    Parameters
    ----------
    moments : Moments
        Of the rows of `domains`, in its order.
    domains : Domains
    """
    estimate, ratios, coefficients = solve_ratios(moments, domains)
    e, ee = moments.residuals(ratios, coefficients, domains)
    weighted = moments.weight * ee
    return Linearised(
        moments=moments,
        domains=domains,
        estimate=estimate,
        z=domains.by_pair(moments.weight * e),
        zz=domains.by_pair(moments.weight * weighted),
        sum_of_squares=domains.total(weighted),
        silent=silent_ratios(moments.measure, coefficients),
        crossed=partial(_cancelling, moments, ratios, coefficients, domains),
    )


def silent_ratios(measure: Measure, coefficients: FloatArray) -> IntArray:
    """int64[...]: of a node of an index tree how many ratios that count have no answer.

    Parameters
    ----------
    coefficients : float64[ratios, ...]
        Of each ratio; 0 without answers.
    """
    if measure.branch is None:
        return np.zeros(coefficients.shape[1:], dtype=np.int64)
    counts = np.array([ratio.share > 0 for ratio in measure.ratios])
    return np.asarray((coefficients[counts] == 0).sum(axis=0), dtype=np.int64)


def solve_ratios(moments: Moments, domains: Domains) -> tuple[FloatArray, FloatArray, FloatArray]:
    """float64[domains], float64[ratios, domains] twice: the estimate, each R_r = Y_r / X_r and c_r / X_r.

    Where X_r is 0 a ratio is NaN, and its coefficient 0.
    """
    y, x = moments.totals(domains)
    ratios = np.divide(y, x, out=np.full_like(y, np.nan), where=x > 0)
    shares = moments.measure.shares(x != 0)
    coefficients = np.divide(shares, x, out=np.zeros_like(x), where=x > 0)
    return moments.measure.combine(ratios, shares), ratios, coefficients


def _cancelling(
    moments: Moments, ratios: FloatArray, coefficients: FloatArray, domains: Domains
) -> FloatArray:
    """float64[domains]: `crossed` of `Linearised`; by Cauchy's inequality no less than with mixed terms.

    Parameters
    ----------
    ratios, coefficients : float64[ratios, domains]
        R_r and c_r / X_r.
    """
    squares = moments.weight**2
    crossed = np.array([domains.total(squares * moments.crossed(r)) for r in range(len(ratios))])
    roots: FloatArray = coefficients * np.sqrt(np.maximum(np.nan_to_num(ratios) * crossed, 0.0))
    return np.asarray(roots.sum(axis=0) ** 2)
