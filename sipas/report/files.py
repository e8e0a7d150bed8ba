"""Sources from files: responses, their instrument and, where there is one, the frame."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from sipas.errors import InputError, TableError
from sipas.report.dimensions import month_makers
from sipas.report.keyed import Keyed
from sipas.report.levels import require_levels
from sipas.report.period import Period
from sipas.report.replicates import RESPONSE, one_each
from sipas.report.request import EstimateRequest
from sipas.report.source import NO, PERIOD, YES, Source, needed_columns
from sipas.stats import Column, Frame, build_cells
from sipas.survey.catalogue import LOCAL
from sipas.survey.instrument import read_instrument
from sipas.tables import AnswerTable, read_answers, read_table
from sipas.tables.cells import count, moment

DAY_COLUMNS = ("submitted_at", "date")


@dataclass(frozen=True)
class Files:
    """strata: from coarse to fine. frame_count: the frame's column of completed transactions."""

    responses: Path
    instrument: Path
    strata: tuple[str, ...] = ()
    frame: Path | None = None
    frame_count: str = "count"


def read_source(files: Files, request: EstimateRequest) -> Source:
    instrument = read_instrument(files.instrument.read_bytes(), files.instrument.name)
    scoring = instrument.scoring()
    table = read_answers(files.responses, scoring.items, scoring.points, required=files.strata)
    refuse_repeats(table)
    if not table.asked:
        raise TableError(table.file, f"has no column of an item of {instrument.name}", row=1)
    names = needed_columns(request, files.strata)
    days = days_of(table)
    columns = columns_of(table, days, names)
    if request.period is not None:
        columns[PERIOD] = period_column(table, days, request.period)
    if request.replicates is not None:
        columns[RESPONSE] = one_each(len(table.answers))
    source = Source(
        name=table.file,
        instrument=instrument,
        strata=files.strata,
        cells=build_cells(scoring, table.answers, columns),
        frame=read_frame(files.frame, files.frame_count, files.strata, names) if files.frame else None,
    )
    return require_levels(source, request, {})


def columns_of(table: AnswerTable, days: Keyed[date] | None, names: set[str]) -> dict[str, Column]:
    """The columns named, and those that weights and measures look for; months as a round has them."""
    derived = month_makers(days) if days else {}
    for name in names - table.columns.keys() - derived.keys():
        known = ", ".join([*table.columns, *derived])
        raise InputError(f"there is no column {name!r} to tell responses apart by; there are {known}")
    plain = {name: Column(coded.codes, coded.levels) for name, coded in table.columns.items()}
    wanted = names | (plain.keys() & {"channel", "form"})
    return {name: plain[name] if name in plain else derived[name]() for name in wanted}


def refuse_repeats(table: AnswerTable) -> None:
    """One row a response."""
    ids = table.columns.get("response_id")
    if ids is None or len(ids.levels) == len(ids.codes):
        return
    times = np.bincount(ids.codes[ids.codes >= 0], minlength=len(ids.levels))
    repeated = np.flatnonzero(times > 1)
    if len(repeated):
        second = np.flatnonzero(ids.codes == repeated[0])[1]
        problem = f"{ids.levels[repeated[0]]} stands in an earlier row too; keep one of them"
        raise table.error(int(second), "response_id", problem)


def days_of(table: AnswerTable) -> Keyed[date] | None:
    """The day on which each response came, where the file says so."""
    name = next((name for name in DAY_COLUMNS if name in table.columns), None)
    if name is None:
        return None
    moments = table.parsed(name, moment)
    days = tuple((when.astimezone(LOCAL) if when.tzinfo else when).date() for when in moments)
    return Keyed(table.columns[name].codes, days)


def period_column(table: AnswerTable, days: Keyed[date] | None, period: Period) -> Column:
    if days is None:
        raise TableError(table.file, f"has no column {' or '.join(DAY_COLUMNS)}, which a period needs", row=1)
    return days.column(lambda day: YES if period.holds(day) else NO)


def read_frame(path: Path, count_column: str, strata: Sequence[str], names: set[str]) -> Frame:
    """Rows that differ in columns beside the strata are added up; the same row twice is a mistake."""
    table = read_table(path, (*strata, count_column))
    keys = [name for name in table.header if name != count_column]
    seen: Counter[tuple[str, ...]] = Counter()
    for row in table.rows:
        for stratum in strata:
            row.get(stratum)
        key = tuple(row.cells[name] for name in keys)
        seen[key] += 1
        if seen[key] > 1:
            raise row.error(None, "is the same as an earlier row; add up their counts or delete one")
    counts = np.array([row.get_as(count_column, count) for row in table.rows], np.int64)
    columns = {name: Column.of(row.cells[name] for row in table.rows) for name in names & set(keys)}
    return Frame(columns, counts)
