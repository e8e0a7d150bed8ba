"""Estimates for areas with few answers, which borrow strength from the others: Fay and Herriot (1979)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.choices import refuse_unknown

AreaMethod = Literal["REML", "ML", "FH"]

_VARIANCE_ITERATIONS_MOST = 500
_RELATIVE_VARIANCE_PRECISION = 1e-12
_COLLINEAR_BELOW_RELATIVE_LENGTH = 1e-9


@dataclass(frozen=True)
class AreaModel:
    """The model direct_i = x_i'β + u_i + e_i with Var(u) = σ² and Var(e_i) known.

    Parameters
    ----------
    between : float
        σ²; 0 where areas differ by no more than chance explains.
    beta, beta_se : float64[covariates]
    estimate : float64[areas]
        The empirical best linear unbiased predictor; x_i'β where there is no direct estimate.
    mse : float64[areas]
    trust : float64[areas]
        σ² / (σ² + Var(e_i)), what the direct estimate counts; 0 where there is none.
    """

    between: float
    beta: FloatArray
    beta_se: FloatArray
    estimate: FloatArray
    mse: FloatArray
    trust: FloatArray


def fay_herriot(
    direct: FloatArray,
    variance: FloatArray,
    covariates: FloatArray | None = None,
    names: Sequence[str] | None = None,
    method: AreaMethod = "REML",
) -> AreaModel:
    """Small-area estimates with mean squared errors, as R's `sae::mseFH`.

    The mean squared error is g1 + g2 + 2 g3 of Prasad and Rao (1990), less (1 − trust)² times the bias
    of σ², with the variance and the bias of the method that found σ² (Datta and Lahiri 2000; Datta, Rao
    and Smith 2005; Rao and Molina 2015, chapter 6.2). For an area without a sample it is
    σ² + x'Var(β)x.

    Parameters
    ----------
    direct : float64[areas]
        NaN for an area without a sample.
    variance : float64[areas]
        Sampling variances, above 0; not used where `direct` is NaN.
    covariates : float64[areas, covariates], optional
        Known for every area; a constant is put before them.
    names : sequence of str, optional
        What they are called in errors.
    method : {"REML", "ML", "FH"}
        How σ² is found: where the restricted or the full likelihood is highest, or where
        Σ (y − x'β)² / (σ² + v) is what it is expected to be (Fay and Herriot 1979).

    Raises
    ------
    StatisticsError
        Shapes that do not fit, a variance that is none, covariates that are missing or collinear,
        fewer areas with a sample than coefficients and one more, or a σ² that cannot be found.
    """
    refuse_unknown("method", method, AreaMethod)
    x = _design_matrix(len(direct), covariates)
    known = np.isfinite(direct)
    _check(direct, variance, x, known, ("the constant", *(names or _default_names(x))))
    y, v, sampled = direct[known], variance[known], x[known]
    between = _find_between(y, v, sampled, method)
    weight = 1 / (between + v)
    covariance = np.asarray(np.linalg.inv((sampled.T * weight) @ sampled), dtype=np.float64)
    beta = covariance @ (sampled.T @ (weight * y))
    trust, estimate = np.zeros(len(direct)), x @ beta
    trust[known] = between * weight
    estimate[known] += trust[known] * (y - estimate[known])
    leverage = np.einsum("ij,jk,ik->i", x, covariance, x)
    mse = between + leverage
    shrunk = 1 - trust[known]
    error, bias = _error_and_bias(weight, covariance, sampled, method)
    uncertain = error * shrunk**2 * weight
    mse[known] = v * trust[known] + shrunk**2 * (leverage[known] - bias) + 2 * uncertain
    return AreaModel(between, beta, np.sqrt(np.diag(covariance)), estimate, mse, trust)


def _error_and_bias(
    weight: FloatArray, covariance: FloatArray, x: FloatArray, method: AreaMethod
) -> tuple[float, float]:
    """The variance of σ² and its bias, both for many areas.

    Parameters
    ----------
    weight : float64[areas]
        1 / (σ² + v).
    covariance : float64[covariates, covariates]
        Var(β).
    """
    areas, first, second = len(weight), weight.sum(), (weight**2).sum()
    if method == "REML":
        return 2 / second, 0.0
    if method == "ML":
        return 2 / second, -float(np.trace(covariance @ ((x.T * weight**2) @ x))) / second
    return 2 * areas / first**2, 2 * (areas * second - first**2) / first**3


def _find_between(y: FloatArray, v: FloatArray, x: FloatArray, method: AreaMethod) -> float:
    """σ² where the method's equation holds, or 0 where only a negative one would do."""
    between = float(np.median(v))
    for _ in range(_VARIANCE_ITERATIONS_MOST):
        following = max(between + _step(between, y, v, x, method), 0.0)
        if abs(following - between) <= _RELATIVE_VARIANCE_PRECISION * max(between, following):
            return following
        between = following
    raise StatisticsError(
        f"the variance between areas was not found in {_VARIANCE_ITERATIONS_MOST} steps;"
        " use fewer covariates or combine areas"
    )


def _step(between: float, y: FloatArray, v: FloatArray, x: FloatArray, method: AreaMethod) -> float:
    """How far σ² is to go: the score over what it is expected to lose on the way.

    Traces of P = V⁻¹ − V⁻¹ X Q X' V⁻¹ are taken without the matrix: areas · covariates² a step.
    """
    weight = 1 / (between + v)
    inverse = np.linalg.inv((x.T * weight) @ x)
    residual = y - x @ (inverse @ (x.T @ (weight * y)))
    if method == "FH":
        return float(((weight * residual**2).sum() - np.subtract(*x.shape)) / weight.sum())
    square = ((weight * residual) ** 2).sum()
    if method == "ML":
        return float((square - weight.sum()) / (weight**2).sum())
    second = inverse @ ((x.T * weight**2) @ x)
    third = inverse @ ((x.T * weight**3) @ x)
    trace = weight.sum() - np.trace(second)
    trace_of_square = (weight**2).sum() - 2 * np.trace(third) + np.trace(second @ second)
    return float((square - trace) / trace_of_square)


def _design_matrix(areas: int, covariates: FloatArray | None) -> FloatArray:
    constant = np.ones((areas, 1))
    if covariates is None:
        return constant
    if covariates.ndim != 2 or len(covariates) != areas:
        raise StatisticsError(f"covariates must be a table of {areas} areas, not of shape {covariates.shape}")
    return np.hstack([constant, covariates])


def _default_names(x: FloatArray) -> tuple[str, ...]:
    return tuple(f"covariate {place}" for place in range(1, x.shape[1]))


def _check(
    direct: FloatArray, variance: FloatArray, x: FloatArray, known: BoolArray, names: tuple[str, ...]
) -> None:
    """Raises for what no model can be fitted to."""
    if variance.shape != direct.shape:
        raise StatisticsError(f"{len(direct)} areas need as many variances, not {variance.size}")
    wrong = np.flatnonzero(known & ~((variance > 0) & np.isfinite(variance)))
    if len(wrong):
        value = variance[wrong[0]]
        raise StatisticsError(f"area {wrong[0]} has the sampling variance {value:g}; it must be above 0")
    for name, column in zip(names, x.T, strict=True):
        if not np.isfinite(column).all():
            area = int(np.flatnonzero(~np.isfinite(column))[0])
            raise StatisticsError(f"{name} is missing for area {area}; give it for all or leave it out")
    if known.sum() <= x.shape[1]:
        raise StatisticsError(
            f"areas with a sample: {known.sum()}, fewer than the {x.shape[1] + 1} that a model with"
            f" {x.shape[1] - 1} covariates takes; tell more areas apart, or name fewer covariates"
        )
    _refuse_collinear(x[known], names)


def _refuse_collinear(x: FloatArray, names: tuple[str, ...]) -> None:
    """Names the first covariate that the ones before it determine."""
    length = np.linalg.norm(x, axis=0)
    for place in range(1, x.shape[1]):
        before = scipy.linalg.orth(x[:, :place] / np.maximum(length[:place], 1e-300))
        rest = x[:, place] - before @ (before.T @ x[:, place])
        if np.linalg.norm(rest) <= _COLLINEAR_BELOW_RELATIVE_LENGTH * length[place]:
            raise StatisticsError(
                f"{names[place]} is determined by {', '.join(names[:place])} in the areas with a sample;"
                " leave one of them out"
            )
