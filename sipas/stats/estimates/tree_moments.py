"""Moments of a node of an index tree, from the respondents themselves."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.estimates.domains import Domains, Rows, of_rows
from sipas.stats.estimates.measures import Measure, Ratio
from sipas.stats.estimates.moments import Moments, Products
from sipas.stats.estimates.respondent_sums import Respondents, Slots
from sipas.stats.options import Statistic
from sipas.stats.weights.weighted_cells import WeightedCells


class TreeSample:
    """The respondents of some cells with their weights: the same for all nodes of a tree.

    Parameters
    ----------
    sample : WeightedCells
    statistic : {"share", "mean"}
    rows : slice or int64[rows]
        The cells that are looked at.
    """

    def __init__(self, sample: WeightedCells, statistic: Statistic, rows: Rows) -> None:
        self.respondents = Respondents.of(sample.cells, rows, "S" if statistic == "share" else "T")
        self.weight = of_rows(sample.weighting.weight, rows)[self.respondents.cell]
        self._slots: tuple[Domains, Slots] | None = None

    def slots(self, domains: Domains) -> Slots:
        """The domain of each respondent; kept for the next node."""
        if self._slots is None or self._slots[0] is not domains:
            self._slots = domains, self.respondents.slots(domains.domain, domains.count)
        return self._slots[1]


class TreeMoments(Moments):
    """As `Moments`, of a measure whose ratios name items; the cells need rows.

    Parameters
    ----------
    tree : TreeSample
        Of the same cells.
    """

    def __init__(
        self, sample: WeightedCells, measure: Measure, statistic: Statistic, rows: Rows, tree: TreeSample
    ) -> None:
        super().__init__(sample, measure, statistic, rows)
        self.tree, self.respondents = tree, tree.respondents
        self.places = [ratio.places(sample.cells.scoring) for ratio in measure.ratios]
        self.all_places = [item for items in self.places for item in items]
        self._of_items: tuple[FloatArray, FloatArray] | None = None
        self.ratio_of_place = np.repeat(np.arange(len(self.places)), [len(items) for items in self.places])

    def answered(self) -> IntArray:
        return np.rint(self.respondents.by_cell(self._answers > 0)).astype(np.int64)

    def skipped(self) -> FloatArray:
        return np.asarray(len(self.all_places) * self.responses() - self.respondents.by_cell(self._answers))

    @cached_property
    def _answers(self) -> IntArray:
        return self.respondents.answers(self.all_places).astype(np.int64)

    def numerator(self, ratio: Ratio) -> FloatArray:
        return self.respondents.by_cell(self._of_respondents(ratio, 1.0, 0.0))

    def denominator(self, ratio: Ratio) -> FloatArray:
        return self.respondents.by_cell(self._of_respondents(ratio, 0.0, 1.0))

    def _of_respondents(self, ratio: Ratio, y: float, x: float) -> FloatArray:
        """float64[respondents]: y times the numerator and x times the denominator."""
        items = ratio.places(self.cells.scoring)
        ones = np.ones((len(items), 1))
        return self.respondents.linear(items, self.respondents.together, y * ones, x * ones)

    def products(self) -> Iterator[tuple[int, int, Products]]:
        parts = [
            (self._of_respondents(ratio, 1.0, 0.0), self._of_respondents(ratio, 0.0, 1.0))
            for ratio in self.measure.ratios
        ]
        by_cell = self.respondents.by_cell
        for r, (y, x) in enumerate(parts):
            for q, (other_y, other_x) in enumerate(parts[r:], r):
                yx = by_cell(y * other_x)
                xy = yx if r == q else by_cell(x * other_y)
                yield r, q, Products(by_cell(y * other_y), yx, xy, by_cell(x * other_x))

    def crossed(self, position: int) -> FloatArray:
        ratio = self.measure.ratios[position]
        y, x = self._of_respondents(ratio, 1.0, 0.0), self._of_respondents(ratio, 0.0, 1.0)
        return self.respondents.by_cell(y * x)

    def totals(self, domains: Domains) -> tuple[FloatArray, FloatArray]:
        slots = self.tree.slots(domains)
        y, x = self.respondents.item_totals(self.all_places, slots, self.tree.weight)
        self._of_items = y.sum(axis=1), x.sum(axis=1)
        return self._by_ratio(y, x)

    def totals_together(self) -> tuple[FloatArray, FloatArray]:
        """float64[ratios] twice: the totals of all respondents."""
        if self._of_items is None:
            slots = self.respondents.together
            y, x = self.respondents.item_totals(self.all_places, slots, self.tree.weight)
            self._of_items = y[:, 0], x[:, 0]
        return self._by_ratio(*self._of_items)

    def _by_ratio(self, *totals: FloatArray) -> tuple[FloatArray, FloatArray]:
        starts = np.searchsorted(self.ratio_of_place, np.arange(len(self.places)))
        y, x = (np.add.reduceat(total, starts, axis=0) for total in totals)
        return y, x

    def residuals(
        self, ratios: FloatArray, coefficients: FloatArray, domains: Domains
    ) -> tuple[FloatArray, FloatArray]:
        e = self._linearized(ratios, coefficients, self.tree.slots(domains))
        return self.respondents.by_cell(e), self.respondents.by_cell(e * e)

    def linearized_sums(self, ratios: FloatArray, coefficients: FloatArray, domains: Domains) -> FloatArray:
        return self.respondents.by_cell(self._linearized(ratios, coefficients, self.tree.slots(domains)))

    def squares_together(self, ratios: FloatArray, coefficients: FloatArray) -> float:
        e = self._linearized(ratios[:, None], coefficients[:, None], self.respondents.together)
        return float(np.einsum("i,i,i->", self.tree.weight, e, e))

    def _linearized(self, ratios: FloatArray, coefficients: FloatArray, slots: Slots) -> FloatArray:
        """float64[respondents]: Σ_r c_r (y_ir − R_r x_ir) / X_r."""
        y = coefficients[self.ratio_of_place]
        x = -y * np.nan_to_num(ratios)[self.ratio_of_place]
        return self.respondents.linear(self.all_places, slots, y, x)


class MomentsOf:
    """Moments of one measure after another, of the same cells.

    Parameters
    ----------
    sample, statistic, rows
        As in `Moments`.
    """

    def __init__(self, sample: WeightedCells, statistic: Statistic, rows: Rows) -> None:
        self.sample, self.statistic, self.rows = sample, statistic, rows

    @cached_property
    def _tree(self) -> TreeSample:
        return TreeSample(self.sample, self.statistic, self.rows)

    def of(self, measure: Measure) -> Moments:
        """The moments of a measure."""
        if measure.needs_rows:
            return TreeMoments(self.sample, measure, self.statistic, self.rows, self._tree)
        return Moments(self.sample, measure, self.statistic, self.rows)


def find_moments(sample: WeightedCells, measure: Measure, statistic: Statistic, rows: Rows) -> Moments:
    """The moments of a single measure; parameters as of `Moments`."""
    return MomentsOf(sample, statistic, rows).of(measure)
