"""Small tables by hand: one row an atom, with its columns, respondents and satisfied answers."""

from collections.abc import Sequence

import numpy as np

from sipas.stats import Column
from sipas.stats.disclosure import Counts, Tabulation, tabulate

Row = tuple[str, str, int, int]
TWO_WAY = ((), ("unit",), ("channel",), ("unit", "channel"))


def two_way(*rows: Row, tables: Sequence[Sequence[str]] = TWO_WAY) -> tuple[Tabulation, Counts]:
    """rows: unit, channel, respondents, satisfied."""
    unit, channel, n, satisfied = zip(*rows, strict=True)
    tabulation = tabulate(tables, {"unit": Column.of(unit), "channel": Column.of(channel)}, len(rows))
    return tabulation, counted(tabulation, n, satisfied)


def counted(tabulation: Tabulation, n: Sequence[int], satisfied: Sequence[int]) -> Counts:
    respondents = tabulation.total(np.array(n))
    return Counts(respondents, tabulation.total(np.array(satisfied)), respondents)


def cell(tabulation: Tabulation, **by: str) -> int:
    return tabulation.keys.index(tuple(by.items()))
