"""Why no weights meet the totals: the total that is missed, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import scipy

from sipas.stats.arrays import FloatArray

# A shortfall below this part of a total is rounding of the linear programme.
_RELATIVE_ROUNDING_OF_TOTALS = 1e-7


class Wanted(Protocol):
    """As `sipas.stats.calibration.solve.Problem`."""

    @property
    def design(self) -> FloatArray: ...

    @property
    def auxiliaries(self) -> scipy.sparse.csr_array: ...

    @property
    def totals(self) -> FloatArray: ...

    @property
    def names(self) -> Sequence[str]: ...


def explain(problem: Wanted, low: float, high: float, error: FloatArray, rounds: int) -> str:
    """One sentence: a total out of reach by itself, several that exclude one another, or no convergence.

    Parameters
    ----------
    low, high : float
        Of the ratio of weights.
    error : float64[p]
        Relative, where the search ended.
    """
    return (
        alone_out_of_reach(problem, low, high)
        or _jointly_out_of_reach(problem, low, high)
        or _unfinished(problem, error, rounds)
    )


def alone_out_of_reach(problem: Wanted, low: float, high: float) -> str | None:
    """The total that lies farthest outside of what the bounds let it be, relative to itself."""
    weighted = problem.auxiliaries.multiply(problem.design[:, None]).tocsc()
    if weighted.nnz and weighted.data.min() < 0:
        return None
    unbounded = np.asarray(weighted.sum(axis=0)).ravel()
    with np.errstate(invalid="ignore", over="ignore"):
        least, most = np.nan_to_num(low * unbounded), np.nan_to_num(high * unbounded)
        beyond = np.maximum(problem.totals - most, least - problem.totals)
        relative = beyond / np.maximum(np.abs(problem.totals), 1e-300)
    worst = int(np.argmax(relative))
    if not relative[worst] > _RELATIVE_ROUNDING_OF_TOTALS:
        return None
    return (
        f"{problem.names[worst]}: the total is {problem.totals[worst]:.10g}, but weights between {low:g} and"
        f" {high:g} times what they were bring it from {least[worst]:.6g} to {most[worst]:.6g} only,"
        f" {beyond[worst]:.6g} off; widen the bounds, or merge levels"
    )


def _jointly_out_of_reach(problem: Wanted, low: float, high: float) -> str | None:
    """Return the smallest possible deviations from the margins, by their sum."""
    from scipy import optimize  # 0.2 s, which no start of the service needs

    p, rows = len(problem.totals), len(problem.design)
    scale = np.maximum(np.abs(problem.totals), 1e-300)
    weighted = problem.auxiliaries.multiply(problem.design[:, None]).multiply(1 / scale[None, :])
    slack = scipy.sparse.eye_array(p)
    found = optimize.linprog(  # type: ignore[call-overload]  # its stubs know no sparse constraints
        np.r_[np.zeros(rows), np.ones(2 * p)],
        A_eq=scipy.sparse.hstack([weighted.T, slack, -slack]),
        b_eq=problem.totals / scale,
        bounds=[(low, high)] * rows + [(0.0, np.inf)] * (2 * p),
        method="highs",
    )
    if found.x is None or found.fun <= _RELATIVE_ROUNDING_OF_TOTALS:
        return None
    short, over = found.x[rows : rows + p] * scale, found.x[rows + p :] * scale
    worst = int(np.argmax(np.maximum(short, over) / scale))
    many, amount = ("less", short) if short[worst] > over[worst] else ("more", over)
    others = int(np.count_nonzero(np.maximum(short, over) > _RELATIVE_ROUNDING_OF_TOTALS * scale)) - 1
    missed = f" (and {others} more totals are missed)" if others else ""
    where = "" if np.isinf(high) and low <= 0 else " between these bounds"
    return (
        f"no weights{where} meet all totals at once: {problem.names[worst]} would get"
        f" {amount[worst]:.6g} {many} than its {problem.totals[worst]:.10g}{missed};"
        f" {'widen the bounds, or ' if where else ''}merge levels"
    )


def _unfinished(problem: Wanted, error: FloatArray, rounds: int) -> str:
    worst = int(np.argmax(np.abs(error)))
    scale = abs(problem.totals[worst])
    return (
        f"no convergence in {rounds} rounds: {problem.names[worst]} is still"
        f" {abs(error[worst]) * scale:.6g} off its total of {problem.totals[worst]:.10g};"
        " merge levels with few responses, or ask for another distance or wider bounds"
    )
