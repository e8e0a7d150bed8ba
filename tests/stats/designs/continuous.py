"""Totals, ratios and means of numbers in designs of clusters, with their covariances.

The product measures answers alone; here its linearised variances are those of any numbers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from sipas.stats import Column
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.designs.replicates import ReplicateDesign
from sipas.stats.designs.row_domains import RowDomains
from sipas.stats.designs.row_linearise import RowLinearised
from sipas.stats.designs.row_moments import RowMoments
from sipas.stats.designs.stage_totals import difference
from sipas.stats.designs.stages import Calibrated, RowDesign
from sipas.stats.designs.taylor import TaylorDesign
from sipas.stats.estimates.intervals import Interval, Uncertain, share_interval
from sipas.stats.options import IntervalKind, Lonely

Linear = Callable[[BoolArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True)
class RowEstimates:
    """Variables in every domain: arrays[domains, variables], covariance[domains, variables, variables]."""

    estimate: FloatArray
    covariance: FloatArray
    n: IntArray
    df: IntArray
    deff: FloatArray
    deff_replace: FloatArray

    @property
    def variance(self) -> FloatArray:
        return np.asarray(np.diagonal(self.covariance, axis1=1, axis2=2))

    @property
    def se(self) -> FloatArray:
        return np.asarray(np.sqrt(self.variance))

    def normal_interval(self) -> Interval:
        half = special.ndtri(0.975) * self.se
        return self.estimate - half, self.estimate + half

    def share_interval(self, kind: IntervalKind = "wilson", level: float = 0.95) -> Interval:
        low, high = np.full_like(self.estimate, np.nan), np.full_like(self.estimate, np.nan)
        for variable in range(self.estimate.shape[1]):
            known = np.isfinite(self.estimate[:, variable]) & (self.df > 0)
            share, variance, n = self.estimate[known, variable], self.variance[known, variable], self.n[known]
            size = np.divide(share * (1 - share), variance, out=n.astype(np.float64), where=variance > 0)
            u = Uncertain(share, variance, size, n, n, self.df[known], level)
            low[known, variable], high[known, variable] = share_interval(kind, u)[:2]
        return low, high


def row_totals(
    design: RowDesign, values: FloatArray, by: Column | None = None, lonely: Lonely = "adjust"
) -> RowEstimates:
    """Σ w y; a row with NaN in any variable is in no domain."""
    y = as_columns(design, values)

    def linear(inside: BoolArray) -> tuple[FloatArray, FloatArray]:
        influence = np.where(inside[:, None], y, 0.0)
        return design.weight @ influence, influence

    return each_domain(design, by, have_all(y), linear, lonely)


def row_ratios(
    design: RowDesign, numerators: FloatArray, denominators: FloatArray, by: Column | None = None
) -> RowEstimates:
    """Σ w y / Σ w x."""
    y, x = as_columns(design, numerators), as_columns(design, denominators)

    def linear(inside: BoolArray) -> tuple[FloatArray, FloatArray]:
        upper, lower = np.where(inside[:, None], y, 0.0), np.where(inside[:, None], x, 0.0)
        total = design.weight @ lower
        ratio = np.divide(design.weight @ upper, total, out=np.full(len(total), np.nan), where=total != 0)
        return ratio, difference(upper, ratio * lower) / np.where(total != 0, total, np.nan)

    return each_domain(design, by, have_all(y + x), linear, "adjust")


def row_means(design: RowDesign, values: FloatArray, by: Column | None = None) -> RowEstimates:
    return row_ratios(design, values, np.ones_like(as_columns(design, values)), by)


def as_columns(design: RowDesign, values: FloatArray) -> FloatArray:
    return np.asarray(values, dtype=np.float64).reshape(len(design), -1)


def have_all(values: FloatArray) -> BoolArray:
    return np.asarray(np.isfinite(values).all(axis=1))


def each_domain(
    design: RowDesign, by: Column | None, answered: BoolArray, linear: Linear, lonely: Lonely
) -> RowEstimates:
    estimates, covariances, effects, sizes = [], [], [], []
    for inside in domains_of(design, by, answered):
        value, influence = linear(inside)
        known = np.isfinite(value) & inside.any()
        found = covariance(design, np.where(known, value, np.nan), np.where(known, influence, 0.0), lonely)
        estimates.append(np.where(known, value, np.nan))
        covariances.append(found)
        effects.append(design_effects(design.weight[inside], influence[inside], np.diag(found)))
        sizes.append((np.count_nonzero(inside), freedom(design, inside)))
    n, df = np.array(sizes, dtype=np.int64).reshape(-1, 2).T
    deff, deff_replace = np.moveaxis(np.array(effects), 1, 0)
    return RowEstimates(np.array(estimates), np.array(covariances), n, df, deff, deff_replace)


def domains_of(design: RowDesign, by: Column | None, answered: BoolArray) -> Iterator[BoolArray]:
    present = answered & (design.weight != 0)
    if by is None:
        yield present
        return
    for level in range(len(by.levels)):
        yield present & (by.codes == level)


def covariance(design: RowDesign, value: FloatArray, influence: FloatArray, lonely: Lonely) -> FloatArray:
    """The covariances of variables: those of domains, in a sample that holds every row once for each."""
    rows, variables = influence.shape
    domains = RowDomains({}, variables, np.repeat(np.arange(variables), rows))
    many = TaylorDesign(repeated(design, variables))
    none = np.zeros(variables, dtype=np.int64)
    return many.covariance(RowLinearised(value, influence.T.ravel(), none), domains, lonely)


def repeated(design: RowDesign, times: int) -> RowDesign:
    before = design.calibrated
    return RowDesign(
        np.tile(design.weight, times),
        tuple(replace(stage, cluster=np.tile(stage.cluster, times)) for stage in design.stages),
        before and Calibrated(np.tile(before.weight, times), np.tile(before.auxiliaries, (times, 1))),
    )


def freedom(design: RowDesign, inside: BoolArray) -> int:
    first = design.stages[0]
    clusters = np.unique(first.cluster[inside])
    return len(clusters) - len(np.unique(first.group[clusters]))


def design_effects(weight: FloatArray, influence: FloatArray, variance: FloatArray) -> FloatArray:
    """V over that of a simple random sample, without and with replacement."""
    n, total = len(weight), weight.sum()
    unknown = np.full((2, len(variance)), np.nan)
    if n < 2:
        return unknown
    simple = weight @ (influence - (weight @ influence) / total) ** 2 * total / (n - 1)
    parts = np.array([[1 - n / total], [1.0]]) * simple
    return np.asarray(np.divide(variance, parts, out=unknown, where=parts > 0))


def jackknife(design: RowDesign) -> ReplicateDesign:
    """The replicate weights of R's `as.svrepdesign` with JK1 or JKn: each cluster left out once."""
    first, w = design.stages[0], design.weight
    group = first.group[first.cluster]
    n = first.size[first.group]
    out = first.cluster[:, None] == np.arange(len(first.group))
    grown = np.where(group[:, None] == first.group, (n / np.maximum(n - 1, 1)), 1.0)
    scale = (1 - first.fraction[first.group]) * (n - 1) / n
    return ReplicateDesign(w, w[:, None] * np.where(out, 0.0, grown), scale)


def jackknife_of_mean(design: RowDesign, values: FloatArray) -> float:
    """The jackknife variance of Σ w y / Σ w over the rows that have a value."""
    present = np.isfinite(values)
    y, x = np.where(present, values, 0.0), present.astype(np.float64)
    moments = RowMoments(y[:, None], x[:, None], np.ones(1), present)
    value, none = np.array([design.weight @ y / (design.weight @ x)]), np.zeros(1, dtype=np.int64)
    mean = RowLinearised(value, np.zeros(len(design)), none)
    everyone = RowDomains({}, 1, np.zeros(len(design), dtype=np.int64))
    return float(jackknife(design).variance(moments, mean, everyone, present, "adjust").value[0])


def jackknife_of_total(design: RowDesign, values: FloatArray) -> float:
    """The jackknife variance of Σ w y."""
    left_out = jackknife(design)
    totals = np.nan_to_num(values) @ left_out.replicates
    return float(left_out.scale @ (totals - totals.mean()) ** 2)
