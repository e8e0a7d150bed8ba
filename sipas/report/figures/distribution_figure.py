"""The chart of how answers are spread."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from sipas.charts.bars import Bar, BarGroup
from sipas.charts.distribution import distribution
from sipas.charts.page import Page
from sipas.messages import text
from sipas.report.figures.figures import caption, domain_place, dot
from sipas.report.indices.distribution import DistributionRow, DistributionTable
from sipas.report.names import Names
from sipas.report.sources.answer_scorings import measured_scale
from sipas.survey.instruments.instrument import Instrument


def distribution_chart(table: DistributionTable, instrument: Instrument, names: Names) -> Page:
    domains = {tuple(row.by.items()) for row in table.rows}
    if len(domains) > 1:
        groups = list(_by_domain(table.rows, instrument, names))
    else:
        groups = list(_by_factor(table.rows, instrument, names))
    return distribution(
        groups, _point_names(table, instrument, names), caption("distribution", table, instrument, names)
    )


def _by_domain(rows: Iterable[DistributionRow], instrument: Instrument, names: Names) -> Iterator[BarGroup]:
    """A bar a domain; below a heading each, where there are several measures."""
    groups = [(measure, list(found)) for measure, found in groupby(rows, key=lambda row: row.measure)]
    for measure, found in groups:
        heading = names.measure(measure, instrument) if len(groups) > 1 else ""
        found.sort(key=lambda row: domain_place(row.by, names))
        yield BarGroup(heading, tuple(_bar(row, names.domain(row.by), names) for row in found))


def _by_factor(rows: Iterable[DistributionRow], instrument: Instrument, names: Names) -> Iterator[BarGroup]:
    """A bar a measure; items stand below their factor."""
    factor_of = {
        f"item:{item.id}": names.text(group.title, instrument)
        for group in instrument.groups
        for item in group.items
    }
    for heading, found in groupby(rows, key=lambda row: factor_of.get(row.measure, "")):
        bars = [_bar(row, names.measure(row.measure, instrument), names) for row in found]
        yield BarGroup(heading, tuple(bars))


def _bar(row: DistributionRow, name: str, names: Names) -> Bar:
    figure = dot(row, names, name)
    is_shown = figure.estimate is not None and row.shares is not None
    if not is_shown:
        return Bar(figure, None)
    return Bar(figure, tuple(row.shares or ()), tuple(zip(row.shares_low, row.shares_high, strict=True)))


def _point_names(table: DistributionTable, instrument: Instrument, names: Names) -> list[str]:
    """Each point and what it is called in the reader's language, or in the instrument's first."""
    scale = measured_scale(instrument, next((row.measure for row in table.rows), ""))
    if scale is None:
        return [text(names.language, "table.no"), text(names.language, "table.yes")]
    words = scale.labels.get(names.language) or scale.labels[instrument.languages[0]]
    return [f"{point} {word}" for point, word in zip(scale.points, words, strict=True)]
