"""Estimates of ratios by domain, and each respondent's coefficient on them: Taylor linearisation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from sipas.stats.arrays import FloatArray
from sipas.stats.estimates.domains import Domains
from sipas.stats.estimates.moments import Moments, Products


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
    ratios, coefficients = solve_ratios(moments, domains)
    e, ee = _residuals(moments, ratios, coefficients, domains)
    weighted = moments.weight * ee
    shares = np.array([ratio.share for ratio in moments.measure.ratios])
    return Linearised(
        moments=moments,
        domains=domains,
        # Shares sum to 1, but for rounding: where every ratio is 1, so is the index.
        estimate=(shares @ ratios) / (shares @ np.ones_like(ratios)),
        z=domains.by_pair(moments.weight * e),
        zz=domains.by_pair(moments.weight * weighted),
        sum_of_squares=domains.total(weighted),
        crossed=partial(_cancelling, moments, ratios, coefficients, domains),
    )


def solve_ratios(moments: Moments, domains: Domains) -> tuple[FloatArray, FloatArray]:
    """float64[ratios, domains]: each ratio R_r = Y_r / X_r, NaN where X_r is 0, and c_r / X_r, there 0."""
    y = np.array([domains.total(moments.weight * part) for part in moments.numerators])
    x = np.array([domains.total(moments.weight * part) for part in moments.denominators])
    shares = np.array([[ratio.share] for ratio in moments.measure.ratios])
    ratios = np.divide(y, x, out=np.full_like(y, np.nan), where=x > 0)
    return ratios, np.divide(shares, x, out=np.zeros_like(x), where=x > 0)


def _residuals(
    moments: Moments, ratios: FloatArray, coefficients: FloatArray, domains: Domains
) -> tuple[FloatArray, FloatArray]:
    """float64[rows]: Σ e_i and Σ e_i² over each cell's respondents.

    Parameters
    ----------
    ratios, coefficients : float64[ratios, domains]
        R_r and c_r / X_r.
    """
    value = [domains.by_row(ratio) for ratio in np.nan_to_num(ratios)]
    coefficient = [domains.by_row(share) for share in coefficients]
    pairs = zip(moments.numerators, moments.denominators, strict=True)
    e = _added_up(_residual(y, x, value[r], coefficient[r]) for r, (y, x) in enumerate(pairs))
    ee = _added_up(
        _residual_product(
            p, value[r], value[q], coefficient[r] if r == q else 2 * coefficient[r], coefficient[q]
        )
        for r, q, p in moments.products()
    )
    return e, ee


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


def _added_up(parts: Iterator[FloatArray]) -> FloatArray:
    """Add arrays into the first one, and return it."""
    total = next(parts)
    for part in parts:
        total += part
    return total


def _residual(y: FloatArray, x: FloatArray, value: FloatArray, coefficient: FloatArray) -> FloatArray:
    """c (y − R x) / X, in one array of its own."""
    part = value * x
    np.subtract(y, part, out=part)
    part *= coefficient
    return part


def _residual_product(
    p: Products,
    value_r: FloatArray,
    value_q: FloatArray,
    coefficient_r: FloatArray,
    coefficient_q: FloatArray,
) -> FloatArray:
    """Σ c_r (y_r − R_r x_r) / X_r · c_q (y_q − R_q x_q) / X_q, in one or two arrays of its own."""
    square = value_q * p.xx
    square -= p.xy
    if p.xy is p.yx and value_r is value_q:
        square -= p.yx
        square *= value_r
    else:
        square *= value_r
        square -= value_q * p.yx
    square += p.yy
    square *= coefficient_r
    square *= coefficient_q
    return square
