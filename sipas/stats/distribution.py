"""How the answers of a domain are spread over the points of the scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.cells import Cells, item_counts
from sipas.stats.columns import Column
from sipas.stats.domains import Domains, find_domains
from sipas.stats.effective import ROUNDING
from sipas.stats.measures import Measure, Ratio
from sipas.stats.weights import Weighting


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
        Sums to 1 in each domain; NaN where nobody answered, and where negative weights would make a
        share of it lie outside [0, 1].
    """

    measure: str
    points: tuple[int, ...]
    by: Mapping[str, Column]
    share: FloatArray

    def __len__(self) -> int:
        return len(self.share)


def distribute(
    cells: Cells,
    weighting: Weighting,
    measure: Measure,
    by: Sequence[str] = (),
    *,
    where: BoolArray | None = None,
    where_frame: BoolArray | None = None,
) -> Distribution:
    """The share of each point of the scale, in each combination of some columns.

    For an item the share of point v is Σ w_i 1[y_i = v] / Σ w_i a_i, with w_i times 1 / P(asked). A
    factor takes its items' answers together, as its index does; an index of factors adds up their
    shares, each times its weight. So the shares of the points that satisfy add up to the estimate
    of the measure, and Σ v share_v is its mean (Lohr 2010, chapter 4.2).

    Parameters
    ----------
    cells, weighting, measure, by, where, where_frame
        As in `sipas.stats.estimate.estimate`, whose domains these are, in the same order.

    Returns
    -------
    Distribution

    Raises
    ------
    StatisticsError
        Unknown columns, or a filter or weighting made for other cells.
    """
    domains = find_domains(cells, weighting, by, where, where_frame)
    shares = sum(ratio.share for ratio in measure.ratios)
    share = np.zeros((domains.count, len(cells.scoring.points)))
    for ratio in measure.ratios:
        chosen = weighted_answers(cells, weighting, ratio, domains)
        answered = chosen.sum(axis=1, keepdims=True)
        part = np.divide(chosen, answered, out=np.full_like(chosen, np.nan), where=answered > 0)
        share += ratio.share / shares * part
    share[((share < -ROUNDING) | (share > 1 + ROUNDING)).any(axis=1)] = np.nan
    return Distribution(measure.name, cells.scoring.points, domains.by, share)


def weighted_answers(cells: Cells, weighting: Weighting, ratio: Ratio, domains: Domains) -> FloatArray:
    """float64[domains, points]: the weights of the answers at each point, items of the ratio together."""
    factors = tuple(cells.scoring.factors.values())
    items = (ratio.item,) if ratio.item is not None else (i for k in ratio.factors for i in factors[k])
    total = np.zeros((domains.count, len(cells.scoring.points)))
    for item in items:
        weight = asked_weight(cells, weighting, item)[domains.rows]
        for point, counts in enumerate(item_counts(cells, item).T):
            total[:, point] += domains.total(weight * counts[domains.rows])
    return total


def asked_weight(cells: Cells, weighting: Weighting, item: int) -> FloatArray:
    """float64[cells]: w / P(asked); 0 where the item never is."""
    chance = cells.asked_probability(item)
    if chance is None:
        return weighting.weight
    return np.divide(weighting.weight, chance, out=np.zeros_like(chance), where=chance > 0)
