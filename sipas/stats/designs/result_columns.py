"""Columns of result tables: arrays as lists, None where a value cannot be estimated."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.contrasts.domain_unions import Joint
from sipas.stats.estimates.distribution import Distribution
from sipas.stats.estimates.estimate import Estimates


def estimates_columns(found: Sequence[Estimates]) -> dict[str, list[Any]]:
    """Return the columns of several measures, one below the other."""
    columns: dict[str, list[Any]] = {}
    for estimates in found:
        for name, column in _estimate_columns(estimates).items():
            columns.setdefault(name, []).extend(column)
    return columns


def _estimate_columns(estimates: Estimates) -> dict[str, list[Any]]:
    """Return the columns of estimates by domain."""
    count = len(estimates)
    return {
        **{name: column.labels() for name, column in estimates.by.items()},
        "measure": [estimates.measure] * count,
        "statistic": [estimates.statistic] * count,
        **number_columns(estimates, "estimate", "se", "low", "high", "df"),
        "n": estimates.n.tolist(),
        "n_answered": estimates.n_answered.tolist(),
        **number_columns(estimates, "n_effective", "deff", "population", "coverage", "pooled_share"),
        "reliable": estimates.reliable.tolist(),
        "notes": [tuple(note.code for note in notes) for notes in estimates.notes],
        **_cluster_columns(estimates),
    }


def _cluster_columns(estimates: Estimates) -> dict[str, list[Any]]:
    """Return the columns of samples of clusters alone."""
    if estimates.clusters is None:
        return {}
    return {**number_columns(estimates, "clusters", whole=True), **number_columns(estimates, "roh")}


def distribution_columns(found: Distribution) -> dict[str, list[Any]]:
    """Return a row for each point of each domain."""
    points = len(found.points)
    return {
        **{
            name: [label for label in column.labels() for _ in range(points)]
            for name, column in found.by.items()
        },
        "measure": [found.measure] * (len(found) * points),
        "point": [*found.points] * len(found),
        "share": values(found.share.ravel()),
        "low": values(found.low.ravel()),
        "high": values(found.high.ravel()),
    }


def number_columns(figures: object, *names: str, whole: bool = False) -> dict[str, list[Any]]:
    """Return the arrays of these names as columns. whole: as integers."""
    return {name: (whole_numbers if whole else values)(getattr(figures, name)) for name in names}


def values(array: FloatArray | IntArray) -> list[Any]:
    """Return the numbers of an array."""
    return [value if np.isfinite(value) else None for value in array.tolist()]


def whole_numbers(array: FloatArray) -> list[Any]:
    """Return the numbers of an array as integers."""
    return [int(value) if np.isfinite(value) else None for value in array.tolist()]


def domain_names(joint: Joint) -> list[str]:
    """Return the labels of each domain, joined by `|`."""
    columns: Iterable[list[str | None]] = [column.labels() for column in joint.by.values()]
    return ["|".join(label or "" for label in key) for key in zip(*columns, strict=True)]
