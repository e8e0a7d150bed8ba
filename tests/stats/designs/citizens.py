"""The reference survey row by row."""

from functools import cache

import numpy as np

from sipas.stats import Column
from sipas.stats.designs.stages import RowDesign, row_design
from tests.stats.surveys import read_rows


@cache
def citizens(*, counted: bool = True) -> RowDesign:
    """svydesign(ids=~1, strata=~stratum, fpc=~N_h, weights=~weight); without fpc if they are not counted."""
    rows = read_rows("sipas/responses.csv")
    return row_design(
        len(rows),
        weight=np.array([float(row["weight"]) for row in rows]),
        strata=Column.of(row["stratum"] for row in rows),
        populations=[np.array([float(row["N_h"]) for row in rows])] if counted else (),
    )
