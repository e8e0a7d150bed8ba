"""The counts of a measure in the cells of a tabulation."""

import numpy as np

from sipas.stats.cells.cells import Cells
from sipas.stats.disclosure.counts import Counts
from sipas.stats.disclosure.tabulation import Tabulation
from sipas.stats.estimates.measures import Measure
from sipas.stats.estimates.moments import Moments
from sipas.stats.weights.weighted_cells import WeightedCells
from sipas.stats.weights.weights import unweighted


def count_measure(cells: Cells, measure: Measure, tabulation: Tabulation) -> Counts:
    """Respondents and answers in every cell of the tabulation, which uses these cells' columns.

    All responses count, those too that weights leave out, so that counts only ever grow. An answer of
    a form that draws items counts 1 / P(asked) times, as in the measure.
    """
    moments = Moments(WeightedCells(cells, unweighted(cells, ())), measure, "share", slice(None))
    return Counts(
        n=tabulation.total(moments.answered()),
        satisfied=tabulation.total(np.sum(moments.numerators, axis=0)),
        answers=tabulation.total(np.sum(moments.denominators, axis=0)),
        answers_per_respondent=float(len(measure.items(cells.scoring))),
    )
