"""Estimates of a measure by domain, and each response's linearized variable."""

from dataclasses import dataclass

import numpy as np

from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.designs.row_domains import RowDomains
from sipas.stats.designs.row_moments import RowMoments
from sipas.stats.designs.stage_totals import difference


@dataclass(frozen=True)
class RowLinearised:
    """A measure in every domain, linearised.

    Parameters
    ----------
    estimate : float64[domains]
        NaN where a ratio of the measure has no denominator.
    influence : float64[rows]
        u_i = Σ_r c_r (y_ir − R_r x_ir) / X_r in the response's own domain; 0 outside all domains and where
        there is no estimate.
    """

    estimate: FloatArray
    influence: FloatArray


def linearise_rows(moments: RowMoments, domains: RowDomains, weight: FloatArray) -> RowLinearised:
    """Return R = Σ_r c_r Y_r / X_r by domain, Y = Σ w y and X = Σ w x, and its linearized variable.

    Särndal, Swensson and Wretman 1992, chapter 5.6.
    """
    ratio, total = _weighted_ratios(moments, domains, weight)
    estimate = combine(ratio, moments.shares)
    known = np.isfinite(estimate)
    inside = (domains.code >= 0) & known[domains.code]
    code, y, x = domains.code[inside], moments.numerators[inside], moments.denominators[inside]
    usable = np.where(total > 0, total, 1.0)[code]
    parts = difference(y, np.nan_to_num(ratio)[code] * x) / usable
    influence = np.zeros(len(domains.code))
    influence[inside] = parts @ moments.shares
    return RowLinearised(estimate, influence)


def _weighted_ratios(
    moments: RowMoments, domains: RowDomains, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return float64[domains, ratios] twice: Y / X, NaN where X is 0, and X."""
    y = domains.total(weight[:, None] * moments.numerators)
    x = domains.total(weight[:, None] * moments.denominators)
    return np.divide(y, x, out=np.full_like(y, np.nan), where=x > 0), x


def combine(ratio: FloatArray, shares: FloatArray) -> FloatArray:
    """Return float64[...]: Σ_r c_r R_r over the last axis; ratios with c = 0 do not count."""
    counts: BoolArray = shares != 0
    return np.asarray(ratio[..., counts] @ shares[counts])
