"""Unions of domains, whole or in part: estimates and how they vary together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells.columns import Column
from sipas.stats.contrasts.estimate_sets import EstimateSet, Pairs, estimate_set, gradient
from sipas.stats.contrasts.totals import Totals
from sipas.stats.estimates.effective import WeightSums
from sipas.stats.estimates.estimate import Found
from sipas.stats.estimates.residuals import Regression
from sipas.stats.estimates.variance import Variance, is_rounding
from sipas.stats.options import Statistic

# Two shares that differ by less are equal but for rounding.
_ROUNDING_OF_SHARES = 1e-12


@dataclass(frozen=True)
class Joint:
    """One measure in several domains, and how the estimates vary together.

    Parameters
    ----------
    measure : str
    statistic : {"share", "mean"}
    by : mapping of str to Column
        The key of each domain.
    side : EstimateSet
        The estimates and what their uncertainty is judged by.
    covariance : float64[domains, domains]
        Its diagonal are the variances. NaN where there is no estimate.
    union_df : int64[domains, domains]
        Respondents in two domains together less the variance strata they are in.
    same : bool[domains, domains]
        Where two domains are the same respondents, measured alike.
    """

    measure: str
    statistic: Statistic
    by: Mapping[str, Column]
    side: EstimateSet
    covariance: FloatArray
    union_df: IntArray
    same: BoolArray

    def __len__(self) -> int:
        return len(self.side.estimate)

    @property
    def estimate(self) -> FloatArray:
        """float64[domains]."""
        return self.side.estimate

    @property
    def df(self) -> IntArray:
        """int64[domains]: respondents less the variance strata they are in."""
        return self.side.df

    @property
    def n(self) -> IntArray:
        """int64[domains]: respondents that count, as in `sipas.stats.Estimates`."""
        return self.side.n

    @property
    def n_effective(self) -> FloatArray:
        """float64[domains]: robust effective sizes."""
        return self.side.n_effective

    @property
    def reliable(self) -> BoolArray:
        """bool[domains]."""
        return self.side.reliable

    def pairs(self, first: IntArray, second: IntArray) -> Pairs:
        """Comparisons of domains by their positions; the second may be -1, nobody.

        Raises
        ------
        StatisticsError
            A position that no domain has.
        """
        first, second = np.asarray(first), np.asarray(second)
        self.refuse_outside(np.append(first, np.where(second == -1, 0, second)))
        nobody = second < 0
        return Pairs(
            statistic=self.statistic,
            first=self.side.at(first),
            second=self.side.at_or_missing(second),
            covariance=np.where(nobody, np.nan, self.covariance[first, second]),
            df=self.union_df[first, second],
            same=self.same[first, second] & ~nobody,
        )

    def refuse_outside(self, positions: IntArray) -> None:
        outside = positions[(positions < 0) | (positions >= len(self))]
        if len(outside):
            raise StatisticsError(
                f"domain index {outside[0]} is out of range; there are {len(self)} domains, from 0"
            )


@dataclass(frozen=True)
class DomainUnions:
    """Which domains are in which part.

    Parameters
    ----------
    membership : sparse float64[parts, domains]
        1 where a domain belongs to a part; a number in between where a share of each response's
        weight does.
    base : int64[parts]
        Which of the measures each part is about.
    by : mapping of str to Column
        The key of each part.
    """

    membership: scipy.sparse.csr_array
    base: IntArray
    by: Mapping[str, Column]

    @property
    def members(self) -> scipy.sparse.csr_array:
        """sparse float64[parts, domains]: 1 where any of a domain is in a part."""
        return scipy.sparse.csr_array((self.membership > 0).astype(np.float64))


def join_domains(totals: Totals) -> Joint:
    """Return the first measure, with each domain as a union of its own."""
    domains = totals.domains
    each_alone = scipy.sparse.csr_array(scipy.sparse.eye_array(domains.count))
    return join_parts(totals, DomainUnions(each_alone, np.zeros(domains.count, dtype=np.int64), domains.by))


def join_parts(totals: Totals, parts: DomainUnions) -> Joint:
    """Estimates of all parts, with Cov(R_P, R_Q) = g_P' Cov(T_P, T_Q) g_Q, g the derivative of an index.

    With `average` each part's _derivatives are blown up by √(strata / strata that are not lonely), so that
    its own variance is what `sipas.stats.estimates.variance.stratified_variance` makes of it.
    """
    total = parts.membership @ totals.total
    estimate, slope = gradient(total, totals.shares(total, parts.base))
    n, strata, union_df, same = _shared(totals, parts)
    lonely = parts.members @ totals.domains.by_domain(totals.lonely)
    derivative = slope * np.sqrt(rescale_lonely(totals, strata, lonely))[:, None]
    covariance = _covariances(totals, _derivatives(parts.membership, derivative))
    unknown = ~np.isfinite(estimate) | np.isnan(np.diag(covariance))
    covariance[unknown], covariance[:, unknown] = np.nan, np.nan
    sum_of_squares = parts.membership @ totals.sum_of_squares.reshape(
        len(totals.sum_of_squares), slope.shape[1] ** 2
    )
    found = Found(
        estimate,
        quadratic(sum_of_squares.reshape(len(slope), *totals.sum_of_squares.shape[1:]), slope),
        Variance(np.diag(covariance), *(whole(numbers) for numbers in (n - strata, n, lonely))),
        _union_weight_sums(totals, parts),
        np.array([base.variance_ratio for base in totals.bases])[parts.base],
        totals.silent(total, parts.base),
    )
    review = totals.domains.population.each(lambda values: parts.membership @ values).review
    side = estimate_set(found, totals.statistic, totals.limits, review)
    names = dict.fromkeys(base.measure.name for base in totals.bases)
    return Joint(" and ".join(names), totals.statistic, parts.by, side, covariance, union_df, same)


def _shared(totals: Totals, parts: DomainUnions) -> tuple[FloatArray, FloatArray, IntArray, BoolArray]:
    """Respondents and strata of each part, df of every two parts' union, and which are the same."""
    members = parts.members
    n_domain = totals.domains.by_domain(totals.counted)
    n = members @ n_domain
    present = members @ totals.table((totals.counted > 0).astype(np.float64))
    present.data[:] = 1.0
    present.eliminate_zeros()
    strata = present.sum(axis=1)
    both = scipy.sparse.coo_array(members @ scipy.sparse.diags_array(n_domain) @ members.T)
    net, less = whole(n - strata), scipy.sparse.coo_array(both - present @ present.T)
    union_df = np.add.outer(net, net)
    union_df[less.row, less.col] -= whole(less.data)
    all_of_both = (both.data > 0) & (both.data == n[both.row]) & (both.data == n[both.col])
    alike = all_of_both & (parts.base[both.row] == parts.base[both.col])
    one, other = both.row[alike], both.col[alike]
    mixed_alike = _in_like_shares(parts.membership, n_domain, one, other)
    same = np.zeros(union_df.shape, dtype=np.bool_)
    same[one[mixed_alike], other[mixed_alike]] = True
    return n, strata, union_df, same


def _in_like_shares(
    membership: scipy.sparse.csr_array, n_domain: FloatArray, one: IntArray, other: IntArray
) -> BoolArray:
    """bool[pairs]: whether two parts mix their domains alike: a factor common to all shares is none."""
    heard = scipy.sparse.csr_array(membership @ scipy.sparse.diags_array((n_domain > 0).astype(np.float64)))
    whole_part = heard.sum(axis=1)
    scale = np.divide(1.0, whole_part, out=np.zeros_like(whole_part), where=whole_part > 0)
    scaled = scipy.sparse.csr_array(scipy.sparse.diags_array(scale) @ heard)
    gap = abs(scaled[one] - scaled[other]).sum(axis=1)
    return np.asarray(gap <= _ROUNDING_OF_SHARES)


def _derivatives(membership: scipy.sparse.csr_array, slope: FloatArray) -> scipy.sparse.csr_array:
    """sparse float64[parts, domains · 2 m]: each part's derivative by each domain's totals."""
    entries, width = membership.tocoo(), slope.shape[1]
    values = entries.data[:, None] * slope[entries.row]
    columns = entries.col[:, None].astype(np.int64) * width + np.arange(width)
    rows = np.repeat(entries.row, width)
    shape = (membership.shape[0], membership.shape[1] * width)
    return scipy.sparse.csr_array((values.ravel(), (rows, columns.ravel())), shape=shape)


def _covariances(totals: Totals, derivative: scipy.sparse.csr_array) -> FloatArray:
    """float64[parts, parts]: what is left of a variance by rounding alone is 0."""
    domains, width = totals.domains, totals.total.shape[1]
    within = scipy.sparse.bsr_array(
        (totals.within, np.arange(domains.count), np.arange(domains.count + 1)),
        shape=(derivative.shape[1], derivative.shape[1]),
    ).tocsr()
    rows = domains.pair_domain[:, None] * width + np.arange(width)
    columns = np.repeat(domains.pair_stratum, width)
    shape = (derivative.shape[1], totals.strata)
    z = derivative @ scipy.sparse.csr_array((totals.by_pair.ravel(), (rows.ravel(), columns)), shape=shape)
    centring = np.zeros(totals.strata)
    centring[domains.pair_stratum] = totals.centring
    found = (derivative @ within @ derivative.T - z @ scipy.sparse.diags_array(centring) @ z.T).toarray()
    if totals.regression is not None:
        found += _regressed(totals.regression, derivative).covariance()
    flat = is_rounding(np.diag(found), 4 * (derivative.power(2) @ within.diagonal()))
    found[flat], found[:, flat] = 0.0, 0.0
    return np.asarray(found, dtype=np.float64)


def _regressed(regression: Regression, derivative: scipy.sparse.csr_array) -> Regression:
    """Of the parts, from that of the totals: B_P = Σ_A g_P B_A, and likewise c."""
    slopes, crossed = (derivative @ values.T for values in (regression.slopes, regression.crossed))
    return Regression(slopes.T, crossed.T, regression.shared)


def quadratic(moments: FloatArray, slope: FloatArray, other: FloatArray | None = None) -> FloatArray:
    """Return g' M h for each row, as float64[rows]; h defaults to g."""
    found = np.einsum("pa,pab,pb->p", slope, moments, slope if other is None else other)
    return np.asarray(found, dtype=np.float64)


def rescale_lonely(totals: Totals, strata: FloatArray, lonely: FloatArray) -> FloatArray:
    """float64[parts]: with `average` strata over strata that are not lonely, NaN where all are; else 1."""
    if totals.treatment != "average":
        return np.ones_like(strata)
    if totals.regression is not None:
        # After calibration every stratum counts in every domain, as its residuals do.
        strata, lonely = np.full_like(strata, totals.strata), np.full_like(lonely, totals.alone)
    others = strata - lonely
    return np.divide(strata, others, out=np.full_like(others, np.nan), where=others > 0)


def _union_weight_sums(totals: Totals, parts: DomainUnions) -> WeightSums:
    """A share of a domain has all of its respondents, each with that share of its weight."""
    members = parts.members
    squared: scipy.sparse.csr_array = parts.membership.power(2)

    def of(values: str, matrix: scipy.sparse.csr_array) -> FloatArray:
        by_base = np.stack([matrix @ getattr(base.sums, values) for base in totals.bases])
        return np.asarray(by_base[parts.base, np.arange(len(parts.base))], dtype=np.float64)

    return WeightSums(
        n=whole(of("n", members)),
        responses=whole(of("responses", members)),
        answered=whole(of("answered", members)),
        skipped=of("skipped", members),
        weight=of("weight", parts.membership),
        square=of("square", squared),
        uncertain=of("uncertain", squared),
        population=of("population", parts.membership),
    )


def whole(numbers: FloatArray) -> IntArray:
    """int64[...]: counts that were added up as floating-point numbers."""
    return np.rint(numbers).astype(np.int64)
