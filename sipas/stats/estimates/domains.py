"""The domains that results are wanted for, and where they cut strata and pools."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, CodeArray, FloatArray, IntArray
from sipas.stats.cells.columns import Column, counting_sort, cross, united
from sipas.stats.estimates.domain_population import counted_population, estimated_population
from sipas.stats.grouping import added
from sipas.stats.spelling import bare_code
from sipas.stats.weights.row_population import UNSURE_SHARE_MOST, RowPopulation
from sipas.stats.weights.weighted_cells import WeightedCells

# With fewer rows a pair than this, `bincount` is faster than `reduceat`.
_BINCOUNT_BELOW_ROWS = 8

Rows = slice | IntArray
Numbers = TypeVar("Numbers", FloatArray, IntArray)


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
    everything : bool
        Whether these are all the cells that have a weight.
    domain : int64[rows]
    pair : int64[rows] or None
        The pair of each row; None where every row is the pair of its own number.
    starts : int64[pairs] or None
        The first row of each pair, where rows are in the order of pairs, and pairs long.
    pair_domain, pair_stratum : int64[pairs]
        In the order of domains, then strata.
    domain_starts : int64[domains with a response]
        The first pair of each domain that has one.
    left_out : int64[domains]
        Responses in cells that have no weight.
    not_in_frame : float64[domains]
        Share of the responses that is left out because the frame does not have their strata.
    cut : bool[domains]
        Where a domain holds a part of a pool only, so that its population is an estimate.
    population : RowPopulation
        Of each domain, see `sipas.stats.estimates.domain_population`.
    percent_frame : bool
        Whether the frame seems to hold percentages in place of transactions.
    """

    by: Mapping[str, Column]
    count: int
    rows: Rows
    everything: bool
    domain: IntArray
    pair: IntArray | None
    starts: IntArray | None
    pair_domain: IntArray
    pair_stratum: IntArray
    domain_starts: IntArray
    left_out: IntArray
    not_in_frame: FloatArray
    cut: BoolArray
    population: RowPopulation
    percent_frame: bool = False

    @property
    def review(self) -> BoolArray:
        """bool[domains]: where the population or the responses left out leave no rank and no verdict."""
        return self.population.review | self.many_not_in_frame | self.percent_frame

    @property
    def many_not_in_frame(self) -> BoolArray:
        """bool[domains]: where more of the responses lie outside the frame than a row can bear."""
        return self.not_in_frame > UNSURE_SHARE_MOST

    def by_row(self, values: FloatArray) -> FloatArray:
        """float64[rows]: numbers of domains, given to each of their rows."""
        return values.take(self.domain)

    def by_pair(self, values: Numbers) -> Numbers:
        """float64[pairs] or int64[pairs]: numbers of rows summed by pair."""
        if self.pair is None:
            return values
        if self.starts is not None:
            return np.add.reduceat(values, self.starts)
        return np.bincount(self.pair, values, len(self.pair_domain)).astype(values.dtype, copy=False)

    def by_domain(self, values: FloatArray | BoolArray) -> FloatArray:
        """float64[domains]: numbers of pairs summed by domain."""
        return self.summed(values, self.domain_starts, np.zeros(self.count))

    def total(self, values: Numbers) -> Numbers:
        """float64[domains] or int64[domains]: numbers of rows summed by domain."""
        if self.first_rows is not None:
            return self.summed(values, self.first_rows, np.zeros(self.count, values.dtype))
        return np.bincount(self.domain, values, self.count).astype(values.dtype, copy=False)

    @cached_property
    def first_rows(self) -> IntArray | None:
        """int64[domains with a response]: the first of each one's rows; None if these are not in order."""
        in_order = (self.domain[1:] >= self.domain[:-1]).all()
        return np.flatnonzero(_changes(self.domain)) if in_order else None

    def summed(self, values: Numbers | BoolArray, starts: IntArray, total: Numbers) -> Numbers:
        """The total, once numbers that come in the order of domains are summed into it."""
        if len(values):
            sums = np.add.reduceat(values, starts, dtype=total.dtype)
            total[self.pair_domain[self.domain_starts]] = sums
        return total


def find_domains(
    sample: WeightedCells,
    by: Sequence[str],
) -> Domains:
    """The combinations of the `by` columns among the cells kept, and those that only the frame has.

    Raises
    ------
    StatisticsError
        Something else than weighted cells, an unknown column, or a filter of another length than the
        frame.
    """
    if not isinstance(sample, WeightedCells):
        raise StatisticsError(
            f"estimates take WeightedCells(cells, weighting), not {type(sample).__name__};"
            " SurveyDesign makes both from a data frame"
        )
    cells, weighting, kept = sample.cells, sample.weighting, sample.kept
    chosen = np.arange(len(cells)) if kept is None else np.flatnonzero(kept)
    listed = _frame_rows(sample, by)
    columns = {name: _together(sample, chosen, listed, name) for name in by}
    crossed = cross(list(columns.values()), len(chosen) + len(listed))
    count = max(crossed.count, 0 if by else 1)
    keys = zip(columns.items(), crossed.keys, strict=True)
    code, stratum = crossed.code[: len(chosen)], weighting.stratum[chosen]
    placed = stratum >= 0
    rows, domain = chosen, code
    if not placed.all():
        rows, domain, stratum = chosen[placed], code[placed], stratum[placed]
    pairs = _find_pairs(domain, count, stratum, len(weighting.size))
    found = Domains(
        by={name: Column(codes, column.levels) for (name, column), codes in keys},
        count=count,
        rows=slice(None) if len(rows) == len(cells) else rows,
        everything=len(rows) == np.count_nonzero(weighting.stratum >= 0),
        domain=domain,
        pair=pairs.of_row,
        starts=pairs.starts,
        pair_domain=pairs.domain,
        pair_stratum=pairs.stratum,
        domain_starts=np.flatnonzero(_changes(pairs.domain)),
        left_out=added(code[~placed], cells.n[chosen[~placed]], count),
        not_in_frame=_not_in_frame(
            sample, chosen, code, _spelled_alike(columns.values(), crossed.keys, count)
        ),
        cut=np.zeros(count, dtype=np.bool_),
        population=RowPopulation.unknown(count),
    )
    if weighting.standing is None:
        return found
    if _tells_domains(sample, by):
        population = counted_population(weighting, listed, crossed.code[len(chosen) :], count)
    else:
        weight = weighting.weight[found.rows] * cells.n[found.rows]
        pair = (pairs.domain, pairs.stratum, found.by_pair(weight))
        population = estimated_population(sample, found.by, count, pair)
    percent = weighting.frame is not None and weighting.frame.seems_percentages
    cut = _cut_pools(sample, by, found)
    return replace(found, cut=cut, population=population, percent_frame=percent)


def _not_in_frame(sample: WeightedCells, chosen: IntArray, domain: IntArray, alike: IntArray) -> FloatArray:
    """float64[domains]: the share of responses left out because the frame does not have their stratum.

    alike: int64[domains], as `_spelled_alike` returns it. Responses of `u2` that are left out are missing
    from `U2`, too.
    """
    not_in_frame, domains = sample.weighting.not_in_frame, len(alike)
    if not_in_frame is None:
        return np.zeros(domains)
    lost, n = not_in_frame[chosen], sample.cells.n[chosen]
    left_out, everyone = added(domain[lost], n[lost], domains), added(domain, n, domains)
    together = [added(alike, counts, domains)[alike] for counts in (left_out, everyone)]
    return np.maximum(left_out / np.maximum(everyone, 1), together[0] / np.maximum(together[1], 1))


def _spelled_alike(by: Iterable[Column], keys: Iterable[CodeArray], domains: int) -> IntArray:
    """int64[domains]: numbers from 0, the same for domains whose levels differ in their writing alone."""
    same = np.zeros(domains, dtype=np.int64)
    for column, codes in zip(by, keys, strict=True):
        levels, bare = np.unique([bare_code(level) for level in column.levels], return_inverse=True)
        written = np.append(bare, -1)[codes] + 1
        _, same = np.unique(same * (len(levels) + 1) + written, return_inverse=True)
    return same


@dataclass(frozen=True)
class _Pairs:
    """The non-empty pairs of domain and stratum, as `Domains` describes them."""

    of_row: IntArray | None
    starts: IntArray | None
    domain: IntArray
    stratum: IntArray


def _find_pairs(domain: IntArray, domains: int, stratum: IntArray, strata: int) -> _Pairs:
    """The pairs of rows in these domains and strata."""
    order = _pair_order(domain, domains, stratum, strata)
    if order is not None:
        domain, stratum = domain[order], stratum[order]
    first = _changes(domain) | _changes(stratum)
    starts = np.flatnonzero(first)
    of_row, long_ = None, order is None and len(first) >= _BINCOUNT_BELOW_ROWS * len(starts)
    if order is not None or len(starts) < len(first):
        of_row = np.cumsum(first) - 1
    if order is not None and of_row is not None:
        of_row[order] = of_row.copy()
    return _Pairs(of_row, starts if long_ else None, domain[starts], stratum[starts])


def of_rows(values: Numbers, rows: Rows) -> Numbers:
    """The values of these rows."""
    return values[rows] if isinstance(rows, slice) else values.take(rows)


def _changes(codes: IntArray) -> BoolArray:
    """bool[rows]: where a code is not the one before it."""
    differs = np.ones(len(codes), dtype=np.bool_)
    np.not_equal(codes[1:], codes[:-1], out=differs[1:])
    return differs


def _pair_order(domain: IntArray, domains: int, stratum: IntArray, strata: int) -> IntArray | None:
    """int64[rows]: the order by domain and then stratum; None if the rows have it already."""
    same, rising = domain[1:] == domain[:-1], domain[1:] > domain[:-1]
    if (rising | (same & (stratum[1:] >= stratum[:-1]))).all():
        return None
    order = counting_sort(stratum, strata)
    return order[counting_sort(domain[order], domains)].astype(np.int64)


def _frame_rows(sample: WeightedCells, by: Sequence[str]) -> IntArray:
    """The rows of the frame that show which domains there should be; none where it cannot tell."""
    frame, standing, kept = sample.weighting.frame, sample.weighting.standing, sample.kept_frame
    if frame is None or not _tells_domains(sample, by):
        return np.zeros(0, dtype=np.int64)
    counts = frame.counts if standing is None else standing.count
    return np.flatnonzero((counts > 0) & (True if kept is None else kept))


def _tells_domains(sample: WeightedCells, by: Sequence[str]) -> bool:
    """Whether the frame knows which of its transactions are in which domain."""
    frame = sample.weighting.frame
    if frame is None or (sample.kept is not None and sample.kept_frame is None):
        return False
    return set(by) <= set(frame.columns)


def _together(sample: WeightedCells, chosen: IntArray, listed: IntArray, name: str) -> Column:
    """The chosen cells' values of a column, followed by those of the frame's rows."""
    column, frame = sample.cells.column(name), sample.weighting.frame
    own = column if len(chosen) == len(sample) else column.select(chosen)
    if frame is None or not len(listed):
        return own
    return united([own, frame.columns[name].select(listed)])


def _cut_pools(sample: WeightedCells, by: Sequence[str], found: Domains) -> BoolArray:
    """bool[domains]: where a pool has responses or transactions both in the domain and outside."""
    cells, weighting, kept_frame = sample.cells, sample.weighting, sample.kept_frame
    frame, cut = weighting.frame, np.zeros(found.count, dtype=np.bool_)
    if frame is None or not weighting.pooled.any():
        return cut
    parts = cross([frame.columns[name] for name in by if name in frame.columns], len(frame))
    part = parts.code if kept_frame is None else np.where(kept_frame, parts.code, -1)
    counted = frame.counts > 0
    pools = int(weighting.frame_pool.max()) + 1
    low, high = np.full(pools, parts.count), np.full(pools, -1)
    np.minimum.at(low, weighting.frame_pool[counted], part[counted])
    np.maximum.at(high, weighting.frame_pool[counted], part[counted])
    stratum = found.pair_stratum
    n = found.by_pair(of_rows(cells.n, found.rows))
    partly = (n < weighting.size[stratum]) | (low < high)[weighting.pool[stratum]]
    cut[found.pair_domain[partly & weighting.pooled[stratum]]] = True
    return cut
