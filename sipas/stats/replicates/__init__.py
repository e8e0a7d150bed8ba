"""A second opinion on standard errors, by replicates: the delete-one jackknife JKn and a bootstrap.

Both want the respondents themselves. Those that are alike in a measure may stand together, so that
cells suffice for an item, whose histogram tells its respondents apart. Cells of factors and
indices hold sums, which do not: there a cell must be of one respondent, or of some who are alike,
as `build_cells` makes when a key column tells respondents apart.
"""

from sipas.stats.replicates.bootstrap import bootstrap
from sipas.stats.replicates.jackknife import jackknife
from sipas.stats.replicates.replicated import Replicated

__all__ = ["Replicated", "bootstrap", "jackknife"]
