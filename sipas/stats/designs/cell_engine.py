"""Estimates from cells: for samples of single responses in strata, quickly however many responded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sipas.stats.arrays import BoolArray
from sipas.stats.cells.build import build_cells
from sipas.stats.cells.cells import Cells
from sipas.stats.cells.columns import Column
from sipas.stats.contrasts.joint import estimate_jointly
from sipas.stats.contrasts.parts import Joint
from sipas.stats.designs.responses import Filter, Responses, filter_rows
from sipas.stats.estimates.estimate import Estimates, estimate_each
from sipas.stats.estimates.measures import Measure
from sipas.stats.estimates.verdict import Options
from sipas.stats.weights.weights import Weighting

Weigh = Callable[[Cells], Weighting]


@dataclass(frozen=True)
class CellEngine:
    """Responses, tabulated into cells for the columns that a question needs.

    Parameters
    ----------
    responses : Responses
    keys : tuple of str
        The columns that weights depend on: strata and margins.
    weigh : function of Cells to Weighting
    """

    responses: Responses
    keys: tuple[str, ...]
    weigh: Weigh
    _built: dict[frozenset[str], tuple[Cells, Weighting]] = field(default_factory=dict, repr=False)

    def estimate(
        self, measures: Sequence[Measure], by: Sequence[str], where: Filter, options: Options
    ) -> tuple[Estimates, ...]:
        """Return each measure in every combination of the `by` columns; see `estimates.estimate`."""
        cells, weighting = self._weighted(by, where)
        return estimate_each(
            cells,
            weighting,
            measures,
            by,
            where=_mask(cells.columns, where, len(cells)),
            where_frame=_frame_mask(weighting, where),
            statistic=options.statistic,
            ci=options.ci,
            effective_n=options.effective_n,
            level=options.level,
            lonely=options.lonely,
            fpc=options.fpc,
        )

    def joint(self, measure: Measure, by: Sequence[str], where: Filter, options: Options) -> Joint:
        """Return a measure by domain with all covariances; see `sipas.stats.contrasts.estimate_jointly`."""
        options.check()
        cells, weighting = self._weighted(by, where)
        return estimate_jointly(
            cells,
            weighting,
            measure,
            by,
            where=_mask(cells.columns, where, len(cells)),
            where_frame=_frame_mask(weighting, where),
            statistic=options.statistic,
            lonely=options.lonely,
            fpc=options.fpc,
        )

    def _weighted(self, by: Sequence[str], where: Filter) -> tuple[Cells, Weighting]:
        names = tuple(dict.fromkeys((*self.keys, *by, *where)))
        wanted = frozenset(names)
        if wanted not in self._built:
            columns = {name: self.responses.column(name) for name in names}
            cells = build_cells(self.responses.scoring, self.responses.answers, columns)
            self._built[wanted] = cells, self.weigh(cells)
        return self._built[wanted]


def _mask(columns: Mapping[str, Column], where: Filter, rows: int) -> BoolArray | None:
    return filter_rows(columns, where, rows) if where else None


def _frame_mask(weighting: Weighting, where: Filter) -> BoolArray | None:
    """Return the filter on the frame's rows, where it has all columns of the filter."""
    frame = weighting.frame
    if frame is None or not where or not set(where) <= set(frame.columns):
        return None
    known = {name: [level] if isinstance(level, str) else level for name, level in where.items()}
    kept = np.ones(len(frame), dtype=np.bool_)
    for name, levels in known.items():
        kept &= np.any([frame.columns[name].equals(str(level)) for level in levels], axis=0)
    return kept
