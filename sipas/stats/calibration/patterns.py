"""Cells grouped by pattern: the combination of levels that they have in all margins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.calibration.margins import COLUMN_SEPARATOR, Margins, parts
from sipas.stats.calibration.solve import Problem
from sipas.stats.cells.cells import Cells
from sipas.stats.cells.columns import Column, cross
from sipas.stats.grouping import added, summed


@dataclass(frozen=True)
class Margin:
    """A margin as patterns have it.

    Parameters
    ----------
    name : str
    levels : tuple of str
        Those with a count above 0.
    totals : float64[levels]
    code : int32[patterns]
    """

    name: str
    levels: tuple[str, ...]
    totals: FloatArray
    code: IntArray


@dataclass(frozen=True)
class Patterns:
    """Cells with the same levels of all margins, which get the same ratio.

    Parameters
    ----------
    code : int64[cells]
        The pattern of each cell; -1 for cells left out.
    design : float64[patterns]
        Σ n w before calibration, scaled so that it adds up to the margins' total.
    margins : tuple of Margin
    """

    code: IntArray
    design: FloatArray
    margins: tuple[Margin, ...]

    @classmethod
    def of(cls, cells: Cells, weight: FloatArray, placed: BoolArray, margins: Margins) -> Patterns:
        """Return the patterns of the placed cells. Raises StatisticsError if the margins do not match."""
        found = [_Levels.of(cells, placed, name, counts) for name, counts in margins.counts.items()]
        for levels in found:
            for problem in levels.problems():
                raise StatisticsError(problem)
        crossed = cross([levels.column for levels in found], int(placed.sum()))
        code = np.full(len(cells), -1, dtype=np.int64)
        code[placed] = crossed.code
        design = summed(crossed.code, (cells.n * weight)[placed], crossed.count)
        if not design.sum() > 0:
            raise StatisticsError("there are no responses to weight to the margins")
        made = zip(found, crossed.keys, strict=True)
        return cls(
            code,
            design * (margins.total / design.sum()),
            tuple(Margin(one.name, one.column.levels, one.totals, key.astype(np.int64)) for one, key in made),
        )

    @cached_property
    def auxiliaries(self) -> scipy.sparse.csr_array:
        """sparse float64[patterns, p]: 1 for the level of each margin."""
        starts = np.cumsum([0, *(len(margin.levels) for margin in self.margins)])
        places = [margin.code + start for margin, start in zip(self.margins, starts[:-1], strict=True)]
        columns = np.stack(places, axis=1).ravel()
        rows = np.arange(len(self.design) + 1) * len(self.margins)
        shape = (len(self.design), int(starts[-1]))
        return scipy.sparse.csr_array((np.ones(len(columns)), columns, rows), shape=shape)

    def problem(self) -> Problem:
        names = [f"margin {margin.name}, level {level}" for margin in self.margins for level in margin.levels]
        totals = np.concatenate([margin.totals for margin in self.margins])
        return Problem(self.design, self.auxiliaries, totals, names)


@dataclass(frozen=True)
class _Levels:
    """The placed cells' levels of one margin.

    Parameters
    ----------
    name : str
    column : Column
        Its levels are those of the margin that have a count; -1 for every other.
    totals : float64[levels]
    empty : tuple of str
        The levels whose count is 0.
    given : list of (str or None)
        For each placed cell's level, by `own`, its name.
    own : int64[placed]
    n : int64[placed]
    """

    name: str
    column: Column
    totals: FloatArray
    empty: tuple[str, ...]
    given: list[str | None]
    own: IntArray
    n: IntArray

    @classmethod
    def of(cls, cells: Cells, placed: BoolArray, name: str, counts: Mapping[str, float]) -> _Levels:
        columns = [cells.column(column).select(placed) for column in parts(name)]
        crossed = cross(columns, int(placed.sum()))
        labels = [
            Column(key, column.levels).labels() for key, column in zip(crossed.keys, columns, strict=True)
        ]
        given = [
            None if None in level else COLUMN_SEPARATOR.join(map(str, level))
            for level in zip(*labels, strict=True)
        ]
        levels = tuple(level for level, count in counts.items() if count > 0)
        place = {level: code for code, level in enumerate(levels)}
        codes = np.array([place.get(level or "", -1) for level in given], dtype=np.int32)
        return cls(
            name,
            Column(codes[crossed.code], levels),
            np.array([counts[level] for level in levels], dtype=np.float64),
            tuple(level for level, count in counts.items() if count == 0),
            given,
            crossed.code,
            cells.n[placed],
        )

    def problems(self) -> Iterator[str]:
        """Return the reasons why responses cannot be weighted to this margin, one sentence each."""
        responses: Counter[str | None] = Counter()
        for level, n in zip(self.given, added(self.own, self.n, len(self.given)).tolist(), strict=True):
            responses[level] += n
        missing = responses.pop(None, 0)
        if missing:
            yield f"margin {self.name}: {missing} responses have no value there; leave them out or say theirs"
        for level, n in responses.items():
            if level in self.empty and n:
                yield (
                    f"margin {self.name} counts 0 for level {level}, which {n} responses have; correct the"
                    " count, or leave them out"
                )
            elif level not in self.column.levels and n:
                yield f"margin {self.name} has no count for level {level}, which {n} responses have; add it"
        for level, total in zip(self.column.levels, self.totals, strict=True):
            if not responses.get(level):
                yield (
                    f"margin {self.name}, level {level}: no response for a count of {total:g};"
                    " merge it with another level, or take it out of all margins"
                )
