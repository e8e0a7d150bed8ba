"""Variances of linearised estimates in samples of clusters, stage by stage."""

from typing import Literal

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.choices import refuse_unknown
from sipas.stats.estimates.variance import ROUNDING
from sipas.stats.listing import listing
from sipas.stats.rows.design import RowDesign, Stage

LonelyCluster = Literal["adjust", "certainty", "fail"]


def design_covariance(design: RowDesign, pull: FloatArray, lonely: LonelyCluster = "adjust") -> FloatArray:
    """The covariance of Σ w_i u_i for several u.

    V = Σ_h (1 − f_h) n_h / (n_h − 1) Σ_c (z_c − z̄_h)(z_c − z̄_h)' over the clusters c of stratum h, with
    z_c = Σ w u, plus f_h times the same inside each cluster, over the clusters of the next stage,
    and so on (Särndal, Swensson and Wretman 1992, chapter 4.3; R's `svyrecvar`). Where the first
    stage is drawn with replacement, as f = 0 says, it alone counts. After calibration the residual
    u − a'B takes the place of u, with B fitted under the design weights (Deville and Särndal 1992).

    Parameters
    ----------
    design : RowDesign
    pull : float64[rows, variables]
        u: each row's pull on the estimates; 0 outside a domain.
    lonely : {"adjust", "certainty", "fail"}
        A stratum with a single cluster adds (1 − f) z² with `adjust`, nothing with `certainty`.

    Returns
    -------
    float64[variables, variables]

    Raises
    ------
    StatisticsError
        With `fail`, where a stratum has a single cluster and more in the population.
    """
    refuse_unknown("treatment of lonely strata", lonely, LonelyCluster)
    z = design.weight[:, None] * residual(design, pull)
    covariance = np.zeros((pull.shape[1], pull.shape[1]))
    part = np.ones(len(design.stages[0].size))
    for stage in design.stages:
        alone = (stage.size == 1) & (stage.fraction < 1) & (part > 0)
        if lonely == "fail" and alone.any():
            refuse(stage, alone)
        between = centred(stage, cluster_totals(stage.cluster, len(stage.group), z))
        scale = part * (1 - stage.fraction) * rescale(stage.size)
        if lonely == "certainty":
            scale = np.where(alone, 0.0, scale)
        covariance += between.T @ (between * scale[stage.group][:, None])
        part = (part * stage.fraction)[stage.group]
    return covariance


def residual(design: RowDesign, pull: FloatArray) -> FloatArray:
    """float64[rows, variables]: u − a'B after calibration, u before."""
    before = design.calibrated
    if before is None:
        return pull
    root = np.sqrt(before.weight)[:, None]
    slopes = np.linalg.lstsq(root * before.auxiliaries, root * pull, rcond=None)[0]
    return np.asarray(pull - before.auxiliaries @ slopes)


def cluster_totals(cluster: IntArray, clusters: int, values: FloatArray) -> FloatArray:
    """float64[clusters, variables]: rows added up by cluster."""
    return np.stack([np.bincount(cluster, column, clusters) for column in values.T], axis=1)


def centred(stage: Stage, totals: FloatArray) -> FloatArray:
    """float64[clusters, variables]: totals less the mean of their group; a lonely one stays as it is."""
    mean = cluster_totals(stage.group, len(stage.size), totals) / np.maximum(stage.size, 1)[:, None]
    mean[stage.size == 1] = 0.0
    return difference(totals, mean[stage.group])


def difference(values: FloatArray, others: FloatArray) -> FloatArray:
    """float64[..., variables]: values − others, 0 where nothing but rounding is left."""
    left = values - others
    left[np.abs(left) <= ROUNDING * np.abs(values)] = 0.0
    return left


def rescale(size: IntArray) -> FloatArray:
    """float64[groups]: n / (n − 1), and 1 for a lonely one."""
    return np.asarray(np.where(size > 1, size / np.maximum(size - 1, 1), 1.0))


def refuse(stage: Stage, alone: BoolArray) -> None:
    names = listing([stage.names[g] for g in np.flatnonzero(alone).tolist()])
    raise StatisticsError(
        f"one cluster alone was drawn from {names}; choose what to do with lonely strata: adjust or certainty"
    )
