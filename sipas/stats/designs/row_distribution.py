"""The share of each point of the scale, response by response."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sipas.stats.arrays import BoolArray
from sipas.stats.designs.replicates import ReplicateDesign
from sipas.stats.designs.responses import Responses
from sipas.stats.designs.row_domains import RowDomains
from sipas.stats.designs.row_linearise import linearise_rows
from sipas.stats.designs.row_moments import RowMoments, row_moments
from sipas.stats.designs.taylor import TaylorDesign
from sipas.stats.estimates.distribution import Distribution
from sipas.stats.estimates.effective import (
    ROUNDING_OF_RATIOS,
    WeightSums,
)
from sipas.stats.estimates.estimate import stacked
from sipas.stats.estimates.measures import Measure
from sipas.stats.estimates.points import share_intervals
from sipas.stats.options import Options


def distribute_rows(
    responses: Responses,
    design: TaylorDesign | ReplicateDesign,
    domains: RowDomains,
    base: WeightSums,
    counted: BoolArray,
    measure: Measure,
    options: Options,
) -> Distribution:
    """Return the weighted share of each point among the answers, by domain.

    The same shares as `sipas.stats.estimates.distribution.distribute` of single responses. The variance
    of several items together is that of their sum, as each response is known, not an upper bound.

    Parameters
    ----------
    base : WeightSums
        Of the measure.
    counted : bool[rows]
        The responses that degrees of freedom count.
    options : Options
        Of shares.
    """
    shares, variances = [], []
    for moments in _moments_of_points(responses, measure):
        linearised = linearise_rows(moments, domains, design.weight)
        shares.append(linearised.estimate)
        variances.append(design.variance(moments, linearised, domains, counted, options.lonely))
    share = np.stack(shares)
    share[:, ((share < -ROUNDING_OF_RATIOS) | (share > 1 + ROUNDING_OF_RATIOS)).any(axis=0)] = np.nan
    low, high = share_intervals(share, stacked(variances), stacked([base] * len(shares)), options)
    return Distribution(measure.name, responses.scoring.points, domains.by, share.T, low.T, high.T)


def _moments_of_points(responses: Responses, measure: Measure) -> Iterator[RowMoments]:
    """Yield for each point the moments whose numerators count answers with it."""
    answered = row_moments(responses, measure, "share")
    answered = replace(answered, shares=answered.shares / answered.shares.sum())
    items = [responses.answers[:, list(ratio.places(responses.scoring))] for ratio in measure.ratios]
    for point in responses.scoring.points:
        chosen = np.stack([(answers == point).sum(axis=1) for answers in items], axis=1)
        yield replace(answered, numerators=chosen.astype(answered.numerators.dtype))
