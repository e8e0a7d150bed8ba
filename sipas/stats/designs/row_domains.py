"""The domains of a question, response by response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells.columns import Column, cross
from sipas.stats.designs.responses import Responses


@dataclass(frozen=True)
class RowDomains:
    """The domain of each response.

    Parameters
    ----------
    by : mapping of str to Column
        The key of each domain; empty for the whole.
    count : int
    code : int64[rows]
        -1 for responses in no domain.
    """

    by: Mapping[str, Column]
    count: int
    code: IntArray

    def total(self, values: FloatArray | BoolArray) -> FloatArray:
        """Return float64[domains] or float64[domains, k]: values summed by domain."""
        return np.asarray(self.indicator @ np.asarray(values, dtype=np.float64))

    def united(self) -> RowDomains:
        """Return all domains together as one."""
        return RowDomains({}, 1, np.where(self.code >= 0, 0, -1))

    def apart(self, domain: int) -> RowDomains:
        """Return two domains: this one, and all others together."""
        code = np.where(self.code == domain, 0, 1)
        return RowDomains({}, 2, np.where(self.code >= 0, code, -1))

    @cached_property
    def indicator(self) -> scipy.sparse.csr_array:
        """sparse float64[domains, rows]: 1 where a response is in a domain."""
        inside = np.flatnonzero(self.code >= 0)
        ones = np.ones(len(inside))
        return scipy.sparse.csr_array((ones, (self.code[inside], inside)), shape=(self.count, len(self.code)))


def row_domains(responses: Responses, by: Sequence[str], inside: BoolArray) -> RowDomains:
    """Return the combinations of the `by` columns among the responses inside, in the order of their codes.

    Missing values come last, as in `sipas.stats.estimates.domains.find_domains`.
    """
    columns = {name: responses.column(name) for name in by}
    rows = np.flatnonzero(inside)
    crossed = cross([column.select(rows) for column in columns.values()], len(rows))
    code = np.full(len(responses), -1, dtype=np.int64)
    code[rows] = crossed.code
    keys = zip(columns.items(), crossed.keys, strict=True)
    by_key = {name: Column(codes, column.levels) for (name, column), codes in keys}
    return RowDomains(by_key, max(crossed.count, 0 if by else 1), code)
