"""Design effects and effective sample sizes."""

from dataclasses import dataclass, replace

import numpy as np

from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.estimates.domains import Domains
from sipas.stats.estimates.moments import Moments
from sipas.stats.grouping import weighted_sum
from sipas.stats.options import Statistic

# A variance ratio below this is 0 but for rounding.
ROUNDING_OF_RATIOS = 1e-12

# From this many dissatisfied respondents on a variance ratio is taken as it is. To fewer, a quarter of one is
# added.
_FEW_DISSATISFIED, _DISSATISFIED_ADDED = 30.0, 0.25


@dataclass(frozen=True)
class WeightSums:
    """Sums of the weights of each domain's respondents.

    For an item these are the respondents who answered it, weighted by 1 / P(asked) too; for factors
    all respondents.

    Parameters
    ----------
    n : int64[domains]
    responses : int64[domains]
        All respondents.
    answered : int64[domains]
        Those who answered an item of the measure.
    skipped : float64[domains]
        Answers missing, see `Moments.skipped`; 0 in a complete count without missing answers.
    weight, square, uncertain : float64[domains]
        Σ w, Σ w² and Σ w² (1 − f).
    population : float64[domains]
        Σ w over all respondents, without 1 / P(asked).
    """

    n: IntArray
    responses: IntArray
    answered: IntArray
    skipped: FloatArray
    weight: FloatArray
    square: FloatArray
    uncertain: FloatArray
    population: FloatArray

    @property
    def complete(self) -> BoolArray:
        """bool[domains]: where every stratum is a complete count, so that nothing is uncertain."""
        return np.asarray((self.weight > 0) & (self.uncertain == 0))


def weight_sums(
    moments: Moments, domains: Domains, fraction: FloatArray, known: WeightSums | None = None
) -> WeightSums:
    """Adds up the weights in each domain.

    Parameters
    ----------
    fraction : float64[variance strata]
        f.
    known : WeightSums, optional
        That of another measure with the same base: what is not about answers is taken from it.
    """
    responses, answered, skipped = moments.responses(), moments.answered(), moments.skipped()
    if known is not None:
        return replace(known, answered=domains.total(answered), skipped=domains.total(skipped))
    base = responses if moments.measure.item is None else answered
    weights = moments.weight * base
    squares = weights * moments.weight
    pair_squares = domains.by_pair(squares)
    return WeightSums(
        n=domains.total(base),
        responses=domains.total(responses),
        answered=domains.total(answered),
        skipped=domains.total(skipped),
        weight=domains.total(weights),
        square=domains.by_domain(pair_squares),
        uncertain=domains.by_domain(pair_squares * (1 - fraction[domains.pair_stratum])),
        population=domains.total(moments.design_weight * responses),
    )


def design_effects(
    value: FloatArray, sum_of_squares: FloatArray, base: WeightSums, is_weighted: bool
) -> tuple[FloatArray, FloatArray]:
    """R's `deff=TRUE` and `deff="replace"`: V over that of a simple random sample of n respondents.

    The first sample is drawn without replacement from Σ w, the second with. Without weights Σ w is
    no population, and the first is the second. NaN below two respondents, and where the simple
    random sample has no variance. The first is NaN too where Σ w ≤ n, as a sample without
    replacement cannot be larger than what it is drawn from; R gives NA and a warning there. A share of
    Σ w that is 0 but for rounding, as where counts were raised to the responses, is 0.

    Parameters
    ----------
    value, sum_of_squares : float64[..., domains]
        The variances V, and Σ w e² of the linearised estimates.
    base : WeightSums
        Of the same shape.
    """
    simple = sum_of_squares * base.weight / np.maximum(base.n - 1, 1)
    finite = 1 - base.n / np.maximum(base.weight, 1e-300) if is_weighted else np.ones_like(value)
    known = (base.n > 1) & (simple > 0)
    replace = np.divide(value, simple, out=np.full_like(value, np.nan), where=known)
    known = known & (finite > ROUNDING_OF_RATIOS)
    return np.divide(replace, finite, out=np.full_like(value, np.nan), where=known), replace


def effective_sizes(
    value: FloatArray, between: FloatArray, base: WeightSums, variance_ratio: float | FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The effective sample sizes `design` and `robust`.

    n_V = S² / V; where V = 0 it is those who answered. Robust is min(n_V, n_K / d) with
    n_K = (Σ w)² / Σ w² (1 − f), after Kish: the V of a small domain can be 0 by luck, its weights
    cannot.

    Parameters
    ----------
    value : float64[..., domains]
        The variances V.
    between : float64[..., domains]
        S², see `between_respondents`.
    base : WeightSums
        Of the same shape.
    variance_ratio : float or float64[...]
        d, see `answers_variance_ratio`.

    Returns
    -------
    design, robust : float64[..., domains]
    """
    unlimited = np.full_like(value, np.inf)
    design = np.divide(between, value, out=base.answered.astype(np.float64), where=value > 0)
    kish = np.divide(base.weight**2, base.uncertain, out=unlimited, where=base.uncertain > 0)
    return design, np.minimum(design, kish / variance_ratio)


def between_respondents(
    estimate: FloatArray, sum_of_squares: FloatArray, base: WeightSums, statistic: Statistic
) -> FloatArray:
    """float64[..., domains]: S², the variance between respondents: R (1 − R) for shares, else Σw Σ w e²."""
    return estimate * (1 - estimate) if statistic == "share" else sum_of_squares * base.weight


def no_estimate(value: FloatArray, between: FloatArray, base: WeightSums) -> BoolArray:
    """bool[..., domains]: where negative weights, such as `linear` calibration may give, allow no estimate.

    With weights of 0 or more R is in [0, 1], S² is 0 only where V is, and (Σ w)² is at least Σ w²:
    no domain has an effective size below one respondent.

    Parameters
    ----------
    value, between : float64[..., domains]
        V and S², as in `effective_sizes`.
    base : WeightSums
        Of the same shape.
    """
    scattered = (value > ROUNDING_OF_RATIOS) & (between < ROUNDING_OF_RATIOS * value)
    below_one = (base.weight < 0) | (base.weight**2 < (1 - ROUNDING_OF_RATIOS) * base.square)
    return np.asarray((between < -ROUNDING_OF_RATIOS) | scattered | below_one)


def kish_effect(base: WeightSums) -> FloatArray:
    """float64[..., domains]: the effect of weighting alone, 1 + cv²(w) = n Σw² / (Σw)²."""
    effect = np.full_like(base.weight, np.nan)
    np.divide(base.n * base.square, base.weight**2, out=effect, where=base.weight > 0)
    return effect


def answers_variance_ratio(whole: Moments) -> float:
    """d = Var(u_i) / (R (1 − R)) over all respondents, with u_i = z_i Σw / w_i; 1 for a single item.

    How much less than one answer to one item the several answers of one respondent vary: below 1
    where they average out. Also 1 for means, and where respondents do not differ at all, which
    only chance or a small number of them brings about. Where few are dissatisfied d is drawn
    towards 1, see `shrink_towards_one`.

    Parameters
    ----------
    whole : Moments
        Of all cells that have a weight.
    """
    if whole.measure.item is not None or whole.kind == "T":
        return 1.0
    y, x = whole.totals_together()
    shares = whole.measure.shares(x != 0)
    if not (shares > 0).any() or (x[shares > 0] == 0).any():
        return 1.0
    value = np.divide(y, x, out=np.zeros_like(y), where=x != 0)
    coefficient = np.divide(shares, x, out=np.zeros_like(x), where=x != 0)
    sum_of_squares = whole.squares_together(value, coefficient)
    share, responses = float((coefficient * y).sum()), whole.responses().astype(np.float64)
    respondents = weighted_sum(whole.weight, responses)
    ratio = float(sum_of_squares * respondents / (share * (1 - share))) if 0 < share < 1 else 1.0
    kish = respondents**2 / weighted_sum(whole.weight**2, responses)
    return shrink_towards_one(ratio, kish * (1 - share)) if ratio > ROUNDING_OF_RATIOS else 1.0


def shrink_towards_one(ratio: float, dissatisfied: float) -> float:
    """d + (1 − d) b, with b = ¼ / (ν + ¼) (1 − ν / 30) for a number ν = n_K (1 − R) below 30, else 0.

    The same stroke of luck makes a share too high, its variance too small and d too small, so that
    a round of a few respondents would trust its answers most where it should least. A quarter of a
    dissatisfied respondent who answers all items alike, put beside those that there are, mends the
    coverage of intervals from 0.85–0.94 to 0.94–0.98 (docs/explanation/coverage.md); from 30 none is needed.
    """
    fading = max(0.0, 1 - dissatisfied / _FEW_DISSATISFIED)
    return ratio + (1 - ratio) * fading * _DISSATISFIED_ADDED / (max(dissatisfied, 0.0) + _DISSATISFIED_ADDED)
