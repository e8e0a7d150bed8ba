"""How rows were drawn: weights, strata, and clusters stage by stage."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.cells.columns import Column, cross
from sipas.stats.grouping import added
from sipas.stats.listing import listing


@dataclass(frozen=True)
class Stage:
    """One stage of drawing: groups, and the clusters that were drawn in each.

    Parameters
    ----------
    cluster : int64[rows]
        The cluster of each row, numbered over the whole sample.
    group : int64[clusters]
        What each cluster was drawn in: at the first stage a stratum, later a cluster of the stage before.
    size : int64[groups]
        Clusters drawn.
    fraction : float64[groups]
        Of a group's clusters, the part that was drawn; 0 where how many there are is not known, as
        if drawn with replacement.
    names : tuple of str
        Of the groups.
    """

    cluster: IntArray
    group: IntArray
    size: IntArray
    fraction: FloatArray
    names: tuple[str, ...]


@dataclass(frozen=True)
class Calibrated:
    """The design before calibration, from which the residuals of the variance are computed.

    Parameters
    ----------
    weight : float64[rows]
        The design weights.
    auxiliaries : float64[rows, auxiliaries]
    """

    weight: FloatArray
    auxiliaries: FloatArray


@dataclass(frozen=True)
class RowDesign:
    """Rows with their weights and the stages they were drawn in; made by `row_design`.

    Parameters
    ----------
    weight : float64[rows]
        Of each row, 0 or more; after calibration the calibrated ones.
    stages : tuple of Stage
    calibrated : Calibrated, optional
    """

    weight: FloatArray
    stages: tuple[Stage, ...]
    calibrated: Calibrated | None = None

    def __len__(self) -> int:
        return len(self.weight)


def row_design(
    rows: int,
    *,
    weight: FloatArray | None = None,
    strata: Column | None = None,
    clusters: Sequence[Column] = (),
    populations: Sequence[FloatArray] = (),
) -> RowDesign:
    """The design of so many rows.

    Parameters
    ----------
    rows : int
    weight : float64[rows], optional
        1 / P(drawn). Without it the product of population / clusters drawn over all stages.
    strata : Column, optional
        The strata of the first stage; without it all is one.
    clusters : sequence of Column
        The clusters of each stage, first stage first. From the second on they are told apart inside
        those of the stage before only. Without any, each row is a cluster of its own.
    populations : sequence of float64[rows]
        For each stage, the clusters that there are in the row's stratum, or in its cluster of the
        stage before; inf where that is not known. Stages beyond those given are not known.

    Returns
    -------
    RowDesign

    Raises
    ------
    StatisticsError
        Weights that are negative, infinite or missing; a row without stratum or cluster; a cluster
        in two strata; a population smaller than what was drawn from it, or given with two values;
        neither weights nor the populations of all stages.
    """
    columns = clusters or [_each_row(rows)]
    stratum, names = _codes_of("strata", strata, rows), strata.levels if strata else ("the whole",)
    stages: list[Stage] = []
    for place, column in enumerate(columns):
        given = populations[place] if place < len(populations) else np.full(rows, np.inf)
        parents = stages[-1].cluster if stages else stratum
        cluster, labels = _within(column, parents, place, rows)
        stages.append(_drawn(cluster, labels, parents, names, np.asarray(given, dtype=np.float64)))
        names = labels
    return RowDesign(_checked_weight(weight, stages, rows), tuple(stages))


def _each_row(rows: int) -> Column:
    return Column(np.arange(rows, dtype=np.int32), tuple(f"row {row + 1}" for row in range(rows)))


def _codes_of(what: str, column: Column | None, rows: int) -> IntArray:
    """int64[rows]: the codes of a column that has a value in every row; 0 without a column."""
    if column is None:
        return np.zeros(rows, dtype=np.int64)
    if len(column) != rows:
        raise StatisticsError(f"{what}: {len(column)} codes for {rows} rows")
    if (column.codes < 0).any():
        raise StatisticsError(f"row {int(np.argmax(column.codes < 0)) + 1} has no value in {what}")
    return column.codes.astype(np.int64)


def _within(column: Column, parents: IntArray, stage: int, rows: int) -> tuple[IntArray, tuple[str, ...]]:
    """The clusters of a stage, numbered over the whole sample, and their names."""
    codes = _codes_of(f"the clusters of stage {stage + 1}", column, rows)
    outer = Column(parents.astype(np.int32), tuple(map(str, range(int(parents.max(initial=-1)) + 1))))
    crossed = cross([outer, Column(codes.astype(np.int32), column.levels)], rows)
    keys = crossed.keys[1]
    names = tuple(column.levels[code] for code in keys.tolist())
    if stage == 0 and len(np.unique(keys)) < len(keys):
        twice = sorted({names[c] for c in np.flatnonzero(np.bincount(keys)[keys] > 1).tolist()})
        raise StatisticsError(
            f"a cluster must lie in one stratum; in several lie: {listing(twice)}."
            " Name clusters so that no two strata share a name"
        )
    return crossed.code, names


def _drawn(
    cluster: IntArray,
    labels: tuple[str, ...],
    parents: IntArray,
    names: tuple[str, ...],
    population: FloatArray,
) -> Stage:
    """A stage, once each group has one population, no smaller than what was drawn from it."""
    group = np.zeros(len(labels), dtype=np.int64)
    group[cluster] = parents
    size = added(group, np.ones_like(group), len(names))
    if population.shape != cluster.shape:
        raise StatisticsError(f"give populations for all {len(cluster)} rows")
    known = np.full(len(names), np.inf)
    known[parents] = population
    for wrong, problem in (
        (~(population > 0), "is not above 0"),
        (population != known[parents], "has two values"),
        (population < size[parents], "is smaller than what was drawn from it"),
    ):
        if wrong.any():
            row = int(np.argmax(wrong))
            raise StatisticsError(
                f"row {row + 1}: the population of {names[int(parents[row])]}, {population[row]:g},"
                f" {problem} ({size[parents[row]]} drawn)"
            )
    return Stage(cluster, group, size, size / known, names)


def _checked_weight(weight: FloatArray | None, stages: Sequence[Stage], rows: int) -> FloatArray:
    if weight is None:
        chance = np.ones(rows)
        for stage in stages:
            chance *= stage.fraction[stage.group[stage.cluster]]
        if not (chance > 0).all():
            raise StatisticsError("rows need weights, or the population of every stage to make them from")
        return 1 / chance
    given = np.asarray(weight, dtype=np.float64)
    if given.shape != (rows,):
        raise StatisticsError(f"there are {len(given)} weights for {rows} rows")
    wrong = ~(np.isfinite(given) & (given >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise StatisticsError(f"row {row + 1}: the weight is {given[row]}; it must be a number, 0 or more")
    return given
