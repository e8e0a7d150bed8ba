"""Replicates of row designs: one first-stage cluster left out at a time."""

from collections.abc import Callable

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray
from sipas.stats.rows.design import RowDesign
from sipas.stats.rows.estimates import as_columns, have_all
from sipas.stats.rows.variance import cluster_totals

Statistic = Callable[[FloatArray], FloatArray]


def jackknife_totals(design: RowDesign, values: FloatArray) -> FloatArray:
    """The jackknife covariance of Σ w y; see `jackknife_ratios`."""
    return delete_one(design, as_columns(design, values), lambda totals: totals)


def jackknife_means(design: RowDesign, values: FloatArray) -> FloatArray:
    """The jackknife covariance of Σ w y / Σ w; see `jackknife_ratios`."""
    return jackknife_ratios(design, values, np.ones_like(as_columns(design, values)))


def jackknife_ratios(design: RowDesign, numerators: FloatArray, denominators: FloatArray) -> FloatArray:
    """The jackknife covariance of Σ w y / Σ w x.

    Leaving out cluster c of stratum h, and giving its weight to the stratum's others, gives θ_hc;
    V = Σ_h (1 − f_h) (n_h − 1) / n_h Σ_c (θ_hc − θ̄)², with θ̄ the mean of all (Wolter 2007, chapter 4;
    R's `as.svrepdesign` with "JKn", and with "JK1" where there is one stratum). Later stages enter
    through the totals of the clusters. A stratum's only cluster is left out with nothing in its place.

    Parameters
    ----------
    design : RowDesign
    numerators, denominators : float64[rows] or float64[rows, variables]
        A row that has NaN in any of them is left out of the estimates, not of the design.

    Returns
    -------
    float64[variables, variables]
        NaN where leaving out a cluster leaves nothing.

    Raises
    ------
    StatisticsError
        A calibrated design, whose replicates would each have to be calibrated.
    """
    y, x = as_columns(design, numerators), as_columns(design, denominators)
    both = np.concatenate([y, x], axis=1)

    def ratios(totals: FloatArray) -> FloatArray:
        upper, lower = np.split(totals, 2, axis=-1)
        return np.divide(upper, lower, out=np.full_like(upper, np.nan), where=lower != 0)

    return delete_one(design, both, ratios)


def delete_one(design: RowDesign, values: FloatArray, statistic: Statistic) -> FloatArray:
    if design.calibrated is not None:
        raise StatisticsError("replicates of a calibrated design are not made; use its linearised variance")
    first = design.stages[0]
    present = have_all(values)
    weighted = np.where(present, design.weight, 0.0)[:, None] * np.where(present[:, None], values, 0.0)
    totals = cluster_totals(first.cluster, len(first.group), weighted)
    stratum = cluster_totals(first.group, len(first.size), totals)
    n = first.size[first.group]
    grown = np.where(n > 1, n / np.maximum(n - 1, 1), 0.0)[:, None]
    left = totals.sum(axis=0) - stratum[first.group] + grown * (stratum[first.group] - totals)
    factor = (1 - first.fraction[first.group]) * np.where(n > 1, (n - 1) / n, 1.0)
    replicate = statistic(left[factor > 0])
    away = replicate - replicate.mean(axis=0)
    return np.asarray(away.T @ (away * factor[factor > 0][:, None]))
