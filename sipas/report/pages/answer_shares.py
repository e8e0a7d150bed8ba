"""For each question the share of each answer: the page of a round without an index, part of other pages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import urlencode

from sipas.charts.numbers import count, with_unit
from sipas.messages import text
from sipas.report.figures.figures import without_few_answers
from sipas.report.indices.index_table import IndexRow, TableHeader
from sipas.report.indices.indices import Prepared, describe, prepare, rows
from sipas.report.names import Names
from sipas.report.pages.sections import DomainSection, axis, figure_of, section_notes, small_scale
from sipas.report.request import EstimateRequest
from sipas.report.sources.source import Source
from sipas.survey.instruments.items import Item


@dataclass(frozen=True)
class QuestionShares:
    title: str
    shares: DomainSection


@dataclass(frozen=True)
class AnswerShares:
    """questions: those whose answers make shares; empty if the questionnaire has none."""

    header: TableHeader
    responses: str
    level: str
    questions: tuple[QuestionShares, ...]


def shares_request(round_code: str, measure: str = "items") -> EstimateRequest:
    """measure: `options` in a round with an index."""
    return EstimateRequest(round=round_code, measure=measure)


def build_answer_shares(request: EstimateRequest, source: Source, names: Names) -> AnswerShares | None:
    """Return the shares of a round, or None while it has no answers."""
    if not source.cells.n.sum():
        return None
    prepared = prepare(request, source)
    found = rows(prepared, ()) if source.cells.scoring.items else ()
    return AnswerShares(
        header=describe(prepared),
        responses=count(int(source.cells.n.sum()), names.language),
        level=with_unit(request.options.level, "share", names.language, short=True),
        questions=tuple(_questions(prepared, found, names)),
    )


def _questions(prepared: Prepared, found: Iterable[IndexRow], names: Names) -> Iterable[QuestionShares]:
    instrument = prepared.source.instrument
    items = {column.id: column.item for column in instrument.answer_columns()}
    items |= {
        f"{item.id}.{option.code}": item.id
        for item in instrument.items()
        if item.kind == "choice"
        for option in item.options
    }
    for code, together in groupby(found, lambda row: items[_code_of(row)]):
        item = instrument.items_by_id[code]
        title = names.text(item.text, instrument)
        yield QuestionShares(title, _shares(prepared, item, list(together), names))


def _code_of(row: IndexRow) -> str:
    return row.measure.partition(":")[2]


def _shares(prepared: Prepared, item: Item, found: list[IndexRow], names: Names) -> DomainSection:
    shown = [without_few_answers(row) for row in found]
    scale = small_scale(shown, None)
    return DomainSection(
        column=item.id,
        by=text(names.language, "dashboard.answer"),
        axis=axis(scale, None, names.language),
        figures=tuple(
            replace(figure_of(row, names, scale), name=_answer_name(prepared, item, row, names))
            for row in shown
        ),
        query=urlencode([("round", prepared.request.round or ""), ("measure", f"item:{item.id}")]),
        notes=section_notes(found, names.language),
    )


def _answer_name(prepared: Prepared, item: Item, row: IndexRow, names: Names) -> str:
    """Return the option's text, "yes", or of a rating "satisfied"."""
    for option in item.options:
        if f"{item.id}.{option.code}" == _code_of(row):
            return names.text(option.text, prepared.source.instrument)
    return text(names.language, "survey.yes" if item.kind == "yes-no" else "dashboard.satisfied")
