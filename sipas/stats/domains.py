"""The domains that results are wanted for, and where they cut strata and pools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells import Cells
from sipas.stats.columns import Column, counting_sort, cross, united
from sipas.stats.grouping import added
from sipas.stats.weights import Weighting

Rows = slice | IntArray
Numbers = TypeVar("Numbers", IntArray, FloatArray)


@dataclass(frozen=True)
class Domains:
    """Cells by domain, and the non-empty pairs of domain and variance stratum.

    Parameters
    ----------
    by : mapping of str to Column
        The key of each domain.
    count : int
        How many domains there are, those without a response included.
    rows : slice or int64[rows]
        The cells that are in a domain and have a weight.
    order : int64[rows] or None
        What brings these rows into the order of their pairs; None where they have it.
    everything : bool
        Whether these are all the cells that have a weight.
    domain : int64[rows]
        The domain of each row, put in order; rises.
    starts : int64[pairs] or None
        The first of each pair's rows, put in order; None where every row is a pair of its own.
    pair_domain, pair_stratum : int64[pairs]
    domain_starts : int64[domains with a response]
        The first pair of each domain that has one.
    left_out : int64[domains]
        Responses in cells that have no weight.
    cut : bool[domains]
        Where a domain holds a part of a pool only, so that its population is an estimate.
    """

    by: Mapping[str, Column]
    count: int
    rows: Rows
    order: IntArray | None
    everything: bool
    domain: IntArray
    starts: IntArray | None
    pair_domain: IntArray
    pair_stratum: IntArray
    domain_starts: IntArray
    left_out: IntArray
    cut: BoolArray

    def by_pair(self, values: FloatArray) -> FloatArray:
        """float64[pairs]: numbers of rows, put in order, summed by pair."""
        if self.starts is None:
            return values
        return np.add.reduceat(values, self.starts) if len(values) else values

    def by_domain(self, values: FloatArray | IntArray | BoolArray) -> FloatArray:
        """float64[domains]: numbers of pairs summed by domain."""
        total = np.zeros(self.count)
        if len(values):
            summed = np.add.reduceat(values, self.domain_starts, dtype=np.float64)
            total[self.pair_domain[self.domain_starts]] = summed
        return total

    def total(self, values: FloatArray) -> FloatArray:
        """float64[domains]: numbers of rows, put in order, summed by domain."""
        return self.by_domain(self.by_pair(values))


def find_domains(
    cells: Cells,
    weighting: Weighting,
    by: Sequence[str],
    where: BoolArray | None = None,
    where_frame: BoolArray | None = None,
) -> Domains:
    """The combinations of the `by` columns among the cells chosen, and those that only the frame has.

    Raises
    ------
    StatisticsError
        An unknown column, a mask of another length, or a weighting made for other cells.
    """
    if len(weighting.stratum) != len(cells) or (where is not None and where.shape != (len(cells),)):
        raise StatisticsError(f"the weights and the filter must be for the same {len(cells)} cells")
    chosen = np.arange(len(cells)) if where is None else np.flatnonzero(where)
    listed = frame_rows(weighting, by, where, where_frame)
    columns = {name: together(cells, chosen, weighting, listed, name) for name in by}
    crossed = cross(list(columns.values()), len(chosen) + len(listed))
    count = max(crossed.count, 0 if by else 1)
    keys = zip(columns.items(), crossed.keys, strict=True)
    code, stratum = crossed.code[: len(chosen)], weighting.stratum[chosen]
    placed = stratum >= 0
    rows, domain = chosen, code
    if not placed.all():
        rows, domain, stratum = chosen[placed], code[placed], stratum[placed]
    order = pair_order(domain, count, stratum, len(weighting.size))
    if order is not None:
        domain, stratum = domain[order], stratum[order]
    starts = np.flatnonzero(changes(domain) | changes(stratum))
    pair_domain = domain[starts]
    found = Domains(
        by={name: Column(codes, column.levels) for (name, column), codes in keys},
        count=count,
        rows=slice(None) if len(rows) == len(cells) else rows,
        order=order,
        everything=len(rows) == np.count_nonzero(weighting.stratum >= 0),
        domain=domain,
        starts=None if len(starts) == len(rows) else starts,
        pair_domain=pair_domain,
        pair_stratum=stratum[starts],
        domain_starts=np.flatnonzero(changes(pair_domain)),
        left_out=added(code[~placed], cells.n[chosen[~placed]], count),
        cut=np.zeros(count, dtype=np.bool_),
    )
    return replace(found, cut=cut_pools(cells, weighting, by, where_frame, found))


def changes(codes: IntArray) -> BoolArray:
    """bool[rows]: where a code is not the one before it."""
    differs = np.ones(len(codes), dtype=np.bool_)
    np.not_equal(codes[1:], codes[:-1], out=differs[1:])
    return differs


def pair_order(domain: IntArray, domains: int, stratum: IntArray, strata: int) -> IntArray | None:
    """int64[rows]: the order by domain and then stratum; None if the rows have it already."""
    same, rising = domain[1:] == domain[:-1], domain[1:] > domain[:-1]
    if (rising | (same & (stratum[1:] >= stratum[:-1]))).all():
        return None
    order = counting_sort(stratum, strata)
    return order[counting_sort(domain[order], domains)].astype(np.int64)


def frame_rows(
    weighting: Weighting, by: Sequence[str], where: BoolArray | None, where_frame: BoolArray | None
) -> IntArray:
    """The rows of the frame that show which domains there should be; none where it cannot tell."""
    frame = weighting.frame
    if frame is None or (where is not None and where_frame is None):
        return np.zeros(0, dtype=np.int64)
    if where_frame is not None and where_frame.shape != (len(frame),):
        raise StatisticsError(f"the filter on the frame must have its {len(frame)} rows")
    if not set(by) <= set(frame.columns):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero((frame.counts > 0) & (True if where_frame is None else where_frame))


def together(cells: Cells, chosen: IntArray, weighting: Weighting, listed: IntArray, name: str) -> Column:
    """The chosen cells' values of a column, followed by those of the frame's rows."""
    column = cells.column(name)
    own = column if len(chosen) == len(cells) else column.select(chosen)
    if weighting.frame is None or not len(listed):
        return own
    return united([own, weighting.frame.columns[name].select(listed)])


def arranged(values: Numbers, order: IntArray | None) -> Numbers:
    """The values in this order."""
    return values if order is None else values.take(order)


def cut_pools(
    cells: Cells, weighting: Weighting, by: Sequence[str], where_frame: BoolArray | None, found: Domains
) -> BoolArray:
    """bool[domains]: where a pool has responses or transactions both in the domain and outside."""
    frame, cut = weighting.frame, np.zeros(found.count, dtype=np.bool_)
    if frame is None or not weighting.pooled.any():
        return cut
    parts = cross([frame.columns[name] for name in by if name in frame.columns], len(frame))
    part = parts.code if where_frame is None else np.where(where_frame, parts.code, -1)
    counted = frame.counts > 0
    pools = int(weighting.frame_pool.max()) + 1
    low, high = np.full(pools, parts.count), np.full(pools, -1)
    np.minimum.at(low, weighting.frame_pool[counted], part[counted])
    np.maximum.at(high, weighting.frame_pool[counted], part[counted])
    stratum = found.pair_stratum
    n = found.by_pair(arranged(cells.n[found.rows], found.order).astype(np.float64))
    partly = (n < weighting.size[stratum]) | (low < high)[weighting.pool[stratum]]
    cut[found.pair_domain[partly & weighting.pooled[stratum]]] = True
    return cut
