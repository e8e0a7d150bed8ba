"""Numbers from numbers: arrays in, frozen results out. It knows no file and no database.

Start with `SurveyDesign.from_frame`, which takes a data frame: its methods answer the questions below.
The functions underneath take arrays, in this order:

1. `Scoring` says what answers mean, `Column` holds who gave them, `build_cells` makes `Cells` of both,
   and `merge_cells` adds those of several batches up.
2. `post_stratify`, `rake`, `calibrate` and `trim`, or `unweighted`, give a `Weighting` of the cells;
   `Frame` and `Margins` hold the counts that it goes by, and `frame_margins` makes these of that.
3. `overall_measure`, `factor_measure`, `item_measure` or `choose_measures` say what is measured.
4. `estimate` (for several measures `estimate_each`) gives it by domain, with standard errors,
   intervals and notes; `jackknife` and `bootstrap` give a second opinion on the standard errors.

From there to what people ask:

- Did we reach the target? `judge_target`, of estimates made without finite-population factor.
- Is A better than B, did it change? `estimate_jointly` and `Joint.pairs` of `all_pairs` or
  `with_reference`, or `against_all`, or `pair_rounds` (across mergers of units
  `estimate_successors`); then `find_differences`, `adjust` and `findings`. Does the channel matter?
  `compare_at_same_mix`.
- Who ranks where? `rank_joint`, or `rank_domains` for estimates made elsewhere.
- What about small units? `model_shares`, or `fay_herriot` as it stands in the books.

Three rooms have a door of their own: `sipas.stats.planning` (how many to ask, and whom),
`sipas.stats.disclosure` (what may be published) and `sipas.stats.rows` (designs with clusters or
continuous auxiliaries, which cells cannot hold).

Arrays are numpy's, their shapes stand in every docstring. NaN is what cannot be estimated. What cannot
be meant raises `sipas.errors.StatisticsError`, a ValueError, or `NotFound` for a name that there is not.
"""

from sipas.stats.areas.area_shares import SmallAreas, model_shares
from sipas.stats.areas.small_areas import AreaModel, fay_herriot
from sipas.stats.calibration.margins import Margins
from sipas.stats.cells.build import build_cells
from sipas.stats.cells.cells import Cells, merge_cells
from sipas.stats.cells.columns import Column
from sipas.stats.cells.scoring import IndexDefinition, Scoring
from sipas.stats.contrasts import (
    Differences,
    Joint,
    Pairs,
    SameMix,
    Succession,
    adjust,
    against_all,
    all_pairs,
    compare_at_same_mix,
    estimate_jointly,
    estimate_successors,
    find_differences,
    findings,
    pair_rounds,
    with_reference,
)
from sipas.stats.designs import Clusters, Replicates, ResultTable, Scale, SurveyDesign
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
from sipas.stats.weights.weighted_cells import WeightedCells
from sipas.stats.weights.weights import Weighting, unweighted

__all__ = [
    "AreaModel",
    "Cells",
    "Clusters",
    "Column",
    "Differences",
    "Estimates",
    "Frame",
    "IndexDefinition",
    "Joint",
    "Margins",
    "Measure",
    "Options",
    "Pairs",
    "Ranks",
    "Replicated",
    "Replicates",
    "ResultTable",
    "SameMix",
    "Scale",
    "Scoring",
    "SmallAreas",
    "Succession",
    "SurveyDesign",
    "Targets",
    "WeightedCells",
    "Weighting",
    "adjust",
    "against_all",
    "all_pairs",
    "bootstrap",
    "build_cells",
    "calibrate",
    "choose_measures",
    "compare_at_same_mix",
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
