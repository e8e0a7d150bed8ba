"""Estimates of ratios by domain, and each respondent's pull on them: Taylor linearisation."""

from dataclasses import dataclass

import numpy as np

from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.domains import Domains
from sipas.stats.moments import Moments, Products


@dataclass(frozen=True)
class Linearised:
    """An estimate by domain with what its variance is made of.

    For R = Σ_r c_r Y_r / X_r in domain D, e_i = Σ_r c_r (y_ir − R_r x_ir) / X_r and z_i = w_i e_i in
    D, 0 outside (Särndal, Swensson and Wretman 1992, chapter 5.5). Differences of domains or
    measures add their z, stratum by stratum; a regression residual takes the place of z after
    calibration.

    Parameters
    ----------
    domains : Domains
        Whose pairs of domain and variance stratum z, zz and counted are given by.
    estimate : float64[domains]
        NaN where a denominator is 0.
    z, zz : float64[pairs]
        Σ z_i and Σ z_i² over the pair's respondents.
    counted : float64[pairs]
        The respondents that n and the degrees of freedom count.
    spread : float64[domains]
        Σ_D w_i e_i², of which a simple random sample's variance is made.
    """

    domains: Domains
    estimate: FloatArray
    z: FloatArray
    zz: FloatArray
    counted: FloatArray
    spread: FloatArray


def linearise(moments: Moments, domains: Domains) -> Linearised:
    """Estimates a measure in every domain and linearises it; costs what the non-empty cells cost.

    Parameters
    ----------
    moments : Moments
        Of the rows of `domains`, in its order.
    domains : Domains
    """
    ratios, pulls = solve(moments, domains)
    e, ee = residuals(moments, ratios, pulls, domains.domain)
    counted = moments.responses() if moments.measure.everybody else moments.answered()
    weighted = moments.weight * ee
    shares = np.array([ratio.share for ratio in moments.measure.ratios])
    return Linearised(
        domains=domains,
        # Shares sum to 1, but for rounding: where every ratio is 1, so is the index.
        estimate=(shares @ ratios) / (shares @ np.ones_like(ratios)),
        z=domains.by_pair(moments.weight * e),
        zz=domains.by_pair(moments.weight * weighted),
        counted=domains.by_pair(counted.astype(np.float64)),
        spread=domains.total(weighted),
    )


def solve(moments: Moments, domains: Domains) -> tuple[FloatArray, FloatArray]:
    """float64[ratios, domains]: each ratio R_r = Y_r / X_r, NaN where X_r is 0, and c_r / X_r, there 0."""
    y = np.array([domains.total(moments.weight * part) for part in moments.numerators])
    x = np.array([domains.total(moments.weight * part) for part in moments.denominators])
    shares = np.array([[ratio.share] for ratio in moments.measure.ratios])
    ratios = np.divide(y, x, out=np.full_like(y, np.nan), where=x > 0)
    return ratios, np.divide(shares, x, out=np.zeros_like(x), where=x > 0)


def residuals(
    moments: Moments, ratios: FloatArray, pulls: FloatArray, domain: IntArray
) -> tuple[FloatArray, FloatArray]:
    """float64[rows]: Σ e_i and Σ e_i² over each cell's respondents.

    Parameters
    ----------
    ratios, pulls : float64[ratios, domains]
        R_r and c_r / X_r.
    domain : int64[rows]
    """
    value, pull = np.nan_to_num(ratios).take(domain, axis=1), pulls.take(domain, axis=1)
    if len(ratios) == 1:
        return single_residuals(moments, value[0], pull[0])
    e, ee = np.zeros(len(domain)), np.zeros(len(domain))
    for r, (y, x) in enumerate(zip(moments.numerators, moments.denominators, strict=True)):
        part = value[r] * x
        np.subtract(y, part, out=part)
        part *= pull[r]
        e += part
    for r, q, p in moments.products():
        square = residual_product(p, value[r], value[q])
        square *= pull[r]
        square *= pull[q]
        ee += square if q == r else 2 * square
    return e, ee


def single_residuals(moments: Moments, value: FloatArray, pull: FloatArray) -> tuple[FloatArray, FloatArray]:
    """As `residuals`, for a measure that is one ratio."""
    e = value * moments.denominators[0]
    np.subtract(moments.numerators[0], e, out=e)
    e *= pull
    ee = residual_product(moments.squares, value, value)
    ee *= pull
    ee *= pull
    return e, ee


def residual_product(p: Products, value_r: FloatArray, value_q: FloatArray) -> FloatArray:
    """Σ (y_r − R_r x_r) (y_q − R_q x_q), in two arrays of its own."""
    square = value_q * p.xx
    np.subtract(p.xy, square, out=square)
    square *= value_r
    square += value_q * p.yx
    return np.subtract(p.yy, square, out=square)
