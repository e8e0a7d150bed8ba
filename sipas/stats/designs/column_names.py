"""Columns, clusters and domains as callers of a survey design name them."""

from collections.abc import Sequence

from sipas.errors import NotFound, StatisticsError
from sipas.stats.arrays import IntArray
from sipas.stats.contrasts.family import all_pairs, with_reference
from sipas.stats.designs.parts import Clusters, Replicates

By = str | Sequence[str]


def names_of(by: By) -> tuple[str, ...]:
    return (by,) if isinstance(by, str) else tuple(by)


def sample_design(
    clusters: By | Clusters | None, replicates: Replicates | None
) -> Clusters | Replicates | None:
    if clusters is not None and replicates is not None:
        raise StatisticsError("give clusters= or replicates=, not both: replicate weights hold the clusters")
    if clusters is None or isinstance(clusters, Clusters):
        return clusters or replicates
    return Clusters(clusters)


def numeric_columns(
    available: Sequence[str], weights: str | None, sample: Clusters | Replicates | None
) -> list[str]:
    """Return the columns that are numbers of the design, and so no domains."""
    numeric = [] if weights is None else [weights]
    if isinstance(sample, Clusters):
        numeric += sample.populations
    elif sample is not None:
        numeric += sample.names(available)
    return numeric


def domain_pairs(names: Sequence[str], against: str | None) -> tuple[IntArray, IntArray]:
    if against is None:
        return all_pairs(len(names))
    if against not in names:
        raise NotFound(f"there is no domain {against!r} to compare with; there are {', '.join(names)}")
    return with_reference(len(names), list(names).index(against))
