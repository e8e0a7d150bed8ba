"""Numbers from numbers: cells, weights, estimates and their uncertainty.

The way through: `build_cells` makes cells of answers; `post_stratify`, `rake`, `calibrate` or
`unweighted` weights them; `estimate` gives a measure by domain, `jackknife` and `bootstrap` a second
opinion on its standard error. Where clusters or continuous auxiliaries forbid cells,
`sipas.stats.rows` estimates row by row.
"""

from sipas.stats.build import build_cells
from sipas.stats.calibration.calibrate import calibrate, rake
from sipas.stats.calibration.frame_margins import frame_margins
from sipas.stats.calibration.kept import Calibration
from sipas.stats.calibration.margins import Margins
from sipas.stats.calibration.solve import calibrate_weights
from sipas.stats.calibration.trim import trim
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
from sipas.stats.replicates import Replicated, bootstrap, jackknife
from sipas.stats.scoring import IndexDefinition, Scoring
from sipas.stats.strata import Frame, StrataNames
from sipas.stats.variance import Variance, fractions, stratified_variance
from sipas.stats.weights import Pool, Trimming, Weighting, unweighted

__all__ = [
    "Calibration",
    "Cells",
    "Column",
    "Domains",
    "Estimates",
    "Frame",
    "IndexDefinition",
    "Layout",
    "Linearised",
    "Margins",
    "Measure",
    "Moments",
    "Pool",
    "Replicated",
    "Scoring",
    "StrataNames",
    "Trimming",
    "Variance",
    "Weighting",
    "bootstrap",
    "build_cells",
    "calibrate",
    "calibrate_weights",
    "choose_measures",
    "estimate",
    "estimate_each",
    "factor_measure",
    "find_domains",
    "fractions",
    "frame_margins",
    "item_counts",
    "item_measure",
    "jackknife",
    "linearise",
    "merge_cells",
    "overall_measure",
    "post_stratify",
    "rake",
    "stratified_variance",
    "sum_width",
    "trim",
    "unweighted",
]
