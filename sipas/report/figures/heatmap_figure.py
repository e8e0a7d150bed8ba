"""The heat map of several measures by domain."""

from collections.abc import Mapping, Sequence

from sipas.charts.heat import HEAT_COLUMNS_MOST, HeatRow
from sipas.charts.heatmap import heatmap
from sipas.charts.page import Page
from sipas.errors import InputError
from sipas.report.figures.figures import caption, dot, ordered
from sipas.report.indices.index_table import IndexRow, TableOfIndices
from sipas.report.names import Names
from sipas.survey.instruments.instrument import Instrument

Domain = tuple[str | None, ...]
HeatmapCells = Mapping[tuple[Domain, str], IndexRow]


def heatmap_chart(table: TableOfIndices, instrument: Instrument, names: Names) -> Page:
    """A row a domain and a column a measure; the other way round where measures are too many for columns."""
    cells = {(tuple(row.by.values()), row.measure): row for row in table.rows}
    measures = list(dict.fromkeys(row.measure for row in table.rows))
    domains = list(dict.fromkeys(tuple(row.by.values()) for row in ordered(table.rows, names)))
    if min(len(measures), len(domains)) > HEAT_COLUMNS_MOST:
        raise InputError(
            f"measure: {len(measures)} measures of {len(domains)} domains have no room; ask for factors, or"
            f" choose {HEAT_COLUMNS_MOST} domains with where"
        )
    called = {tuple(row.by.values()): names.domain(row.by) for row in table.rows}
    subjects = {measure: names.measure(measure, instrument) for measure in measures}
    if len(measures) <= HEAT_COLUMNS_MOST:
        heads = list(subjects.values())
        rows = [_by_measure(cells, domain, subjects, called[domain], names) for domain in domains]
    else:
        heads = [called[domain] for domain in domains]
        rows = [_by_domain(cells, measure, called, domains, subjects[measure], names) for measure in measures]
    return heatmap(heads, rows, caption("heatmap", table, instrument, names))


def _by_measure(
    cells: HeatmapCells, domain: Domain, subjects: Mapping[str, str], name: str, names: Names
) -> HeatRow:
    found = [cells[domain, measure] for measure in subjects]
    dots = [
        dot(row, names, f"{name} · {subject}") for row, subject in zip(found, subjects.values(), strict=True)
    ]
    return HeatRow(name, tuple(dots), max(row.n for row in found))


def _by_domain(
    cells: HeatmapCells,
    measure: str,
    called: Mapping[Domain, str],
    domains: Sequence[Domain],
    subject: str,
    names: Names,
) -> HeatRow:
    found = [cells[domain, measure] for domain in domains]
    dots = [
        dot(row, names, f"{subject} · {called[domain]}") for row, domain in zip(found, domains, strict=True)
    ]
    return HeatRow(subject, tuple(dots), sum(row.n for row in found))
