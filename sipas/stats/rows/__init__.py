"""Designs row by row: where clusters or continuous auxiliaries forbid cells, a row is a cell of one.

`row_design` says how the rows were drawn; `calibrate_rows` brings them to known totals;
`row_totals`, `row_ratios` and `row_means` estimate, and the functions of `jackknife` give a second
opinion by leaving out one cluster after another.
"""

from sipas.stats.rows.calibrated import calibrate_rows, indicators
from sipas.stats.rows.design import RowDesign, Stage, row_design
from sipas.stats.rows.estimates import row_means, row_ratios, row_totals
from sipas.stats.rows.jackknife import jackknife_means, jackknife_ratios, jackknife_totals
from sipas.stats.rows.results import RowEstimates
from sipas.stats.rows.variance import design_covariance

__all__ = [
    "RowDesign",
    "RowEstimates",
    "Stage",
    "calibrate_rows",
    "design_covariance",
    "indicators",
    "jackknife_means",
    "jackknife_ratios",
    "jackknife_totals",
    "row_design",
    "row_means",
    "row_ratios",
    "row_totals",
]
