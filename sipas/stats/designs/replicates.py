"""Variances from replicate weights that come with the data."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.choices import refuse_unknown
from sipas.stats.designs.row_domains import RowDomains
from sipas.stats.designs.row_linearise import RowLinearised, combine, combine_node, node_shares
from sipas.stats.designs.row_moments import RowMoments
from sipas.stats.estimates.variance import Variance
from sipas.stats.options import Lonely

ReplicateType = Literal["brr", "fay", "jkn", "bootstrap"]

_RANK_TOLERANCE = 1e-5  # as R's `degf` of replicate designs
_GROWTH_TOLERANCE = 1e-4  # how far n / (n − 1) in a file may be from that of a whole number n


@dataclass(frozen=True)
class ReplicateDesign:
    """Base weights and replicate weights: V = Σ_k a_k (θ_k − θ̄)², θ̄ the mean of the replicates.

    R's `svrepdesign(combined.weights = TRUE, mse = FALSE)`; Wolter 2007, chapters 3 and 4.

    Parameters
    ----------
    weight : float64[rows]
    replicates : float64[rows, replicates]
        Complete weights, the base weight included.
    scale : float64[replicates]
        a_k; see `_replicate_scale`.
    """

    weight: FloatArray
    replicates: FloatArray
    scale: FloatArray

    @property
    def is_weighted(self) -> bool:
        return True

    @property
    def fraction(self) -> FloatArray:
        """float64[rows]: 0, as replicate weights hold whatever finite-population factor there is."""
        return np.zeros(len(self.weight))

    def without_fpc(self) -> "ReplicateDesign":
        return self

    def variance(
        self,
        moments: RowMoments,
        linearised: RowLinearised,
        domains: RowDomains,
        counted: BoolArray,
        lonely: Lonely,
    ) -> Variance:
        """Return the variance of every domain. Replicates without an estimate are left out, as in R."""
        theta = self.estimates(moments, domains)
        value = np.nansum(self.scale * self._deviations(theta) ** 2, axis=1)
        value[~np.isfinite(linearised.estimate)] = np.nan
        n = np.rint(domains.total(counted)).astype(np.int64)
        return Variance(value, self._df(domains, counted), n, np.zeros(domains.count, dtype=np.int64))

    def covariance_of(
        self, moments: RowMoments, linearised: RowLinearised, domains: RowDomains
    ) -> FloatArray:
        """Return float64[domains, domains]: the covariance of the estimates; NaN where there is none."""
        away = np.nan_to_num(self._deviations(self.estimates(moments, domains)))
        covariance = away @ (away * self.scale).T
        unknown = ~np.isfinite(linearised.estimate)
        covariance[unknown], covariance[:, unknown] = np.nan, np.nan
        return np.asarray(covariance)

    def covariance_with_whole(self, moments: RowMoments, domains: RowDomains) -> FloatArray:
        """Return float64[domains]: the covariance of each domain's estimate with that of all together."""
        parts, whole = (
            np.nan_to_num(self._deviations(self.estimates(moments, those)))
            for those in (domains, domains.united())
        )
        return np.asarray((parts * self.scale) @ whole[0])

    def estimates(self, moments: RowMoments, domains: RowDomains) -> FloatArray:
        """Return float64[domains, replicates]: the measure under each replicate's weights."""
        y, x = moments.numerators, moments.denominators
        ratios = np.empty((domains.count, self.replicates.shape[1], len(moments.shares)))
        totals = np.empty_like(ratios)
        for r in range(len(moments.shares)):
            upper = domains.total(self.replicates * y[:, r, None])
            lower = domains.total(self.replicates * x[:, r, None])
            ratios[:, :, r] = np.divide(upper, lower, out=np.full_like(upper, np.nan), where=lower > 0)
            totals[:, :, r] = lower
        if moments.branch is not None:
            return combine_node(ratios, node_shares(moments.branch, totals))
        return combine(ratios, moments.shares)

    def union_df(self, domains: RowDomains, counted: BoolArray) -> IntArray:
        """Return int64[domains, domains]: the larger df of two domains, which that of their union reaches."""
        df = self._df(domains, counted)
        return np.maximum.outer(df, df)

    def _deviations(self, theta: FloatArray) -> FloatArray:
        used = np.isfinite(theta) & (self.scale > 0)
        count = used.sum(axis=1, keepdims=True)
        total = np.where(used, theta, 0.0).sum(axis=1, keepdims=True)
        mean = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
        return np.where(np.isfinite(theta), theta - mean, np.nan)

    def _df(self, domains: RowDomains, counted: BoolArray) -> IntArray:
        """Return int64[domains]: the rank of the replicate weights of each domain's responses, less 1."""
        df = np.zeros(domains.count, dtype=np.int64)
        for domain, rows in _rows_of(domains, counted & (self.weight > 0)):
            distinct = np.unique(self._patterns[rows], axis=0)
            df[domain] = max(int(np.linalg.matrix_rank(distinct, rtol=_RANK_TOLERANCE)) - 1, 0)
        return df

    @cached_property
    def _patterns(self) -> FloatArray:
        """Return float64[rows, replicates]: replicate weights over base weights, alike within a cluster."""
        base = np.where(self.weight > 0, self.weight, 1.0)
        return np.round(self.replicates / base[:, None], 7)


def _rows_of(domains: RowDomains, counted: BoolArray) -> Iterator[tuple[int, IntArray]]:
    rows = np.flatnonzero(counted & (domains.code >= 0))
    order = rows[np.argsort(domains.code[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(domains.code[order], prepend=-1))
    for place, group in zip(starts.tolist(), np.split(order, starts[1:]), strict=bool(len(order))):
        yield int(domains.code[order[place]]), group


def replicate_design(
    weight: FloatArray, replicates: FloatArray, kind: ReplicateType, rho: float | None = None
) -> ReplicateDesign:
    """Return the design of base weights and complete replicate weights.

    Parameters
    ----------
    weight : float64[rows]
    replicates : float64[rows, replicates]
    kind : {"brr", "fay", "jkn", "bootstrap"}
    rho : float, optional
        Fay's coefficient in [0, 1); needed for `fay` alone.

    Raises
    ------
    StatisticsError
        Weights that are negative or missing, fewer than two replicates, ρ where it does not belong, or
        weights that no delete-one jackknife gives.
    """
    refuse_unknown("replicate type", kind, ReplicateType)
    if replicates.ndim != 2 or replicates.shape[0] != len(weight) or replicates.shape[1] < 2:
        raise StatisticsError(
            f"give two or more replicate weights for each of the {len(weight)} rows, not {replicates.shape}"
        )
    wrong = ~(np.isfinite(replicates) & (replicates >= 0))
    if wrong.any():
        row, replicate = np.argwhere(wrong)[0].tolist()
        raise StatisticsError(
            f"row {row + 1}: replicate weight {replicate + 1} is {replicates[row, replicate]};"
            " it must be a number, 0 or more"
        )
    return ReplicateDesign(weight, replicates, _replicate_scale(weight, replicates, kind, rho))


def _replicate_scale(
    weight: FloatArray, replicates: FloatArray, kind: ReplicateType, rho: float | None
) -> FloatArray:
    """Return float64[replicates]: a_k.

    `brr`: 1 / K. `fay`: 1 / (K (1 − ρ)²). `bootstrap`: 1 / (K − 1). `jkn`: (n_h − 1) / n_h of the stratum
    whose cluster the replicate leaves out. n_h shows in the weights: those of the stratum's other clusters
    have grown by n_h / (n_h − 1).
    """
    count = replicates.shape[1]
    if (rho is not None) != (kind == "fay") or (rho is not None and not 0 <= rho < 1):
        raise StatisticsError("Fay's method, and no other, needs its coefficient rho, 0 or more and below 1")
    if kind == "jkn":
        return _jackknife_scale(weight, replicates)
    divisor = {"brr": count, "fay": count * (1 - (rho or 0)) ** 2, "bootstrap": count - 1}[kind]
    return np.full(count, 1 / divisor)


def _jackknife_scale(weight: FloatArray, replicates: FloatArray) -> FloatArray:
    used = weight > 0
    growth = (replicates[used] / weight[used, None]).max(axis=0)
    size = np.round(growth / np.maximum(growth - 1, 1e-12))
    grown = size / np.maximum(size - 1, 1)
    odd = (size < 2) | (np.abs(growth - grown) > _GROWTH_TOLERANCE) | (replicates[used] > 0).all(axis=0)
    if odd.any():
        raise StatisticsError(
            f"replicate {int(np.argmax(odd)) + 1} is no delete-one jackknife (JKn): it must leave one cluster"
            " out and raise the weights of its stratum's other clusters by n / (n − 1)"
        )
    return np.asarray((size - 1) / size)
