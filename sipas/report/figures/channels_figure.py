"""The chart of answer channels."""

from sipas.charts.caption import FEWEST_ANSWERS_SHOWN
from sipas.charts.channels import channels
from sipas.charts.differences import Comparison
from sipas.charts.dots import Dot, Group
from sipas.charts.page import Page
from sipas.messages import texts
from sipas.report.compare.channels import ChannelsTable
from sipas.report.compare.compare_table import CompareRow
from sipas.report.figures.figures import TOO_FEW_TO_SHOW, caption, dot, ordered, require_one_measure
from sipas.report.names import Names
from sipas.report.note_words import notes_text
from sipas.stats.notes import NOTHING_TO_COMPARE
from sipas.survey.instruments.instrument import Instrument


def channels_chart(table: ChannelsTable, instrument: Instrument, names: Names) -> Page:
    t = texts(names.language)
    require_one_measure("channels", table.rows)
    together = tuple(dot(row, names, t(f"chart.channels.{row.channels}")) for row in table.headlines)
    each = tuple(dot(row, names) for row in ordered(table.rows, names))
    groups = [Group(t("chart.each") if together else "", each), Group(t("chart.together"), together)]
    pairs = [_comparison(row, names) for row in table.comparisons]
    return channels(groups, pairs, table.mix == "equal", caption("channels", table, instrument, names))


def _comparison(row: CompareRow, names: Names) -> Comparison:
    """Return a comparison, without a figure if either side has fewer answers than are shown."""
    ends = row.estimate, row.estimate_low, row.estimate_high
    against = row.against_estimate, row.against_low, row.against_high
    first, second = names.domain(row.by), names.domain(row.against)
    if 0 < min(row.n, row.against_n) < FEWEST_ANSWERS_SHOWN:
        hidden = Dot(first, None, None, None, row.n), Dot(second, None, None, None, row.against_n)
        why = notes_text([TOO_FEW_TO_SHOW], names.language)
        return Comparison(*hidden, None, None, None, row.verdict, reliable=False, why=why)
    telling = [note for note in row.notes if note != NOTHING_TO_COMPARE] or row.notes
    return Comparison(
        Dot(first, *ends, row.n, row.reliable),
        Dot(second, *against, row.against_n, row.reliable),
        row.difference,
        row.low,
        row.high,
        row.verdict,
        row.reliable,
        notes_text(telling, names.language),
    )
