"""Sources from files: responses, their instrument and, where there is one, the frame."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from sipas.errors import InputError, TableError
from sipas.report.period import Period
from sipas.report.request import EstimateRequest
from sipas.report.second_opinion import RESPONSE, one_each
from sipas.report.sources.answer_scorings import answer_makers, choose_sums, find_scoring
from sipas.report.sources.dimensions import month_makers
from sipas.report.sources.levels import require_levels
from sipas.report.sources.samples import describe_variance, parse_weights, sample_columns, sampled_rows
from sipas.report.sources.source import LINEARIZATION, NO, PERIOD, YES, MissingItems, Source, needed_columns
from sipas.stats import Clusters, Column, Frame, Replicates, build_cells
from sipas.stats.cells.columns import cross
from sipas.stats.designs.responses import Responses
from sipas.stats.designs.row_engine import RowEngine
from sipas.stats.notes import (
    IDENTICAL_ROWS,
    IDS_ALIKE,
    IDS_REPEATED,
    UNPLACED,
    UNREAD_SHEETS,
    Note,
    named,
)
from sipas.stats.weights.strata_roles import is_period
from sipas.survey.catalogue import LOCAL
from sipas.survey.columns import IMPORT_COLUMNS
from sipas.survey.instruments.answer_files import Reading, needed_items, read_answers_to, refuse_look_alikes
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.segments.keyed import Keyed
from sipas.tables import AnswerTable, TablePlace, read_table
from sipas.tables.cells import parse_count, parse_moment
from sipas.tables.records import FIRST_SHEET, unread_sheets
from sipas.tables.response_ids import (
    count_identical_rows,
    id_columns,
    ids_alike,
    refuse_repeated_ids,
    repeating_columns,
)

_DAY_COLUMNS = ("submitted_at", "date")
_KNOWN_COLUMNS = IMPORT_COLUMNS | {*_DAY_COLUMNS}
READ_AS_WRITTEN = Reading()
_LOOKED_FOR = frozenset({"channel", "form"})  # they change weights where they are there


@dataclass(frozen=True)
class Files:
    """strata: from coarse to fine. frame_count: the frame's column of completed transactions.

    sample: of clusters, or with replicate weights.
    """

    responses: Path
    instrument: Path
    strata: tuple[str, ...] = ()
    frame: Path | None = None
    frame_count: str = "count"
    reading: Reading = READ_AS_WRITTEN
    frame_place: TablePlace = FIRST_SHEET
    sample: Clusters | Replicates | None = None


def file_source(files: Files, request: EstimateRequest) -> Source:
    instrument = read_instrument(files.instrument.read_bytes(), files.instrument.name)
    asked = find_scoring(instrument, request.measure)
    names = needed_columns(request, files.strata) | sample_columns(files.sample)
    table = _read_responses(files, instrument, names)
    unplaced: tuple[Note, ...] = ()
    if (weights := request.weight_column) is not None and weights in table.columns:
        table.get(weights)
        table, unplaced = _without_unplaced(table, weights, files.strata)
    days = _days_of(table)
    columns = _columns_of(table, days, names, answer_makers(instrument, table.answers.T))
    responses = Responses(asked.scoring, asked.answers(table.answers.T, len(table.answers)).matrix(), columns)
    if request.period is not None:
        columns[PERIOD] = _period_column(table, days, request.period)
    if request.second_opinion is not None:
        columns[RESPONSE] = one_each(len(table.answers))
    frame = _frame_of(files, names, request)
    source = Source(
        name=table.file,
        instrument=instrument,
        strata=files.strata,
        cells=build_cells(responses.scoring, responses.answers, columns, sums=choose_sums(responses.scoring)),
        rows=_rows_of(files, request, table, responses, frame),
        variance=LINEARIZATION if files.sample is None else describe_variance(files.sample),
        frame=frame,
        notes=(*unplaced, *_repetitions(table, names), *_unread_sheets(files)),
        missing=_missing_of(table, instrument),
    )
    return require_levels(source, request, {})


def _without_unplaced(
    table: AnswerTable, weights: str, strata: Sequence[str]
) -> tuple[AnswerTable, tuple[Note, ...]]:
    """Leave out responses without a weight that name no stratum: weighting has left them out before."""
    zero = np.array([*(number == 0 for number in parse_weights(table, weights)), False])
    unplaced = zero[table.columns[weights].codes]
    for name in strata:
        unplaced &= table.columns[name].codes < 0
    if not strata or not unplaced.any() or unplaced.all():
        return table, ()
    return table.selected(~unplaced), (UNPLACED(n=int(unplaced.sum())),)


def _rows_of(
    files: Files,
    request: EstimateRequest,
    table: AnswerTable,
    responses: Responses,
    frame: Frame | None,
) -> RowEngine | None:
    if files.sample is None:
        return None
    if frame is not None and isinstance(files.sample, Replicates):
        raise InputError(
            "--frame does not go with --replicates; calibrate replicate weights where they were made"
        )
    for option, given in (
        ("--period", request.period),
        ("--second-opinion", request.second_opinion),
        ("--trim", request.trim),
        ("--out-of-date", request.out_of_date),
    ):
        if given is not None:
            raise InputError(f"{option} is not available with clusters or replicate weights")
    return sampled_rows(files.sample, request, table, responses, files.strata, frame)


def _frame_of(files: Files, names: set[str], request: EstimateRequest) -> Frame | None:
    if files.frame is None:
        return None
    renamed = files.reading.rename
    frame = read_frame(files.frame, files.frame_count, files.strata, names, renamed, files.frame_place)
    if request.weights != "none":
        asked = {name for by in request.by for name in by} | {name for name, _ in request.where}
        _refuse_divided_strata(files.frame.name, frame, files.strata, asked)
    return frame


def _refuse_divided_strata(file: str, frame: Frame, strata: Sequence[str], asked: set[str]) -> None:
    """Weights by strata would ignore that the frame counts each period apart."""
    columns = [frame.columns[name] for name in strata]
    for name in sorted(asked & set(frame.columns) - set(strata)):
        further = cross([*columns, frame.columns[name]], len(frame)).count
        if is_period(name, frame.columns[name].levels) and further > cross(columns, len(frame)).count:
            raise TableError(
                file,
                "divides strata, and the weights would not; add it to --strata, or leave it out of the frame",
                column=name,
            )


def _read_responses(files: Files, instrument: Instrument, names: set[str]) -> AnswerTable:
    """Read and check the file. names: columns that the request needs."""
    known = _KNOWN_COLUMNS | names
    table = read_answers_to(instrument, files.responses, files.reading, files.strata, known)
    refuse_look_alikes(table, _LOOKED_FOR, names)
    _missing_of(table, instrument)
    for column in id_columns(table.columns, names):
        refuse_repeated_ids(table, column)
    return table


def _missing_of(table: AnswerTable, instrument: Instrument) -> MissingItems:
    """Items without a column; an error where a column looks like one of them."""
    needed = needed_items(instrument, table, None)
    unanswered = tuple(item for item in table.unanswered() if item in needed)
    return MissingItems(table.missing_items(needed), table.expected.others([*table.columns]), unanswered)


def _unread_sheets(files: Files) -> Iterator[Note]:
    """Name the sheets of workbooks that may have been meant too."""
    frame = [] if files.frame is None else [(files.frame, files.frame_place)]
    for path, place in [(files.responses, files.reading.place), *frame]:
        if sheets := unread_sheets(path, place):
            yield UNREAD_SHEETS(file=path.name, names=named(sheets))


def _repetitions(table: AnswerTable, names: set[str]) -> Iterator[Note]:
    """Rows without an id, ids that differ in zeros alone, and repeated ids in columns not known as such."""
    ids = id_columns(table.columns, names)
    for column in ids:
        if alike := ids_alike(table, column):
            yield IDS_ALIKE(n=len(alike), column=column, names=named(alike))
    nameless = all((table.columns[column].codes < 0).any() for column in ids)
    if nameless and (repeated := count_identical_rows(table)):
        yield IDENTICAL_ROWS(n=repeated)
    if ids:
        return
    for column, repeated in repeating_columns(table, names | _KNOWN_COLUMNS).items():
        yield IDS_REPEATED(n=repeated, column=column)


def _columns_of(
    table: AnswerTable,
    days: Keyed[date] | None,
    names: set[str],
    answers: Mapping[str, Callable[[], Column]],
) -> dict[str, Column]:
    """The columns named, and those that weights and measures look for; months as a round has them.

    answers: makers of columns of answers, each of which can be a domain.
    """
    derived = {**answers, **(month_makers(days) if days else {})}
    for name in names - table.columns.keys() - derived.keys():
        if several := [other for other in answers if other.startswith(f"{name}.")]:
            raise InputError(f"{name} takes several answers; name one of its options, such as {several[0]}")
        known = ", ".join([*table.columns, *(other for other in derived if other not in answers)])
        raise InputError(f"there is no column {name!r} in the responses; the columns are {known}")
    plain = {name: Column(coded.codes, coded.levels) for name, coded in table.columns.items()}
    wanted = names | (plain.keys() & {"channel", "form"})
    return {name: plain[name] if name in plain else derived[name]() for name in wanted}


def _days_of(table: AnswerTable) -> Keyed[date] | None:
    """The day on which each response came, where the file says so."""
    name = next((name for name in _DAY_COLUMNS if name in table.columns), None)
    if name is None:
        return None
    moments = table.parsed(name, parse_moment)
    days = tuple((when.astimezone(LOCAL) if when.tzinfo else when).date() for when in moments)
    return Keyed(table.columns[name].codes, days)


def _period_column(table: AnswerTable, days: Keyed[date] | None, period: Period) -> Column:
    if days is None:
        raise TableError(
            table.file, f"has no column {' or '.join(_DAY_COLUMNS)}, which a period needs", row=1
        )
    return days.column(lambda day: YES if period.holds(day) else NO)


def read_frame(
    path: Path,
    count_column: str,
    strata: Sequence[str],
    names: set[str],
    rename: Mapping[str, str] | None = None,
    place: TablePlace = FIRST_SHEET,
) -> Frame:
    """Rows that differ in columns beside the strata are added up; the same row twice is a mistake.

    rename: our names of columns → those of another file, which the frame may share.
    """
    try:
        table = read_table(path, (*strata, count_column), _shared_names(path, rename or {}, place), place)
    except TableError as problem:
        if problem.column == count_column:
            raise problem.with_advice(
                "; name the one that counts transactions: --frame-count COLUMN"
            ) from None
        raise
    keys = [name for name in table.header if name != count_column]
    seen: Counter[tuple[str, ...]] = Counter()
    for row in table.rows:
        for stratum in strata:
            row.get(stratum)
        key = tuple(row.cells[name] for name in keys)
        seen[key] += 1
        if seen[key] > 1:
            raise row.error(None, "is the same as an earlier row; add up their counts or delete one")
    counts = np.array([row.get_as(count_column, parse_count) for row in table.rows], np.int64)
    columns = {name: Column.of(row.cells[name] for row in table.rows) for name in names & set(keys)}
    return Frame(columns, counts)


def _shared_names(path: Path, rename: Mapping[str, str], place: TablePlace) -> dict[str, str]:
    """The renamings that this file needs as well."""
    if not rename:
        return {}
    header = read_table(path, place=place).header
    return {ours: their for ours, their in rename.items() if their in header and ours not in header}
