"""Estimates of a measure by domain, and each response's linearized variable."""

from dataclasses import dataclass

import numpy as np

from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.designs.row_domains import RowDomains
from sipas.stats.designs.row_moments import RowMoments
from sipas.stats.designs.stage_totals import difference
from sipas.stats.estimates.branches import Branch


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
    silent : int64[domains]
        Of a node of an index tree, how many ratios that count have no answer in the domain.
    """

    estimate: FloatArray
    influence: FloatArray
    silent: IntArray


def linearise_rows(moments: RowMoments, domains: RowDomains, weight: FloatArray) -> RowLinearised:
    """Return R = Σ_r c_r Y_r / X_r by domain, Y = Σ w y and X = Σ w x, and its linearized variable.

    Särndal, Swensson and Wretman 1992, chapter 5.6.
    """
    ratio, total = _weighted_ratios(moments, domains, weight)
    if moments.branch is not None:
        return _linearise_node(moments, domains, ratio, total, moments.branch)
    estimate = combine(ratio, moments.shares)
    known = np.isfinite(estimate)
    inside = (domains.code >= 0) & known[domains.code]
    code, y, x = domains.code[inside], moments.numerators[inside], moments.denominators[inside]
    usable = np.where(total > 0, total, 1.0)[code]
    parts = difference(np.asarray(y, dtype=np.float64), np.nan_to_num(ratio)[code] * x) / usable
    influence = np.zeros(len(domains.code))
    influence[inside] = parts @ moments.shares
    return RowLinearised(estimate, influence, np.zeros(domains.count, dtype=np.int64))


def _weighted_ratios(
    moments: RowMoments, domains: RowDomains, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return float64[domains, ratios] twice: Y / X, NaN where X is 0, and X."""
    y, x = (
        np.stack([domains.total(weight * part) for part in parts.T], axis=1)
        for parts in (moments.numerators, moments.denominators)
    )
    return np.divide(y, x, out=np.full_like(y, np.nan), where=x > 0), x


def _linearise_node(
    moments: RowMoments, domains: RowDomains, ratio: FloatArray, total: FloatArray, branch: Branch
) -> RowLinearised:
    """Likewise of a node of an index tree, one ratio after another: rows × items would be too many."""
    shares = node_shares(branch, total)
    estimate, known = combine_node(ratio, shares), np.nan_to_num(ratio)
    coefficient = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    inside = np.flatnonzero((domains.code >= 0) & np.isfinite(estimate)[domains.code])
    code, influence = domains.code[inside], np.zeros(len(domains.code))
    for r in range(len(moments.shares)):
        y, x = moments.numerators[inside, r], moments.denominators[inside, r]
        influence[inside] += coefficient[code, r] * (y - known[code, r] * x)
    silent = ((coefficient == 0) & (moments.shares > 0)).sum(axis=1)
    return RowLinearised(estimate, influence, silent)


def node_shares(branch: Branch, total: FloatArray) -> FloatArray:
    """Return float64[..., ratios]: what each ratio counts, where these are the denominators."""
    return np.asarray(np.moveaxis(branch.shares_of(np.moveaxis(total != 0, -1, 0)), 0, -1))


def combine_node(ratio: FloatArray, shares: FloatArray) -> FloatArray:
    """Return float64[...]: Σ_r c_r R_r over the last axis; NaN where no ratio counts."""
    found = np.where(shares > 0, shares * ratio, 0.0).sum(axis=-1)
    return np.where((shares > 0).any(axis=-1), found, np.nan)


def combine(ratio: FloatArray, shares: FloatArray) -> FloatArray:
    """Return float64[...]: Σ_r c_r R_r over the last axis; ratios with c = 0 do not count."""
    counts: BoolArray = shares != 0
    return np.asarray(ratio[..., counts] @ shares[counts])
