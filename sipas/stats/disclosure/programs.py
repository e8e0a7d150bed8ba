"""Linear programs over counts that add up to known totals."""

from __future__ import annotations

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray

_INFEASIBLE_STATUS = 2


class Contradiction(StatisticsError):
    """No counts have these totals."""


def least(
    objective: FloatArray, sums: scipy.sparse.csr_array, totals: FloatArray, limit: float
) -> FloatArray:
    """float64[variables]: variables in [0, limit] with these sums and the least objective.

    Raises
    ------
    Contradiction
        There are none.
    """
    nothing = (totals == 0) & (sums.min(axis=1).toarray().ravel() >= 0)
    free = np.asarray(sums[np.flatnonzero(nothing)].sum(axis=0) == 0).ravel()
    solution = np.zeros(len(objective))
    solution[free] = _optimum(objective[free], sums[~nothing][:, free], totals[~nothing], limit)
    return solution


def _optimum(
    objective: FloatArray, sums: scipy.sparse.csr_array, totals: FloatArray, limit: float
) -> FloatArray:
    """As `least`. HiGHS's own presolve costs more here than it saves: it is the second try."""
    from scipy.optimize import linprog  # 0.2 s, which no start of the service needs

    for presolve in (False, True):
        found = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrices
            objective,
            A_eq=sums if len(totals) else None,
            b_eq=totals if len(totals) else None,
            bounds=(0.0, limit),
            method="highs",
            options={"presolve": presolve},
        )
        if found.success:
            return np.asarray(found.x, dtype=np.float64)
    if found.status == _INFEASIBLE_STATUS:
        raise Contradiction(
            "the published tables contradict each other: no counts add up to all of them, "
            "or earlier releases hold answers that are gone; start a new series of releases"
        )
    raise StatisticsError(f"the audit of the tables could not be worked out: {found.message}")
