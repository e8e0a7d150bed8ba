"""Is A better than B? Did it change? Does the channel matter?

`estimate_jointly` (or `estimate_parts`, for domains that overlap) gives estimates with their
covariances, `Joint.pairs` chooses which to compare, `find_differences` compares them, and `adjust`
and `findings` judge them as a family. Rounds are put side by side by `stack_rounds`
and compared by `pair_rounds`, an old round is brought to today's units by `estimate_successors`.
"""

from sipas.stats.contrasts.complement import Against, against_all
from sipas.stats.contrasts.crosswalk import Mapped, UnitCrosswalk, estimate_successors
from sipas.stats.contrasts.difference import Differences, find_differences
from sipas.stats.contrasts.domain_unions import Joint
from sipas.stats.contrasts.estimate_sets import EstimateSet, Pairs
from sipas.stats.contrasts.family import Adjustment, Finding, adjust, all_pairs, findings, with_reference
from sipas.stats.contrasts.joint import Part, estimate_jointly, estimate_parts
from sipas.stats.contrasts.rounds import pair_rounds, stack_rounds
from sipas.stats.contrasts.standardized import StandardizedComparison, compare_standardized

__all__ = [
    "Adjustment",
    "Against",
    "Differences",
    "EstimateSet",
    "Finding",
    "Joint",
    "Mapped",
    "Pairs",
    "Part",
    "StandardizedComparison",
    "UnitCrosswalk",
    "adjust",
    "against_all",
    "all_pairs",
    "compare_standardized",
    "estimate_jointly",
    "estimate_parts",
    "estimate_successors",
    "find_differences",
    "findings",
    "pair_rounds",
    "stack_rounds",
    "with_reference",
]
