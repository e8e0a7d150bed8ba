"""A table of comparisons, as it is written to JSON."""

from collections.abc import Sequence

import msgspec

from sipas.report.indices.index_table import IndexRow, TableHeader
from sipas.stats.notes import Note

DomainLevels = dict[str, str | None]


class CompareRow(msgspec.Struct, frozen=True, kw_only=True):
    """difference: by less against. low, high, p: of the difference; estimate_low to against_high: of the two
    sides; p_adjusted: for all of its family.

    against: {} is the rest or the whole. verdict: of `by`; `better_walk_up_only` or `worse_walk_up_only`
    where invited answers alone do not give it too. verdict_invited: theirs, None where they are not a part
    of the answers, or where answer channels are compared. detectable: the smallest difference that so many
    responses show with power 0.8. covered: the share of the frame that stands behind the comparison, where
    it is not that of the table. None where a number cannot be had; the notes say why.
    """

    by: DomainLevels
    against: DomainLevels
    measure: str
    statistic: str
    estimate: float | None
    against_estimate: float | None
    estimate_low: float | None
    estimate_high: float | None
    against_low: float | None
    against_high: float | None
    difference: float | None
    se: float | None
    low: float | None
    high: float | None
    level: float
    df: int | None
    p: float | None
    p_adjusted: float | None
    verdict: str
    verdict_invited: str | None
    detectable: float | None
    n: int
    against_n: int
    n_effective: float | None
    against_n_effective: float | None
    covered: float | None
    reliable: bool
    notes: list[Note]


class Headline(IndexRow, frozen=True, kw_only=True):
    """The whole, from all answers, from invited ones or from those that walked up."""

    channels: str


class CompareTable(msgspec.Struct, frozen=True, kw_only=True):
    """against: `rest`, `whole`, `all-pairs`, a domain, or `round R`. mapped: the share of that round's frame
    that today's units could be given estimates from. headlines: with and without walk-up answers, where
    answer channels are compared.
    """

    header: TableHeader
    against: str
    adjust: str
    mix: str
    mapped: float | None
    headlines: list[Headline]
    rows: Sequence[CompareRow]
