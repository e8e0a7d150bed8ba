"""Equations that published tables give for one count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from sipas.stats.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Relations:
    """Sums of variables that are known. The variables are 0 or more.

    They are the count of every atom at the first release, then what each gained until the next one,
    release after release.

    Parameters
    ----------
    sums : csr float64[equations, variables]
    totals : float64[equations]
    cell : int64[equations]
        The cell that the equation is about.
    last : bool[equations]
        Whether it comes from the last release.
    """

    sums: scipy.sparse.csr_array
    totals: FloatArray
    cell: IntArray
    last: BoolArray


def relate(membership: scipy.sparse.csr_array, published: FloatArray) -> Relations:
    """The relations of published[releases, cells], NaN where hidden.

    A cell that was shown before tells what it gained since: the same with fewer variables.
    """
    releases, cells = published.shape
    since, before = np.zeros(cells, dtype=np.int64), np.zeros(cells)
    sums, totals, which, last = [], [], [], []
    for release, values in enumerate(published):
        shown = np.flatnonzero(~np.isnan(values))
        sums.append(gained(membership[shown], since[shown], release, releases))
        totals.append(values[shown] - before[shown])
        which.append(shown)
        last.append(np.full(len(shown), release == releases - 1))
        before[shown], since[shown] = values[shown], release + 1
    return Relations(
        scipy.sparse.vstack(sums, "csr"), np.concatenate(totals), np.concatenate(which), np.concatenate(last)
    )


def gained(of: scipy.sparse.csr_array, since: IntArray, until: int, releases: int) -> scipy.sparse.csr_array:
    """csr float64[cells, variables]: what cells gained from one release (each its own) to another."""
    spans = [(since <= release) & (release <= until) for release in range(releases)]
    blocks = [scipy.sparse.diags_array(span.astype(np.float64)) @ of for span in spans]
    joined = scipy.sparse.csr_array(scipy.sparse.hstack(blocks))
    joined.eliminate_zeros()
    return joined
