"""The population of domains: how much of it is covered, pooled, or stands on counts that were raised."""

from collections.abc import Mapping

import numpy as np

from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells.columns import Column, cross, united
from sipas.stats.weights.row_population import RowPopulation
from sipas.stats.weights.weighted_cells import WeightedCells
from sipas.stats.weights.weights import Weighting


def counted_population(weighting: Weighting, rows: IntArray, domain: IntArray, domains: int) -> RowPopulation:
    """Return the populations of domains that the frame distinguishes, from its rows.

    Parameters
    ----------
    rows : int64[some frame rows]
        Those that are in a domain.
    domain : int64[the same rows]
    domains : int
    """
    if weighting.standing is None:
        return RowPopulation.unknown(domains)
    return weighting.standing.each(lambda values: values[rows]).by(domain, domains)


def estimated_population(
    sample: WeightedCells,
    by: Mapping[str, Column],
    domains: int,
    pairs: tuple[IntArray, IntArray, FloatArray],
) -> RowPopulation:
    """Estimate the populations of domains that the frame does not distinguish, such as women, by the weights.

    Each response shares in what holds of its pool. What has no response is in no domain: the
    coverage is that of the domain's other columns, such as the unit of a unit's women.

    Parameters
    ----------
    by : mapping of str to Column
        The key of each domain.
    domains : int
    pairs : int64[pairs], int64[pairs], float64[pairs]
        For each pair of domain and variance stratum the two, and Σ w over its responses.
    """
    weighting = sample.weighting
    standing, frame = weighting.standing, weighting.frame
    if standing is None or frame is None:
        return RowPopulation.unknown(domains)
    domain, stratum, weight = pairs
    of_pool = standing.by(weighting.frame_pool, int(weighting.frame_pool.max(initial=-1)) + 1)
    part = np.maximum(weight, 0.0)
    pool = weighting.pool[stratum]

    def share(values: FloatArray) -> FloatArray:
        found = np.zeros(len(values))
        return np.divide(values, of_pool.count, out=found, where=of_pool.count > 0)[pool] * part

    found = of_pool.each(share).by(domain, domains)
    coverage = _coverage_around(
        standing, {n: c for n, c in frame.columns.items() if n in by}, by, sample.kept_frame
    )
    count = np.divide(found.count, coverage, out=found.count.copy(), where=coverage > 0)
    return RowPopulation(count, found.count, found.pooled, found.joined, found.taken, found.raised)


def _coverage_around(
    standing: RowPopulation,
    columns: Mapping[str, Column],
    by: Mapping[str, Column],
    where_frame: BoolArray | None,
) -> FloatArray:
    """float64[domains]: the coverage of what the frame can tell around each domain; 0 where nothing is."""
    domains = len(next(iter(by.values()))) if by else 1
    rows = len(standing.count)
    both = [united([by[name], column]) for name, column in columns.items()]
    crossed = cross(both, domains + rows)
    around = crossed.code[domains:]
    if where_frame is not None:
        standing = standing.each(lambda values: np.where(where_frame, values, 0.0))
    coverage = np.nan_to_num(standing.by(around, crossed.count).coverage)
    return np.asarray(coverage[crossed.code[:domains]])
