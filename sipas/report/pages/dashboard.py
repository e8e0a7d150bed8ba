"""The first page: a round's index, its channels side by side, its services and its units."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec

from sipas.charts.caption import FEWEST_ANSWERS_SHOWN
from sipas.charts.numbers import count, with_unit
from sipas.charts.page import Page
from sipas.messages import Language
from sipas.report.compare.channels import rows_by
from sipas.report.compare.targets import verdict
from sipas.report.figures.figures import ordered, without_few_answers
from sipas.report.figures.league_figure import league_chart
from sipas.report.indices.index_table import IndexRow, IndexTable, TableHeader
from sipas.report.indices.indices import Prepared, describe, prepare, rows
from sipas.report.names import Names
from sipas.report.note_words import as_sentence, note_text
from sipas.report.pages.sections import DomainSection, Figure, domain_section, figure_of, query
from sipas.report.request import EstimateRequest
from sipas.report.sources.source import Source
from sipas.stats.notes import FEW, SELF_SELECTED

# Facts that the page says in sentences of its own.
_IN_SENTENCES = frozenset({"self-selected", "provisional", "unplaced", "unweighted", "mixing"})


@dataclass(frozen=True)
class DashboardHeadline:
    """invited: the same figure of those alone who were drawn, where others answered too.

    verdict: `met`, `not_met` or `cannot_tell`, the first two with `_walk_up_only` where invited answers
    alone do not give it; `review` where the figure is not reliable.
    """

    figure: Figure
    invited: Figure | None
    level: str
    target: str | None
    verdict: str | None


@dataclass(frozen=True)
class Unplaced:
    """Responses that the figures leave out. columns: what they do not state; empty: the frame lacks them."""

    n: str
    columns: str


@dataclass(frozen=True)
class Dashboard:
    """header: how the figures were made. chart: of the units, or of what stands for them."""

    header: TableHeader
    measure: str
    headline: DashboardHeadline
    sections: tuple[DomainSection, ...]
    charted: str | None
    chart: Page | None
    coverage: str | None
    strata: str
    unplaced: Unplaced | None
    self_selected: bool
    mixing: bool
    notes: tuple[str, ...]
    query: str


def dashboard_request(round_code: str, columns: Sequence[str]) -> EstimateRequest:
    """An open round may be ahead of its frame: then the counts are raised, and the page says so."""
    by = ((), *((column,) for column in columns))
    return EstimateRequest(round=round_code, by=by)


def columns_for(strata: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that a round's page groups by, broad before narrow; `unit` comes last."""
    usual = ["channel", "service_channel", "field", "procedure"]
    own = [name for name in strata if name not in (*usual, "unit")]
    return (*usual[:2], *own, *usual[2:], "unit")


def build_dashboard(request: EstimateRequest, source: Source, names: Names) -> Dashboard | None:
    """Return the dashboard of a round, or None while it has no answers."""
    if not source.cells.n.sum():
        return None
    prepared = prepare(request, source)
    whole = next(rows(prepared, ()))
    columns = [by[0] for by in request.by if by]
    found = {column: ordered(rows_by(column, prepared), names) for column in columns}
    tables = {column: table for column, table in found.items() if _tells_apart(column, table)}
    charted = next((name for name in ("unit", *source.strata) if name in tables), None)
    header = describe(prepared)
    table = IndexTable(header=header, rows=tables[charted] if charted else [whole])
    return Dashboard(
        header=header,
        measure=names.measure(whole.measure, source.instrument),
        headline=headline(prepared, whole, names),
        sections=tuple(domain_section(column, tables[column], prepared, names) for column in tables),
        charted=charted,
        chart=league_chart(table, source.instrument, names) if charted else None,
        coverage=None if header.coverage is None else with_unit(header.coverage, "share", names.language),
        unplaced=_unplaced(prepared, names),
        self_selected=SELF_SELECTED in header.notes,
        mixing=source.mixing,
        notes=_headline_notes(header, whole, tables, names.language),
        query=query(prepared),
        strata=", ".join(map(names.column, header.weights.strata)),
    )


def _headline_notes(
    header: TableHeader, whole: IndexRow, tables: Collection[str], language: Language
) -> tuple[str, ...]:
    """Beside the headline: the notes on it, on the weights and on the round.

    tables: the columns that the page has a table by. What answers keep of others matters to no figure on it.
    """
    given = dict.fromkeys((*whole.notes, *header.notes, *header.weights.notes))
    columns = {note: note.params.get("columns") for note in given if note.code == "detail-not-kept"}
    for note, names in columns.items():
        if isinstance(names, tuple) and not set(names) & set(tables):
            del given[note]
    return tuple(as_sentence(note_text(note, language)) for note in given if note.code not in _IN_SENTENCES)


def _tells_apart(column: str, found: Sequence[IndexRow]) -> bool:
    """Show a single answer channel too; a single unit would repeat the whole."""
    known = [row for row in found if row.by[column] is not None]
    return len(known) > (0 if column == "channel" else 1)


def headline(prepared: Prepared, whole: IndexRow, names: Names) -> DashboardHeadline:
    language, target = names.language, prepared.source.target
    invited = _invited_row(prepared)
    return DashboardHeadline(
        figure=figure_of(without_few_answers(whole), names),
        invited=None if invited is None else figure_of(invited, names),
        level=with_unit(whole.level, "share", language, short=True),
        target=None if target is None else with_unit(target, "share", language, short=True),
        verdict=None if target is None else _headline_verdict(prepared, target),
    )


def _headline_verdict(prepared: Prepared, target: float) -> str:
    """The verdict. Too few responses read "cannot tell yet"; any other reason for review reads "review"."""
    row = verdict(prepared, target)
    return row.verdict if row.reliable or FEW in row.notes else "review"


def _invited_row(prepared: Prepared) -> IndexRow | None:
    walk_up = prepared.source.walk_up()
    if walk_up is None or not walk_up.any() or walk_up.all():
        return None
    request = msgspec.structs.replace(prepared.request, channels="invited")
    row = next(rows(prepare(request, prepared.source), ()))
    return row if row.n_answered >= FEWEST_ANSWERS_SHOWN else None


def _unplaced(prepared: Prepared, names: Names) -> Unplaced | None:
    weighting, cells = prepared.weighting, prepared.source.cells
    if not weighting.unplaced:
        return None
    left_out = weighting.stratum < 0
    lacking = [name for name in weighting.strata if (cells.column(name).codes[left_out] < 0).any()]
    if "procedure" in lacking and "field" in lacking:  # a field is known by its procedure
        lacking.remove("field")
    columns = ", ".join(map(names.column, lacking))
    return Unplaced(count(weighting.unplaced, names.language), columns)
