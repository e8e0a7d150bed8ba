"""Tables of ranks, targets and small areas as CSV and text."""

from collections.abc import Iterator, Sequence

from sipas.report.compare.ranks import RankRow, RankTable
from sipas.report.compare.targets import TargetRow, TargetTable
from sipas.report.formats import (
    TABLE_LANGUAGE,
    count_cell,
    csv_of,
    decimal_cell,
    domain_lines,
    figure_cell,
    probability_cell,
    table_text,
)
from sipas.report.indices.index_formats import footnotes, interval_line, percent
from sipas.report.indices.index_table import IndexRow
from sipas.report.indices.small_areas import SmallAreaRow, SmallAreaTable
from sipas.report.note_words import notes_text

AnswerTable = RankTable | TargetTable | SmallAreaTable
_RANKS = ("rank", "range", "simultaneous", "joint")
_TARGETS = ("target", "verdict", "p", "still_needed")
_AREAS = ("model", "model_low", "model_high", "direct_weight")
_DIRECT = ("estimate", "low", "high", "n", "n_effective")


def answer_csv(table: AnswerTable) -> bytes:
    common = (*table.header.notes, *table.header.weights.notes)
    match table:
        case RankTable():
            return csv_of(table.rows, RankRow, common)
        case TargetTable():
            return csv_of(table.rows, TargetRow, common)
        case SmallAreaTable():
            return csv_of(table.rows, SmallAreaRow, common)


def answer_text(table: AnswerTable) -> str:
    match table:
        case RankTable():
            lines = domain_lines(table.rows, _header(_RANKS), _rank_cells, (*_RANKS, *_DIRECT))
        case TargetTable():
            lines = domain_lines(table.rows, _header(_TARGETS), _target_cells, (*_TARGETS, *_DIRECT))
        case SmallAreaTable():
            lines = domain_lines(table.rows, _header(_AREAS), _area_cells, (*_AREAS, *_DIRECT))
    return "\n".join([*lines, "", *_beneath(table), *footnotes(table.header)]) + "\n"


def _beneath(table: AnswerTable) -> Iterator[str]:
    if isinstance(table, TargetTable):
        level = percent(table.header.intervals.level)
        yield table_text("table.one_sided", level=level)
    yield interval_line(table.header.intervals)


def _header(own: Sequence[str]) -> tuple[str, ...]:
    return "measure", *own, *_DIRECT, "notes"


def _rank_cells(row: RankRow) -> list[str]:
    ranges = (
        (row.rank_low, row.rank_high),
        (row.rank_low_simultaneous, row.rank_high_simultaneous),
        (row.rank_low_joint, row.rank_high_joint),
    )
    return _around(row, [count_cell(row.rank), *map(_span, ranges)])


def _span(ends: Sequence[int | None]) -> str:
    return "–" if None in ends else "–".join(map(str, ends))


def _target_cells(row: TargetRow) -> list[str]:
    verdict = table_text(f"verdict.{row.verdict}")
    target = figure_cell(row.target, row.statistic)
    return _around(row, [target, verdict, probability_cell(row.p), count_cell(row.still_needed)])


def _area_cells(row: SmallAreaRow) -> list[str]:
    model = [figure_cell(v, row.statistic) for v in (row.model_estimate, row.model_low, row.model_high)]
    return _around(row, [*model, decimal_cell(row.direct_weight, 2)])


def _around(row: IndexRow, own: list[str]) -> list[str]:
    """Return the cells of a row: its answer, then the direct estimate behind it."""
    figures = [figure_cell(value, row.statistic) for value in (row.estimate, row.low, row.high)]
    return [
        row.measure,
        *own,
        *figures,
        str(row.n),
        decimal_cell(row.n_effective, 0),
        notes_text(row.notes, TABLE_LANGUAGE),
    ]
