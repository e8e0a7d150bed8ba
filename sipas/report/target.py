"""Did we reach the target?"""

from typing import Literal

from sipas.report.index_table import IndexRow
from sipas.report.indices import Prepared, at_level, rows

Verdict = Literal["met", "not_met", "cannot_tell"]


def one_sided(prepared: Prepared) -> IndexRow:
    """The whole, at the level whose two-sided ends are one-sided bounds at the level asked for.

    Without the finite-population factor: a target speaks about the service, not about last month's list.
    """
    level = 2 * prepared.request.level - 1
    return next(rows(at_level(prepared, level, fpc=False), ()))


def verdict(prepared: Prepared, target: float) -> Verdict:
    """Met where even the lower bound reaches the target, not met where the upper one stays below it."""
    row = one_sided(prepared)
    if row.low is None or row.high is None or not row.reliable:
        return "cannot_tell"
    return "met" if row.low >= target else "not_met" if row.high < target else "cannot_tell"
