"""Numbers from numbers: cells, weights, estimates and their uncertainty.

The way through: `build_cells` makes cells of answers, `post_stratify` or `unweighted` weights them,
`estimate` gives a measure by domain.
"""

from sipas.stats.build import build_cells
from sipas.stats.cells import Cells, item_counts, merge_cells
from sipas.stats.columns import Column
from sipas.stats.domains import Domains, find_domains
from sipas.stats.estimate import Estimates, estimate, estimate_each
from sipas.stats.layout import Layout, sum_width
from sipas.stats.linearise import Linearised, linearise
from sipas.stats.measures import (
    Measure,
    choose_measures,
    factor_measure,
    item_measure,
    overall_measure,
)
from sipas.stats.moments import Moments
from sipas.stats.poststratify import post_stratify
from sipas.stats.scoring import IndexDefinition, Scoring
from sipas.stats.strata import Frame, StrataNames
from sipas.stats.variance import Variance, fractions, stratified_variance
from sipas.stats.weights import Pool, Weighting, unweighted

__all__ = [
    "Cells",
    "Column",
    "Domains",
    "Estimates",
    "Frame",
    "IndexDefinition",
    "Layout",
    "Linearised",
    "Measure",
    "Moments",
    "Pool",
    "Scoring",
    "StrataNames",
    "Variance",
    "Weighting",
    "build_cells",
    "choose_measures",
    "estimate",
    "estimate_each",
    "factor_measure",
    "find_domains",
    "fractions",
    "item_counts",
    "item_measure",
    "linearise",
    "merge_cells",
    "overall_measure",
    "post_stratify",
    "stratified_variance",
    "sum_width",
    "unweighted",
]
