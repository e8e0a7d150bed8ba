"""Totals of clusters, stage by stage, and what their spread counts."""

from typing import Literal

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.designs.stages import Stage
from sipas.stats.estimates.variance import RELATIVE_ROUNDING
from sipas.stats.listing import listing

LonelyCluster = Literal["adjust", "certainty", "fail"]


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
    left[np.abs(left) <= RELATIVE_ROUNDING * np.abs(values)] = 0.0
    return left


def rescale(size: IntArray) -> FloatArray:
    """float64[groups]: n / (n − 1), and 1 for a lonely one."""
    return np.asarray(np.where(size > 1, size / np.maximum(size - 1, 1), 1.0))


def refuse(stage: Stage, alone: BoolArray) -> None:
    names = listing([stage.names[g] for g in np.flatnonzero(alone).tolist()])
    raise StatisticsError(
        f"one cluster alone was drawn from {names}; choose what to do with lonely strata: adjust or certainty"
    )
