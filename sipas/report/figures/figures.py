"""Steps that all charts of answers share: rows as dots, captions, the order of domains."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sipas.charts.caption import FEWEST_ANSWERS_SHOWN, Caption
from sipas.charts.dots import Dot
from sipas.errors import InputError
from sipas.messages import Language, text
from sipas.report.indices.index_table import IndexRow, TableOfIndices
from sipas.report.names import Names
from sipas.report.note_words import as_sentence, note_text, notes_text, review_text, summarise_notes
from sipas.report.sources.answer_scorings import measured_scale
from sipas.stats.notes import NOT_SHOWN, SELF_SELECTED, Note
from sipas.survey.columns import CHANNELS, SERVICE_CHANNELS
from sipas.survey.instruments.instrument import Instrument
from sipas.vietnamese import SortKey, sort_key

TOO_FEW_TO_SHOW: Note = NOT_SHOWN(fewest=FEWEST_ANSWERS_SHOWN)
IN_CAPTION = frozenset({"self-selected", "provisional", "unplaced"})

_KNOWN_ORDER: dict[str, tuple[str, ...]] = {"channel": CHANNELS, "service_channel": SERVICE_CHANNELS}


def ordered(rows: Iterable[IndexRow], names: Names) -> list[IndexRow]:
    """Channels as they are always listed, everything else by its name; what is not known comes last."""
    return sorted(rows, key=lambda row: domain_place(row.by, names))


def domain_place(by: Mapping[str, str | None], names: Names) -> list[tuple[bool, int, SortKey]]:
    return [_place(column, code, names) for column, code in by.items()]


def _place(column: str, code: str | None, names: Names) -> tuple[bool, int, SortKey]:
    known = _KNOWN_ORDER.get(column, ())
    rank = known.index(code) if code in known else len(known)
    return code is None, rank, sort_key(names.level(column, code))


def without_few_answers(row: IndexRow) -> IndexRow:
    """As pages and charts show it: without a figure where fewer than five answered. Files keep theirs."""
    if not 0 < row.n_answered < FEWEST_ANSWERS_SHOWN:
        return row
    return msgspec.structs.replace(
        row, estimate=None, low=None, high=None, reliable=False, notes=[TOO_FEW_TO_SHOW, *row.notes]
    )


def dot(row: IndexRow, names: Names, name: str | None = None) -> Dot:
    """name: the domain's, unless told."""
    notes, row = notes_shown(row), without_few_answers(row)
    called = names.domain(row.by) if name is None else name
    return Dot(
        called, row.estimate, row.low, row.high, row.n, row.reliable, notes_text(notes, names.language)
    )


def why(row: IndexRow, names: Names) -> str:
    """Return why a figure is unreliable or absent, or an empty text."""
    if row.reliable:
        return ""
    return review_text(row.notes, names.language) or text(names.language, "chart.hollow")


def require_one_measure(kind: str, rows: Sequence[IndexRow]) -> None:
    if len({row.measure for row in rows}) > 1:
        raise InputError(
            f"measure: a {kind} chart shows one; ask for overall, factor:ID or item:ID, such as"
            f" {rows[0].measure}"
        )


def caption(
    kind: str, table: TableOfIndices, instrument: Instrument, names: Names, over: str | None = None
) -> Caption:
    """over: the column that is time, which the chart is not `by`."""
    first = next(iter(table.rows), None)
    share = first is None or first.statistic == "share"
    scale = measured_scale(instrument, first.measure if first else "")
    header, points = table.header, (0, 1) if scale is None else scale.points
    return Caption(
        language=names.language,
        title=_title(kind, _told_by(first, over, header.weights.strata), names),
        subtitle=_subtitle(table, instrument, names),
        statistic="share" if share else "mean",
        bounds=(0.0, 1.0) if share else (points[0], points[-1]),
        level=first.level if first else 0.95,
        target=header.target if share else None,
        self_selected=SELF_SELECTED in header.notes,
        provisional=header.provisional,
        software=header.software,
        measure=_measured(table, instrument, names),
        weights=text(names.language, f"weights.{header.weights.method}"),
        n=_answers_behind(table.rows),
        responses=header.responses,
        unplaced=header.weights.unplaced,
        notes=_beside(table, names.language),
    )


def _beside(table: TableOfIndices, language: Language) -> tuple[str, ...]:
    """The notes on a table, its weights and its rows, one sentence a code; captions have words for some."""
    common = [
        note
        for note in dict.fromkeys((*table.header.notes, *table.header.weights.notes))
        if note.code not in IN_CAPTION
    ]
    said = {note.code for note in common} | IN_CAPTION
    rows = [[note for note in notes_shown(row) if note.code not in said] for row in table.rows]
    found = (*(note_text(note, language) for note in common), *summarise_notes(rows, language))
    return tuple(map(as_sentence, found))


def notes_shown(row: IndexRow) -> list[Note]:
    """All notes of a row; of a figure that is not shown, that it is not."""
    return [TOO_FEW_TO_SHOW] if TOO_FEW_TO_SHOW in without_few_answers(row).notes else row.notes


def _answers_behind(rows: Iterable[IndexRow]) -> int:
    """The responses that a chart's figures are of; of several measures the one that most answered."""
    by_measure: Counter[str] = Counter()
    for row in rows:
        by_measure[row.measure] += row.n
    return max(by_measure.values(), default=0)


def _told_by(row: IndexRow | None, over: str | None, strata: Sequence[str]) -> list[str]:
    """Return the columns for a title. A `channel` among the strata is a service channel, as in frames."""
    columns = [name for name in (row.by if row else ()) if name != over]
    return ["service_channel" if name == "channel" and name in strata else name for name in columns]


def _title(kind: str, by: Iterable[str], names: Names) -> str:
    columns, words = ", ".join(map(names.column, by)), text(names.language, f"chart.title.{kind}")
    return text(names.language, "chart.by", title=words, by=columns) if columns else words


def _only_measure(table: TableOfIndices) -> str | None:
    measures = {row.measure for row in table.rows}
    return measures.pop() if len(measures) == 1 else None


def _measured(table: TableOfIndices, instrument: Instrument, names: Names) -> str:
    """The one measure of a table, or whose questions there are several of."""
    measure = _only_measure(table)
    return names.measure(measure, instrument) if measure else table.header.definition.instrument


def _subtitle(table: TableOfIndices, instrument: Instrument, names: Names) -> str:
    """Which answers: the round or file, and what they are limited to."""
    header = table.header
    measure = _only_measure(table) or ""
    part = [names.measure(measure, instrument)] if measure.startswith(("item:", "factor:")) else []
    channels = [] if header.channels == "all" else [text(names.language, f"channels.{header.channels}")]
    period = [] if header.period is None else [header.period]
    return " · ".join([header.source, *part, *_conditions(header.where, names), *period, *channels])


def _conditions(where: Iterable[str], names: Names) -> list[str]:
    """Such as `answer channel: Kiosk, Tablet`: values of one column are alternatives."""
    found: dict[str, list[str]] = {}
    for condition in where:
        column, _, code = condition.partition("=")
        found.setdefault(column, []).append(names.level(column, code))
    return [f"{names.column(column)}: {', '.join(levels)}" for column, levels in found.items()]
