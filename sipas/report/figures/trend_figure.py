"""The chart of a measure over time."""

from sipas.charts.dots import Dot
from sipas.charts.page import Page
from sipas.charts.trend import trend
from sipas.charts.trends import Series
from sipas.errors import InputError
from sipas.report.compare.trend import TrendTable
from sipas.report.figures.figures import caption, dot, ordered, require_one_measure
from sipas.report.names import Names
from sipas.survey.instruments.instrument import Instrument

_PLOTS_MOST = 24  # plots below each other


def trend_chart(table: TrendTable, instrument: Instrument, names: Names) -> Page:
    """A plot for each domain beside time."""
    require_one_measure("trend", table.rows)
    found: dict[tuple[str | None, ...], dict[str, Dot]] = {}
    headings: dict[tuple[str | None, ...], str] = {}
    for row in ordered(table.rows, names):
        domain = {name: level for name, level in row.by.items() if name != table.over}
        key, time = tuple(domain.values()), str(row.by[table.over])
        headings[key] = names.domain(domain)
        found.setdefault(key, {})[time] = dot(row, names, names.level(table.over, time))
    if len(found) > _PLOTS_MOST:
        raise InputError(f"by: {len(found)} plots are too many; choose {_PLOTS_MOST} or fewer with where")
    series = [
        Series(headings[key], tuple(_at(time, dots, table, names) for time in table.times), _targets(table))
        for key, dots in found.items()
    ]
    return trend(series, caption("trend", table, instrument, names, table.over))


def _at(time: str, dots: dict[str, Dot], table: TrendTable, names: Names) -> Dot:
    """Return the dot of a time, or one without a figure."""
    return dots.get(time) or Dot(names.level(table.over, time), None, None, None, 0, reliable=False)


def _targets(table: TrendTable) -> tuple[float | None, ...]:
    """Those of rounds are shares."""
    is_share = all(row.statistic == "share" for row in table.rows)
    return tuple(target if is_share else None for target in table.targets)
