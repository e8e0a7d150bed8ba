"""Cells built from a round's responses for earlier questions, extended when more responses come."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace

from sipas.stats import Cells, Column, merge_cells
from sipas.stats.cells.columns import recode

_HELD_BYTES_MAX = 512 * 2**20  # of all cells of a round

Build = Callable[[int], Cells]


@dataclass(frozen=True)
class _Held:
    """Cells of the first `rows` responses."""

    rows: int
    cells: Cells

    @property
    def bytes(self) -> int:
        codes = sum(column.codes.nbytes for column in self.cells.columns.values())
        rows = self.cells.rows.cell.nbytes if self.cells.rows else 0
        return self.cells.n.nbytes + self.cells.sums.nbytes + codes + rows


@dataclass
class CellCache:
    """The cells that were used last, by what they were built for."""

    held: OrderedDict[Hashable, _Held] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Hashable, rows: int, build: Build) -> Cells:
        """Return the cells of the first `rows` responses. build: makes those of the responses from a row on.

        Levels that are new may stand anywhere among the old ones.
        """
        with self.lock:
            found = self.held.get(key)
        if found is None or found.rows > rows or (found.rows < rows and not found.cells.holds_sums):
            cells = build(0)  # without sums cells share the responses, and merging would copy these
        elif found.rows < rows:
            added = build(found.rows)
            cells = merge_cells([_with_levels(found.cells, added), added])
        else:
            cells = found.cells
        self._keep(key, _Held(rows, cells))
        return cells

    def _keep(self, key: Hashable, held: _Held) -> None:
        with self.lock:
            other = self.held.pop(key, held)
            self.held[key] = held if held.rows >= other.rows else other
            while len(self.held) > 1 and sum(one.bytes for one in self.held.values()) > _HELD_BYTES_MAX:
                self.held.popitem(last=False)

    def before(self, rows: int) -> "CellCache":
        """Return the cells that were built from no more than the first rows."""
        with self.lock:
            return CellCache(OrderedDict((key, one) for key, one in self.held.items() if one.rows <= rows))


def _with_levels(cells: Cells, later: Cells) -> Cells:
    """Return the cells with the levels of later ones, which have all of theirs."""
    columns = {}
    for name, column in cells.columns.items():
        levels = later.columns[name].levels
        place = {level: code for code, level in enumerate(levels)}
        columns[name] = column if column.levels == levels else Column(recode(column, place), levels)
    return replace(cells, columns=columns)
