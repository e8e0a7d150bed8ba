"""Estimates from cells: for samples of single responses in strata, quickly however many responded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sipas.stats.arrays import BoolArray
from sipas.stats.cells.build import build_cells
from sipas.stats.cells.cells import Cells
from sipas.stats.cells.scoring import Scoring
from sipas.stats.contrasts.complement import Against, against_all
from sipas.stats.contrasts.crosswalk import Mapped, UnitCrosswalk, estimate_successors
from sipas.stats.contrasts.domain_unions import Joint
from sipas.stats.contrasts.estimate_sets import Pairs
from sipas.stats.contrasts.joint import estimate_jointly
from sipas.stats.contrasts.standardized import StandardizedComparison, compare_standardized
from sipas.stats.designs.responses import Filter, Responses, filter_rows
from sipas.stats.estimates.distribution import Distribution, distribute
from sipas.stats.estimates.domains import find_domains
from sipas.stats.estimates.estimate import Estimates, estimate_each
from sipas.stats.estimates.measures import Measure
from sipas.stats.options import Options
from sipas.stats.replicates.bootstrap import bootstrap
from sipas.stats.replicates.jackknife import jackknife
from sipas.stats.replicates.replicated import Replicated
from sipas.stats.weights.weighted_cells import WeightedCells
from sipas.stats.weights.weights import Weighting

Weigh = Callable[[Cells], Weighting]
Tabulate = Callable[[Sequence[str]], WeightedCells]


@dataclass(frozen=True)
class Tabulator:
    """Responses, tabulated into weighted cells for the columns that a question needs.

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
    _made: dict[frozenset[str], WeightedCells] = field(default_factory=dict, repr=False)

    def __call__(self, names: Sequence[str]) -> WeightedCells:
        """Return the cells of these columns and the keys; made once."""
        wanted = tuple(dict.fromkeys((*self.keys, *names)))
        found = self._made.get(frozenset(wanted))
        if found is None:
            columns = {name: self.responses.column(name) for name in wanted}
            cells = build_cells(self.responses.scoring, self.responses.answers, columns)
            found = self._made[frozenset(wanted)] = WeightedCells(cells, self.weigh(cells))
        return found


@dataclass(frozen=True)
class CellEngine:
    """A stratified sample of single responses.

    Parameters
    ----------
    scoring : Scoring
    tabulate : function of column names to WeightedCells
        Gives cells that are told apart by these columns.
    filter : mapping of str to str or sequence of str
        The levels that questions are about; all if empty.
    """

    scoring: Scoring
    tabulate: Tabulate
    filter: Filter = field(default_factory=dict)

    @classmethod
    def of(cls, sample: WeightedCells) -> "CellEngine":
        """Return the engine of cells that are made already."""
        return cls(sample.cells.scoring, lambda _: sample)

    def where(self, filter_: Filter) -> "CellEngine":
        return replace(self, filter={**self.filter, **filter_}) if filter_ else self

    def estimate(
        self, measures: Sequence[Measure], by: Sequence[str], options: Options
    ) -> tuple[Estimates, ...]:
        return estimate_each(self._sample(by), measures, by, options)

    def count_domains(self, by: Sequence[str]) -> int:
        return find_domains(self._sample(by), by).count

    def joint(self, measure: Measure, by: Sequence[str], options: Options) -> Joint:
        return estimate_jointly(self._sample(by), measure, by, options)

    def against_all(
        self, measure: Measure, by: Sequence[str], against: Against, options: Options
    ) -> tuple[Joint, Pairs]:
        return against_all(self._sample(by), measure, by, against, options)

    def standardized(
        self, measure: Measure, column: str, levels: Sequence[tuple[str, str]], options: Options
    ) -> StandardizedComparison:
        return compare_standardized(self._sample((column,)), measure, column, levels, options)

    def successors(
        self, measure: Measure, by: Sequence[str], unit: str, crosswalk: UnitCrosswalk, options: Options
    ) -> Mapped:
        return estimate_successors(self._sample(by), measure, by, unit, crosswalk, options)

    def distribution(self, measure: Measure, by: Sequence[str], options: Options) -> Distribution:
        return distribute(self._sample(by), measure, by, options)

    def jackknife(self, measure: Measure, by: Sequence[str], options: Options) -> Replicated:
        return jackknife(self._sample(by), measure, by, options)

    def bootstrap(
        self,
        measure: Measure,
        by: Sequence[str],
        options: Options,
        seed: int,
        before_each: Callable[[], None] = lambda: None,
    ) -> Replicated:
        return bootstrap(self._sample(by), measure, by, options, seed=seed, before_each=before_each)

    def _sample(self, by: Sequence[str]) -> WeightedCells:
        sample = self.tabulate((*by, *self.filter))
        if not self.filter:
            return sample
        kept = filter_rows(sample.cells.columns, self.filter, len(sample))
        return sample.keep(kept, _frame_mask(sample.weighting, self.filter))


def _frame_mask(weighting: Weighting, where: Filter) -> BoolArray | None:
    """Return the filter on the frame's rows, where it has all columns of the filter."""
    frame = weighting.frame
    if frame is None or not set(where) <= set(frame.columns):
        return None
    known = {name: [level] if isinstance(level, str) else level for name, level in where.items()}
    kept = np.ones(len(frame), dtype=np.bool_)
    for name, levels in known.items():
        kept &= np.any([frame.columns[name].equals(str(level)) for level in levels], axis=0)
    return kept
