"""Contributions of each response to the totals of a measure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.designs.responses import Responses
from sipas.stats.estimates.branches import Branch
from sipas.stats.estimates.measures import Measure, Ratio
from sipas.stats.options import Statistic

RowSums = NDArray[np.float64 | np.int16]


@dataclass(frozen=True)
class RowMoments:
    """Numerators and denominators of a measure's ratios, response by response.

    Parameters
    ----------
    numerators, denominators : float64[rows, ratios]
        y and x: for an item whether the answer satisfies (or its point) and whether there is one; for
        factors their sums over the items.
        Whole numbers of a node of an index tree stay narrow.
    shares : float64[ratios]
        The weight of each ratio in the measure.
    counted : bool[rows]
        The responses that n and the degrees of freedom count.
    branch : Branch, optional
        Of a node of an index tree, see `sipas.stats.estimates.measures.Measure`.
    """

    numerators: RowSums
    denominators: RowSums
    shares: FloatArray
    counted: BoolArray
    branch: Branch | None = None

    @property
    def answered(self) -> BoolArray:
        """bool[rows]: responses with an answer to an item of the measure."""
        return np.asarray((self.denominators > 0).any(axis=1))


def row_moments(responses: Responses, measure: Measure, statistic: Statistic) -> RowMoments:
    """Return the moments of a measure for all responses."""
    sums = [_sums(responses, ratio, statistic) for ratio in measure.ratios]
    numerators, denominators = np.stack([y for y, _ in sums], axis=1), np.stack([x for _, x in sums], axis=1)
    everyone = np.ones(len(responses), dtype=np.bool_)
    return RowMoments(
        numerators=numerators,
        denominators=denominators,
        shares=np.array([ratio.share for ratio in measure.ratios]),
        counted=everyone if measure.everybody else denominators[:, 0] > 0,
        branch=measure.branch,
    )


def _sums(responses: Responses, ratio: Ratio, statistic: Statistic) -> tuple[RowSums, RowSums]:
    """Return two numbers a row: y and x of one ratio; of a node of an index tree as narrow as can be."""
    kind = np.int16 if ratio.items else np.float64
    places = list(ratio.places(responses.scoring))
    answers = responses.answers[:, places]
    answered = answers >= 0
    times = _times_asked(responses, places)
    if times is not None:
        points = answers >= responses.scoring.satisfied if statistic == "share" else np.maximum(answers, 0)
        return (points * times).sum(axis=1), (answered * times).sum(axis=1)
    if statistic == "share":
        values = (answers >= responses.scoring.satisfied).sum(axis=1)
    else:
        values = np.where(answered, answers, 0).sum(axis=1)
    return values.astype(kind), answered.sum(axis=1).astype(kind)


def _times_asked(responses: Responses, places: list[int]) -> FloatArray | None:
    """Return float64[rows, items]: 1 / P(asked), 0 for an item never asked; None where all are 1."""
    forms = responses.columns.get("form")
    if forms is None or not responses.scoring.forms:
        return None
    chances = np.array([responses.scoring.chances(form) for form in (*forms.levels, None)], dtype=np.float64)
    chances = chances[:, places]
    if (chances == 1).all():
        return None
    times = np.divide(1.0, chances, out=np.zeros_like(chances), where=chances > 0)
    return np.asarray(times[forms.codes], dtype=np.float64)
