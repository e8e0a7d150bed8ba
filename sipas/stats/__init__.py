"""Statistics of surveys: arrays in, frozen results out. The package reads no file and no database.

Start with `SurveyDesign.from_frame`, which takes a data frame: its methods answer the questions below.
Three values describe a question: the design (who answered, with which weights, strata and clusters),
`Options` (how estimates are made), and a measure with the columns that make the domains.
The functions underneath take arrays, in this order:

1. `Scoring` says what answers mean, `Column` holds who gave them, `build_cells` makes `Cells` of both,
   and `merge_cells` adds cells of several batches.
2. `post_stratify`, `rake`, `calibrate` and `trim`, or `unweighted`, give a `Weighting` of the cells;
   `Frame` and `Margins` hold known counts, and `frame_margins` gives the margins of a frame.
   `WeightedCells` holds the two together; its `keep` limits a question to some cells.
3. `overall_measure`, `factor_measure`, `item_measure` or `choose_measures` say what is measured.
4. `estimate` (for several measures `estimate_each`) gives it by domain, with standard errors,
   intervals and notes; `jackknife` and `bootstrap` give a second opinion on the standard errors.

Questions that start from there:

- Did we reach the target? `judge_target`, of estimates made with `Options(fpc=False)`.
- Is A better than B, did it change? `estimate_jointly` and `Joint.pairs` of `all_pairs` or
  `with_reference`, or `against_all`, or `pair_rounds` (across mergers of units
  `estimate_successors`); then `find_differences`, `adjust` and `findings`. Does the channel matter?
  `compare_standardized`.
- Who ranks where? `rank_joint`, or `rank_domains` for estimates made elsewhere.
- What about small units? `model_shares`, or `fay_herriot` for the textbook model.

Two subpackages have their own namespaces: `sipas.stats.planning` (sample sizes and draws) and
`sipas.stats.disclosure` (tables for publication).

Arrays are numpy's; every docstring gives their shapes. NaN marks a number that cannot be estimated.
Invalid input raises `sipas.errors.StatisticsError`, a ValueError, or `NotFound` for an unknown name.
"""

from sipas.stats.areas.area_shares import SmallAreas, model_shares
from sipas.stats.areas.small_areas import AreaModel, fay_herriot
from sipas.stats.calibration.margins import Margins
from sipas.stats.cells.build import build_cells
from sipas.stats.cells.cells import Cells, merge_cells
from sipas.stats.cells.columns import Column
from sipas.stats.cells.scoring import IndexDefinition, IndexNode, Scoring
from sipas.stats.contrasts import (
    Differences,
    Joint,
    Pairs,
    StandardizedComparison,
    UnitCrosswalk,
    adjust,
    against_all,
    all_pairs,
    compare_standardized,
    estimate_jointly,
    estimate_successors,
    find_differences,
    findings,
    pair_rounds,
    with_reference,
)
from sipas.stats.designs import (
    Clusters,
    CountedFrame,
    Questionnaire,
    Replicates,
    ResultTable,
    Scale,
    SurveyDesign,
)
from sipas.stats.estimates.estimate import Estimates, estimate, estimate_each
from sipas.stats.estimates.measures import (
    Measure,
    choose_measures,
    factor_measure,
    item_measure,
    overall_measure,
)
from sipas.stats.estimates.targets import Targets, judge_target
from sipas.stats.options import Options
from sipas.stats.ranking import Ranks, rank_domains, rank_joint
from sipas.stats.replicates import Replicated, bootstrap, jackknife
from sipas.stats.weights.calibrate import calibrate, rake
from sipas.stats.weights.frame_margins import frame_margins
from sipas.stats.weights.poststratify import post_stratify
from sipas.stats.weights.strata import Frame
from sipas.stats.weights.trim import trim
from sipas.stats.weights.walk_up import WalkUp
from sipas.stats.weights.weighted_cells import WeightedCells
from sipas.stats.weights.weights import Weighting, unweighted

__all__ = [
    "AreaModel",
    "Cells",
    "Clusters",
    "Column",
    "CountedFrame",
    "Differences",
    "Estimates",
    "Frame",
    "IndexDefinition",
    "IndexNode",
    "Joint",
    "Margins",
    "Measure",
    "Options",
    "Pairs",
    "Questionnaire",
    "Ranks",
    "Replicated",
    "Replicates",
    "ResultTable",
    "Scale",
    "Scoring",
    "SmallAreas",
    "StandardizedComparison",
    "SurveyDesign",
    "Targets",
    "UnitCrosswalk",
    "WalkUp",
    "WeightedCells",
    "Weighting",
    "adjust",
    "against_all",
    "all_pairs",
    "bootstrap",
    "build_cells",
    "calibrate",
    "choose_measures",
    "compare_standardized",
    "estimate",
    "estimate_each",
    "estimate_jointly",
    "estimate_successors",
    "factor_measure",
    "fay_herriot",
    "find_differences",
    "findings",
    "frame_margins",
    "item_measure",
    "jackknife",
    "judge_target",
    "merge_cells",
    "model_shares",
    "overall_measure",
    "pair_rounds",
    "post_stratify",
    "rake",
    "rank_domains",
    "rank_joint",
    "trim",
    "unweighted",
    "with_reference",
]
