"""The league: who stands where, with the range of each rank."""

from dataclasses import replace

from sipas.charts.dots import Dot, Rank
from sipas.charts.league import league
from sipas.charts.page import Page
from sipas.report.compare.ranks import RankRow
from sipas.report.figures.figures import caption, dot, require_one_measure
from sipas.report.indices.index_table import IndexRow, TableOfIndices
from sipas.report.names import Names
from sipas.survey.instruments.instrument import Instrument


def league_chart(table: TableOfIndices, instrument: Instrument, names: Names) -> Page:
    """table: of one measure by one set of columns; with ranks where its rows have them."""
    require_one_measure("league", table.rows)
    dots = [_with_rank(row, names) for row in table.rows]
    return league(dots, caption("league", table, instrument, names))


def _with_rank(row: IndexRow, names: Names) -> Dot:
    plain = dot(row, names)
    if not isinstance(row, RankRow) or row.rank is None or row.rank_low is None or row.rank_high is None:
        return plain
    low, high = row.rank_low_simultaneous, row.rank_high_simultaneous
    if low is None or high is None or plain.estimate is None:
        return plain
    return replace(plain, rank=Rank(row.rank, row.rank_low, row.rank_high, low, high))
