"""Totals and second moments of a node of an index tree, from the respondents in the order of domains."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.cells.columns import counting_sort
from sipas.stats.estimates.domains import Domains
from sipas.stats.estimates.tree_moments import TreeMoments

_BLOCK_ROWS = 1 << 14  # respondents × ratios held at once


@dataclass(frozen=True)
class TreeTotals:
    """What `sipas.stats.contrasts.totals.Totals` holds of the same names.

    Parameters
    ----------
    by_pair : float64[pairs, 2 m]
    within, sum_of_squares : float64[domains, 2 m, 2 m]
    """

    by_pair: FloatArray
    within: FloatArray
    sum_of_squares: FloatArray


def find_tree_totals(moments: TreeMoments, domains: Domains, scale: FloatArray) -> TreeTotals:
    """Adds up v_i and v_i v_i' in one pass; `scale` is float64[pairs], k_h."""
    width, respondents = 2 * len(moments.measure.ratios), moments.respondents
    pair_of_cell = np.arange(len(domains.domain)) if domains.pair is None else domains.pair
    pair, pairs = pair_of_cell[respondents.cell], len(domains.pair_domain)
    order = counting_sort(pair, pairs)
    weight = moments.tree.weight
    found = TreeTotals(
        np.zeros((pairs, width)),
        np.zeros((domains.count, width, width)),
        np.zeros((domains.count, width, width)),
    )
    for rows in _blocks(order):
        v, w, here = _values(moments, rows), weight[rows], pair[rows]
        starts = np.flatnonzero(np.diff(here, prepend=-1))
        found.by_pair[here[starts]] += np.add.reduceat(v * w, starts, axis=1).T
        _add_squares(found, v, w, w**2 * scale[here], domains.pair_domain[here])
    return found


def _blocks(order: IntArray | np.ndarray) -> Iterator[IntArray]:
    for start in range(0, len(order), _BLOCK_ROWS):
        yield order[start : start + _BLOCK_ROWS].astype(np.int64)


def _values(moments: TreeMoments, rows: IntArray) -> FloatArray:
    """float64[2 m, rows]: numerators, then denominators."""
    respondents, ratios = moments.respondents, len(moments.measure.ratios)
    taken = rows if respondents.which is None else respondents.which[rows]
    v = np.zeros((2 * ratios, len(rows)))
    for ratio, item in zip(moments.ratio_of_place.tolist(), moments.all_places, strict=True):
        states = respondents.states.code(respondents.by_item[item][taken])
        times = respondents.times[-1 if respondents.form is None else respondents.form[rows], item]
        v[ratio] += times * respondents.states.y[states]
        v[ratios + ratio] += times * respondents.states.x[states]
    return v


def _add_squares(
    found: TreeTotals, v: FloatArray, w: FloatArray, scaled: FloatArray, domain: IntArray
) -> None:
    """Adds Σ k w² v v' and Σ w v v' of each domain; `domain` rises."""
    starts = np.flatnonzero(np.diff(domain, prepend=-1)).tolist()
    for start, end in zip(starts, [*starts[1:], len(domain)], strict=True):
        own, place = v[:, start:end], domain[start]
        found.within[place] += (own * scaled[start:end]) @ own.T
        found.sum_of_squares[place] += (own * w[start:end]) @ own.T
