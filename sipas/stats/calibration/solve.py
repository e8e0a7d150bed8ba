"""The core of calibration: ratios of weights by which weighted totals become known totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.calibration.distances import Bounds, Distance, DistanceName, find_distance
from sipas.stats.calibration.infeasible import alone_out_of_reach, explain

CALIBRATION_ITERATIONS_MOST = 100

# Relative errors of totals: what is aimed at, and what is good enough where rounding allows no more.
_EXACT_RELATIVE_ERROR, _ACCEPTED_RELATIVE_ERROR = 1e-13, 1e-9

# An auxiliary whose remainder, after regression on earlier ones, is below this depends on them.
_DEPENDENT_BELOW_PIVOT = 1e-11

# A slope of F below which a row hardly answers to λ any more.
_FLAT_SLOPE = 1e-6

_STEP_HALVINGS_MOST = 20

# The search is given up when the error has not halved in this many rounds.
_ITERATIONS_WITHOUT_GAIN_MOST = 15


@dataclass(frozen=True)
class Problem:
    """Rows of respondents that are to reproduce totals.

    Parameters
    ----------
    design : float64[rows]
        The weight of all respondents of a row before calibration.
    auxiliaries : sparse float64[rows, p]
    totals : float64[p]
    names : sequence of str
        Of the auxiliaries, for messages.
    """

    design: FloatArray
    auxiliaries: scipy.sparse.csr_array
    totals: FloatArray
    names: Sequence[str]

    @property
    def scale(self) -> FloatArray:
        """float64[p]: what errors are relative to."""
        reach = abs(self.auxiliaries).T @ np.abs(self.design)
        return np.maximum(np.abs(self.totals), np.where(reach > 0, reach * 1e-12, 1.0))

    def misfit(self, ratio: FloatArray) -> FloatArray:
        """float64[p]: by how much the weighted totals fall short."""
        return np.asarray(self.totals - self.auxiliaries.T @ (self.design * ratio))

    def products(self, weight: FloatArray) -> scipy.sparse.csr_array:
        """sparse float64[p, p]: Σ w x x'."""
        return crossed(self.auxiliaries, weight)


@dataclass(frozen=True)
class Solution:
    """g by row, how many rounds it took, and the largest relative error of a total that is left."""

    ratio: FloatArray
    rounds: int
    error: float


def calibrate_weights(
    weight: FloatArray,
    count: FloatArray,
    auxiliaries: FloatArray | scipy.sparse.csr_array,
    totals: FloatArray,
    distance: DistanceName = "linear",
    bounds: Bounds | None = None,
    names: Sequence[str] | None = None,
) -> FloatArray:
    """Ratios g by which weights are multiplied, so that Σ count · weight · g · x equals the totals.

    They are as near to 1 as the distance measures it (Deville and Särndal 1992): `linear`, the
    generalised regression estimator; `raking`, which keeps weights positive; `logit`, which keeps g
    between the bounds smoothly. With bounds `linear` and `raking` are cut off there.

    Parameters
    ----------
    weight : float64[rows]
        The design weight of each respondent of a row.
    count : float64[rows]
        Respondents of a row; 1 for data by respondent.
    auxiliaries : float64[rows, p], dense or sparse
        Each respondent's x. Redundant ones (all levels of several margins) may be among them.
    totals : float64[p]
        Of x in the population.
    distance : {"linear", "raking", "logit"}
    bounds : (float, float), optional
        L < 1 < U for g.
    names : sequence of str, optional
        What the auxiliaries are called in messages.

    Returns
    -------
    float64[rows]

    Raises
    ------
    StatisticsError
        Shapes that do not agree; weights, counts, auxiliaries or totals that are negative, infinite
        or missing; no such weights: the message names the auxiliary and the amount.
    """
    matrix, wanted = scipy.sparse.csr_array(auxiliaries), np.asarray(totals, dtype=np.float64)
    if not matrix.shape[0] == len(weight) == len(count) or matrix.shape[1:] != wanted.shape:
        raise StatisticsError(
            f"{len(weight)} weights, {len(count)} counts, {matrix.shape} auxiliaries and"
            f" {len(wanted)} totals do not go together"
        )
    for what, numbers in (("weight", weight), ("count", count)):
        wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))
        if len(wrong):
            raise StatisticsError(
                f"row {wrong[0] + 1}: the {what} is {numbers[wrong[0]]}; it must be a number, 0 or more"
            )
    if not np.isfinite(matrix.data).all() or not np.isfinite(wanted).all():
        raise StatisticsError("auxiliaries and totals must be numbers; some are infinite or missing")
    names = names or [f"auxiliary {k + 1}" for k in range(len(wanted))]
    problem = Problem(np.asarray(weight * count, dtype=np.float64), matrix.astype(np.float64), wanted, names)
    return solve(problem, find_distance(distance, bounds)).ratio


def solve(problem: Problem, distance: Distance) -> Solution:
    """Newton's method on the convex dual, Σ design ∫F(x'λ) − totals'λ, with halved steps where needed."""
    out_of_reach = alone_out_of_reach(problem, distance.low, distance.high)
    if out_of_reach:
        raise StatisticsError(out_of_reach)
    kept = independent(problem.products(problem.design).toarray())
    part = Problem(problem.design, problem.auxiliaries[:, kept], problem.totals[kept], ())
    scale, slopes = problem.scale, np.zeros(len(kept))
    u = np.zeros(len(problem.design))
    best = Solution(np.ones(len(u)), 0, float(_largest(problem.misfit(np.ones(len(u))) / scale)))
    for rounds in range(1, CALIBRATION_ITERATIONS_MOST + 1):
        if best.error < _EXACT_RELATIVE_ERROR:
            break
        step = _newton_step(part, distance, u, best.error)
        slopes, u = _shortened(part, distance, slopes, u, step, scale[kept])
        ratio = distance.ratio(u)
        error = _largest(problem.misfit(ratio) / scale)
        if (
            error >= best.error < _ACCEPTED_RELATIVE_ERROR
            or rounds > best.rounds + _ITERATIONS_WITHOUT_GAIN_MOST
        ):
            break
        if error < best.error / 2 or error < _ACCEPTED_RELATIVE_ERROR:
            best = Solution(ratio, rounds, error)
    if not best.error < _ACCEPTED_RELATIVE_ERROR:
        worst = problem.misfit(best.ratio) / scale
        raise StatisticsError(explain(problem, distance.low, distance.high, worst, best.rounds))
    return best


def _newton_step(part: Problem, distance: Distance, u: FloatArray, error: float) -> FloatArray:
    """The step in λ. If bounds cut the slope of rows to 0, the matrix is kept from being singular."""
    from scipy.sparse.linalg import splu  # 0.1 s, which no start of the service needs

    slope = distance.slope(u)
    matrix, misfit = part.products(part.design * slope), part.misfit(distance.ratio(u))
    if slope.min(initial=1.0) < _FLAT_SLOPE:
        usual = part.products(part.design).diagonal()
        matrix = matrix + min(error, 1e-2) * scipy.sparse.diags_array(usual).tocsr()
    # Levels of one margin never meet, so that the matrix of margins is sparse.
    return np.asarray(splu(matrix.tocsc(), "MMD_AT_PLUS_A", options={"SymmetricMode": True}).solve(misfit))


def _shortened(
    part: Problem,
    distance: Distance,
    slopes: FloatArray,
    u: FloatArray,
    step: FloatArray,
    scale: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """λ and x'λ after as much of the step as lowers the dual, or the largest error."""
    misfit = part.misfit(distance.ratio(u))
    before, gain, share = _dual(part, distance, slopes, u), float(misfit @ step), 1.0
    for _ in range(_STEP_HALVINGS_MOST):
        there = slopes + share * step
        at = part.auxiliaries @ there
        error = _largest(part.misfit(distance.ratio(at)) / scale)
        if (
            error < _largest(misfit / scale)
            or _dual(part, distance, there, at) < before - 1e-4 * share * gain
        ):
            break
        share /= 2
    return there, np.asarray(at)


def _dual(part: Problem, distance: Distance, slopes: FloatArray, u: FloatArray) -> float:
    return float(part.design @ distance.integral(u) - part.totals @ slopes)


def _largest(errors: FloatArray) -> float:
    return float(np.abs(errors).max(initial=0.0))


def crossed(auxiliaries: scipy.sparse.csr_array, weight: FloatArray) -> scipy.sparse.csr_array:
    """Return Σ w x x' over rows: sparse float64[p, p]."""
    return scipy.sparse.csr_array(auxiliaries.T.tocsr() @ scaled(auxiliaries, weight))


def scaled(matrix: scipy.sparse.csr_array, weight: FloatArray) -> scipy.sparse.csr_array:
    """Return the rows of a matrix, each multiplied by its weight."""
    values = matrix.data * np.repeat(weight, np.diff(matrix.indptr))
    return scipy.sparse.csr_array((values, matrix.indices, matrix.indptr), shape=matrix.shape)


def independent(matrix: FloatArray) -> IntArray:
    """Return the positions of linearly independent auxiliaries, from Σ w x x'."""
    norms = np.sqrt(matrix.diagonal())
    unit = np.divide(1.0, norms, out=np.zeros_like(norms), where=norms > 0)
    _, order, rank, _ = scipy.linalg.lapack.dpstrf(matrix * np.outer(unit, unit), tol=_DEPENDENT_BELOW_PIVOT)
    return np.sort(order[:rank].astype(np.int64) - 1)
