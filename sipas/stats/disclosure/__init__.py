"""Disclosure control over a fixed list of tables: what a public release shows, and the proof that it may.

The way through: `tabulate` makes cells of tables, `protect` hides some of them, `audit` finds out what an
attacker could still work out. `plain_shares` are the shares that tell no more than an audit knows.
"""

from sipas.stats.disclosure.audit import Audit, audit
from sipas.stats.disclosure.counts import (
    RESPONDENTS_FEWEST,
    UNANIMOUS_BELOW,
    Counts,
    latest,
    refreshable,
    sensitive,
)
from sipas.stats.disclosure.measured import count_measure
from sipas.stats.disclosure.plain import PlainShares, plain_shares
from sipas.stats.disclosure.protect import Protection, protect
from sipas.stats.disclosure.tabulation import Key, Tabulation, tabulate

__all__ = [
    "RESPONDENTS_FEWEST",
    "UNANIMOUS_BELOW",
    "Audit",
    "Counts",
    "Key",
    "PlainShares",
    "Protection",
    "Tabulation",
    "audit",
    "count_measure",
    "latest",
    "plain_shares",
    "protect",
    "refreshable",
    "sensitive",
    "tabulate",
]
