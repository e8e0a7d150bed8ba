"""Each domain against all others together, or against the whole that it is a part of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.choices import refuse_unknown
from sipas.stats.contrasts.domain_unions import Joint, join_domains, quadratic, rescale_lonely, whole
from sipas.stats.contrasts.estimate_sets import EstimateSet, Pairs, estimate_set, gradient
from sipas.stats.contrasts.totals import Totals, find_totals
from sipas.stats.estimates.domains import find_domains
from sipas.stats.estimates.effective import WeightSums
from sipas.stats.estimates.estimate import Found
from sipas.stats.estimates.measures import Measure
from sipas.stats.estimates.residuals import Regression
from sipas.stats.estimates.variance import Variance, is_rounding
from sipas.stats.grouping import summed
from sipas.stats.options import OPTIONS_WITHOUT_FPC, Options
from sipas.stats.weights.weighted_cells import WeightedCells

Against = Literal["rest", "whole"]

# A remainder below this part of the whole's total is rounding error: the complement is empty.
_RELATIVE_ROUNDING_OF_COMPLEMENT = 1e-12


def against_all(
    sample: WeightedCells,
    measure: Measure,
    by: Sequence[str],
    against: Against,
    options: Options = OPTIONS_WITHOUT_FPC,
) -> tuple[Joint, Pairs]:
    """Each domain compared with all others taken together, or with all domains, itself among them.

    With T the totals of the whole, Cov(T_A, T) is what T_A has in common with all domains, and
    Cov(T_A, T − T_A) = Cov(T_A, T) − V(T_A): for every domain a matrix as small as the measure has
    ratios, so that nobody's rest is added up.

    Parameters
    ----------
    against : {"rest", "whole"}
    sample, measure, by, options
        As in `estimate_jointly`.

    Returns
    -------
    Joint
        Of the domains.
    Pairs
        Each domain, first, and its rest or the whole, second; in the order of the domains.

    Raises
    ------
    StatisticsError
        As `estimate_jointly`.
    """
    refuse_unknown("what to compare with", against, Against)
    domains = find_domains(sample, by)
    totals = find_totals(sample, (measure,), domains, options)
    joint = join_domains(totals)
    other = _find_complement(totals, against)
    side, other_slope = other.side(totals)
    _, slope = gradient(totals.total, _shares(totals, totals.total))
    strata = domains.by_domain(totals.counted > 0)
    slope *= np.sqrt(rescale_lonely(totals, strata, domains.by_domain(totals.lonely)))[:, None]
    known = np.isfinite(joint.side.variance + side.variance)
    return joint, Pairs(
        statistic=options.statistic,
        first=joint.side,
        second=side,
        covariance=np.where(known, quadratic(other.common, slope, other_slope), np.nan),
        df=np.full(len(joint), round(totals.counted.sum()) - np.count_nonzero(_in_strata(totals))),
        same=(joint.n > 0) & (joint.n == side.n) & (against == "whole"),
    )


@dataclass(frozen=True)
class _Complement:
    """The set that each domain is compared with.

    Parameters
    ----------
    total : float64[domains, 2 m]
    variance, common : float64[domains, 2 m, 2 m]
        V of these totals, and their covariance with the domain's own, whose totals come first.
    sum_of_squares : float64[domains, 2 m, 2 m]
    scale : float64[2 m]
        What the variances are differences of, for rounding.
    n, strata, lonely : float64[domains]
    sums : WeightSums
    review : bool[domains]
    """

    total: FloatArray
    variance: FloatArray
    common: FloatArray
    sum_of_squares: FloatArray
    scale: FloatArray
    n: FloatArray
    strata: FloatArray
    lonely: FloatArray
    sums: WeightSums
    review: BoolArray

    def side(self, totals: Totals) -> tuple[EstimateSet, FloatArray]:
        """The estimates, and their derivatives by the totals, blown up where `average` asks for it."""
        estimate, slope = gradient(self.total, _shares(totals, self.total))
        derivative = slope * np.sqrt(rescale_lonely(totals, self.strata, self.lonely))[:, None]
        value = quadratic(self.variance, derivative)
        value[is_rounding(value, 4 * (derivative**2 @ self.scale))] = 0.0
        variance = Variance(value, whole(self.n - self.strata), whole(self.n), whole(self.lonely))
        sum_of_squares = quadratic(self.sum_of_squares, slope)
        ratio = totals.bases[0].variance_ratio
        silent = totals.silent(self.total, np.zeros(len(self.total), dtype=np.int64))
        found = Found(estimate, sum_of_squares, variance, self.sums, ratio, silent)
        side = estimate_set(found, totals.statistic, totals.limits, self.review)
        return side, derivative


def _find_complement(totals: Totals, against: Against) -> _Complement:
    """The whole less nothing, or less each domain itself."""
    domains, less = totals.domains, float(against == "rest")
    own, common = _own_and_common(totals)
    n = domains.by_domain(totals.counted)
    left = n.sum() - less * n
    all_of_stratum = (totals.counted > 0) & (totals.counted == _in_strata(totals)[domains.pair_stratum])
    lonely = domains.by_domain(totals.lonely)
    total = totals.total.sum(axis=0) - less * totals.total
    nobody = (left == 0)[:, None] | (total <= _RELATIVE_ROUNDING_OF_COMPLEMENT * totals.total.sum(axis=0))
    return _Complement(
        total=np.where(nobody, 0.0, total),
        variance=common.sum(axis=0) - less * (common + common.transpose(0, 2, 1) - own),
        common=common - less * own,
        sum_of_squares=totals.sum_of_squares.sum(axis=0) - less * totals.sum_of_squares,
        scale=np.diag(totals.within.sum(axis=0)),
        n=left,
        strata=np.count_nonzero(_in_strata(totals)) - less * domains.by_domain(all_of_stratum),
        lonely=lonely.sum() - less * lonely,
        sums=_complement_weight_sums(totals.bases[0].sums, less, left > 0),
        review=domains.population.each(lambda values: values.sum() - less * values).review,
    )


def _own_and_common(totals: Totals) -> tuple[FloatArray, FloatArray]:
    """float64[domains, 2 m, 2 m]: V(T_A), and Cov(T_A, T) with T the totals of all domains."""
    domains, stratum, sums = totals.domains, totals.domains.pair_stratum, totals.by_pair
    of_stratum = np.stack([summed(stratum, part, totals.strata) for part in sums.T], axis=1)[stratum]
    own, common = totals.within.copy(), totals.within.copy()
    for a, centred in enumerate((sums * totals.centring[:, None]).T):
        for b in range(sums.shape[1]):
            own[:, a, b] -= domains.by_domain(centred * sums[:, b])
            common[:, a, b] -= domains.by_domain(centred * of_stratum[:, b])
    if totals.regression is not None:
        own += _regressed_covariance(totals.regression, own.shape[:2], to_all=False)
        common += _regressed_covariance(totals.regression, own.shape[:2], to_all=True)
    return own, common


def _regressed_covariance(regression: Regression, shape: tuple[int, int], to_all: bool) -> FloatArray:
    """float64[domains, 2 m, 2 m]: what calibration adds to V(T_A), or to Cov(T_A, T).

    B_A'M B − B_A'c − c_A'B, with B and c of the domain itself or summed over all.
    """
    drawn = regression.shared @ regression.slopes - regression.crossed
    less, slopes, crossed = (
        values.reshape(len(values), *shape) for values in (drawn, regression.slopes, regression.crossed)
    )
    other_slopes, other_crossed = (
        np.broadcast_to(values.sum(axis=1, keepdims=True), values.shape) if to_all else values
        for values in (slopes, crossed)
    )
    found = np.einsum("pka,pkb->kab", less, other_slopes)
    return np.asarray(found - np.einsum("pka,pkb->kab", slopes, other_crossed), dtype=np.float64)


def _in_strata(totals: Totals) -> FloatArray:
    """float64[variance strata]: the respondents counted, of all domains together."""
    return summed(totals.domains.pair_stratum, totals.counted, totals.strata)


def _shares(totals: Totals, total: FloatArray) -> FloatArray:
    """float64[rows, m]: what the ratios count in the only measure, where these are the totals."""
    return totals.shares(total, np.zeros(len(total), dtype=np.int64))


def _complement_weight_sums(own: WeightSums, less: float, anybody: BoolArray) -> WeightSums:
    def left(values: FloatArray) -> FloatArray:
        return np.where(anybody, np.maximum(values.sum() - less * values, 0.0), 0.0)

    return WeightSums(
        n=whole(left(own.n.astype(np.float64))),
        responses=whole(left(own.responses.astype(np.float64))),
        answered=whole(left(own.answered.astype(np.float64))),
        skipped=left(own.skipped),
        weight=left(own.weight),
        square=left(own.square),
        uncertain=left(own.uncertain),
        population=left(own.population),
    )
