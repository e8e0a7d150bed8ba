"""Charts of a table of indices."""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from sipas.charts.caption import Caption
from sipas.charts.channels import channels
from sipas.charts.dots import Dot, DotChart
from sipas.charts.league import league
from sipas.charts.numbers import Language
from sipas.charts.words import FEWEST, NOT_SHOWN, WORDS
from sipas.errors import InputError, NotFound
from sipas.report.index_table import IndexRow, IndexTable
from sipas.report.indices import SELF_SELECTED
from sipas.report.names import Names
from sipas.report.request import EstimateRequest
from sipas.survey.columns import CHANNELS, SERVICE_CHANNELS
from sipas.survey.instrument import Instrument
from sipas.vietnamese import Key, sort_key

Kind = Literal["league", "channels"]
PLAN = "plan"  # drawn of a frame, not of answers: sipas.report.plan_figure
BY: dict[Kind, str] = {"league": "unit", "channels": "channel"}
KNOWN_ORDER: dict[str, tuple[str, ...]] = {"channel": CHANNELS, "service_channel": SERVICE_CHANNELS}
CHARTS: dict[Kind, Callable[[Iterable[Dot], Caption], DotChart]] = {"league": league, "channels": channels}


def choose_kind(kind: str) -> Kind:
    for known in BY:
        if kind == known:
            return known
    raise NotFound(f"there is no chart {kind!r}; there are {', '.join([*BY, PLAN])}")


def chart_request(kind: Kind, request: EstimateRequest) -> EstimateRequest:
    """The request with the columns that this chart is drawn by, where it names none."""
    if request.by == ((),):
        return msgspec.structs.replace(request, by=((BY[kind],),))
    if len(request.by) > 1 or () in request.by:
        raise InputError(f"by: a {kind} chart has one row a domain; give `by` once, such as by={BY[kind]}")
    return request


def dot_chart(kind: Kind, table: IndexTable, instrument: Instrument, names: Names) -> DotChart:
    """table: of one measure by one set of columns."""
    measures = {row.measure for row in table.rows}
    if len(measures) > 1:
        raise InputError(f"measure: a {kind} chart shows one; ask for overall, factor:ID or item:ID")
    dots = [dot(row, names) for row in ordered(table.rows, names)]
    return CHARTS[kind](dots, caption(kind, table, instrument, names))


def ordered(rows: Iterable[IndexRow], names: Names) -> list[IndexRow]:
    """Channels as they are always listed, everything else by its name; what is not known comes last."""
    return sorted(rows, key=lambda row: [place(column, code, names) for column, code in row.by.items()])


def place(column: str, code: str | None, names: Names) -> tuple[bool, int, Key]:
    known = KNOWN_ORDER.get(column, ())
    rank = known.index(code) if code in known else len(known)
    return code is None, rank, sort_key(names.level(column, code))


def shown(row: IndexRow) -> IndexRow:
    """As pages and charts show it: without a figure where fewer than five answered. Files keep theirs."""
    if not 0 < row.n_answered < FEWEST:
        return row
    return msgspec.structs.replace(
        row, estimate=None, low=None, high=None, reliable=False, notes=[NOT_SHOWN, *row.notes]
    )


def dot(row: IndexRow, names: Names) -> Dot:
    row = shown(row)
    reason = why(row, names.language)
    return Dot(names.domain(row.by), row.estimate, row.low, row.high, row.n, row.reliable, reason)


def why(row: IndexRow, language: Language) -> str:
    """What keeps a figure from being reliable, or from being there at all."""
    if row.reliable:
        return ""
    words = WORDS[language]
    if NOT_SHOWN in row.notes:
        return words.reasons[NOT_SHOWN]
    reasons = [words.reasons[note] for note in row.notes if note in words.reasons]
    return "; ".join(reasons) or words.hollow


def caption(kind: Kind, table: IndexTable, instrument: Instrument, names: Names) -> Caption:
    words = WORDS[names.language]
    first = next(iter(table.rows), None)
    share = first is None or first.statistic == "share"
    points = instrument.scale.points
    return Caption(
        language=names.language,
        by=", ".join(words.column(name) for name in (first.by if first else [BY[kind]])),
        subtitle=subtitle(table, names),
        statistic="share" if share else "mean",
        bounds=(0.0, 1.0) if share else (points[0], points[-1]),
        level=first.level if first else 0.95,
        target=table.target if share else None,
        self_selected=SELF_SELECTED in table.notes,
        provisional=table.provisional,
        software=table.software,
        measure=names.measure(first.measure, instrument) if first else table.definition.id,
        weights=words.weights[table.weights.method],
        n=sum(row.n for row in table.rows),
    )


def subtitle(table: IndexTable, names: Names) -> str:
    """Which answers: the round or file, and what they are limited to."""
    channels = [] if table.channels == "all" else [WORDS[names.language].channels[table.channels]]
    period = [] if table.period is None else [table.period]
    return " · ".join([table.source, *conditions(table.where, names), *period, *channels])


def conditions(where: Iterable[str], names: Names) -> list[str]:
    """Such as `answer channel: Kiosk, Tablet`: values of one column are alternatives."""
    found: dict[str, list[str]] = {}
    for condition in where:
        column, _, code = condition.partition("=")
        found.setdefault(column, []).append(names.level(column, code))
    column_name = WORDS[names.language].column
    return [f"{column_name(column)}: {', '.join(levels)}" for column, levels in found.items()]
