"""How the answers of a domain are spread over the points of the scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sipas.stats.arrays import FloatArray
from sipas.stats.cells.columns import Column
from sipas.stats.estimates.domains import find_domains
from sipas.stats.estimates.effective import ROUNDING_OF_RATIOS
from sipas.stats.estimates.measures import Measure
from sipas.stats.estimates.points import find_points, point_intervals, ratio_counts
from sipas.stats.options import DEFAULT_OPTIONS, Options
from sipas.stats.weights.weighted_cells import WeightedCells


@dataclass(frozen=True)
class Distribution:
    """The weighted share of each point among the answers to a measure, by domain.

    Parameters
    ----------
    measure : str
    points : tuple of int
        The points of the scale, rising.
    by : mapping of str to Column
        The key of each domain, as in `Estimates`.
    share : float64[domains, points]
        Sums to 1 in each domain; NaN without answers, and where negative weights would make a
        share of it lie outside [0, 1].
    low, high : float64[domains, points]
        Of each share by itself; NaN where it has no interval.
    """

    measure: str
    points: tuple[int, ...]
    by: Mapping[str, Column]
    share: FloatArray
    low: FloatArray
    high: FloatArray

    def __len__(self) -> int:
        return len(self.share)


def distribute(
    sample: WeightedCells,
    measure: Measure,
    by: Sequence[str] = (),
    options: Options = DEFAULT_OPTIONS,
) -> Distribution:
    """Return the share of each point of the scale, in each combination of some columns.

    For an item the share of point v is Σ w_i 1[y_i = v] / Σ w_i a_i, with w_i times 1 / P(asked). A
    factor takes its items' answers together, as its index does; an index of factors adds up their
    shares, each times its weight. So the shares of the points that satisfy add up to the estimate
    of the measure, and Σ v share_v is its mean (Lohr 2010, chapter 4.2).

    The intervals of an item are those of `estimate`. Cells do not tell who chose a point of two
    items: the standard error of several is the sum of what each adds, the most that it can be, and
    d is 1. So intervals of factors and indices are wider than need be, never too narrow for that.

    Parameters
    ----------
    sample, measure, by, options
        As in `sipas.stats.estimates.estimate.estimate`, whose domains these are, in the same order. The
        intervals are those of shares, whatever `options.statistic` is.

    Returns
    -------
    Distribution

    Raises
    ------
    StatisticsError
        Unknown columns, or a lonely stratum with `fail`.
    """
    if options.statistic != "share":
        options = replace(options, statistic="share", ci=None)
    domains, cells = find_domains(sample, by), sample.cells
    parts = [find_points(sample, ratio, domains) for ratio in measure.ratios]
    counts = ratio_counts(measure, parts)
    share = np.zeros((len(cells.scoring.points), domains.count))
    for count, part in zip(counts, parts, strict=True):
        share += np.where(count > 0, count * part.share, 0.0)
    share[:, (counts == 0).all(axis=0)] = np.nan
    share[:, ((share < -ROUNDING_OF_RATIOS) | (share > 1 + ROUNDING_OF_RATIOS)).any(axis=0)] = np.nan
    low, high = point_intervals(sample, measure, domains, parts, share, options)
    return Distribution(measure.name, cells.scoring.points, domains.by, share.T, low.T, high.T)
