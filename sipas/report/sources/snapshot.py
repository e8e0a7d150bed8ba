"""A round as it stood at one moment, and the source that it makes for a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sipas.queries.catalogue import Round
from sipas.queries.cells import DatedResponse, FrameRow
from sipas.report.period import Period, month_end
from sipas.report.request import EstimateRequest
from sipas.report.second_opinion import RESPONSE, one_each
from sipas.report.sources.dimensions import Dimensions, Keys
from sipas.report.sources.held_cells import HeldCells, cell_keys
from sipas.report.sources.keyed import Keyed
from sipas.report.sources.levels import catalogue_levels, require_levels
from sipas.report.sources.source import NO, PERIOD, UNDATED, YES, Source, needed_columns
from sipas.stats import Cells, Column, Frame, build_cells, merge_cells
from sipas.survey.catalogue import Catalogue, is_open, local_day
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.links.mixing import MIXED_AFTER_CLOSING

_IN_PERIOD = {True: YES, False: NO, None: UNDATED}
_USUAL_STRATA = {"unit", "procedure", "service_channel"}
_POOLING_ORDER = ("unit", "service_channel", "field", "procedure")  # a thin stratum loses the last first


@dataclass(frozen=True)
class HeldFrame:
    """version: of the catalogue, which moves when a frame is brought in too, and of the counts."""

    version: tuple[int, int]
    keys: Keys
    counts: NDArray[np.int64]


@dataclass(frozen=True)
class Snapshot:
    """dimensions: of the cells held. cut: the responses of months that lie in the period in part."""

    round: Round
    catalogue: Catalogue
    held: HeldCells
    dimensions: Dimensions
    frame: HeldFrame
    cut: Sequence[DatedResponse]
    moment: datetime

    @property
    def instrument(self) -> Instrument:
        return self.catalogue.instrument_of(self.round)

    def days(self) -> tuple[date, date]:
        """The round's first day and its last one, so far."""
        return round_days(self.round, self.moment)

    def with_cut(self) -> Dimensions:
        """Return the dimensions of the cells held, followed by those of the responses in cut months."""
        if not self.cut:
            return self.dimensions
        keys = self.held.keys.followed_by(cell_keys([row.key for row in self.cut]))
        return Dimensions(keys, self.catalogue, self.round.strata)


def round_days(round_: Round, now: datetime) -> tuple[date, date]:
    last = now if round_.closes_at is None else min(now, round_.closes_at - timedelta(microseconds=1))
    return local_day(round_.opens_at), local_day(last)


def hold_frame(version: tuple[int, int], rows: Sequence[FrameRow]) -> HeldFrame:
    keys = Keys(
        Keyed.of(row.unit_id for row in rows),
        Keyed.of(row.procedure_id for row in rows),
        {"service_channel": Keyed.of(row.service_channel for row in rows)},
        Keyed.of(row.attributes for row in rows),
        _unknown(len(rows)),
        _unknown(len(rows)),
    )
    return HeldFrame(version, keys, np.array([row.transactions for row in rows], np.int64))


def _unknown(rows: int) -> Keyed[Any]:
    return Keyed(np.full(rows, -1, np.int32), ())


def round_source(snapshot: Snapshot, request: EstimateRequest) -> Source:
    round_ = snapshot.round
    strata = _POOLING_ORDER if set(round_.strata) == _USUAL_STRATA else round_.strata
    names = needed_columns(request, strata)
    dimensions = snapshot.with_cut()
    columns = dimensions.columns(names | {"channel", "form"})
    frame = frame_of(snapshot, names)
    if frame is not None:
        own = dimensions.own_strata & names
        columns |= {name: _known_to(frame, name, columns[name]) for name in own}
    source = Source(
        name=round_.code,
        instrument=snapshot.instrument,
        strata=strata,
        cells=_cells_of(snapshot, columns, request.period, singly=request.second_opinion is not None),
        frame=frame,
        index=round_.index_code,
        target=round_.target,
        provisional=is_open(round_, snapshot.moment),
        out_of_date="review",
        mixing=is_open(round_, snapshot.moment) or is_open(round_, snapshot.moment - MIXED_AFTER_CLOSING),
    )
    return require_levels(source, request, catalogue_levels(snapshot.catalogue, snapshot.instrument))


def _cells_of(
    snapshot: Snapshot, columns: dict[str, Column], period: Period | None, *, singly: bool
) -> Cells:
    """columns: of the cells held, then of the responses in cut months, which singly are all there are."""
    held, scoring = snapshot.held, snapshot.instrument.scoring()
    if singly:
        return _cells_of_cut(snapshot, columns, {RESPONSE: one_each(len(snapshot.cut))})
    number, months = len(held.n), held.keys.months
    of_cells = {name: Column(column.codes[:number], column.levels) for name, column in columns.items()}
    if period is None:
        return Cells(scoring, of_cells, held.n, held.sums)
    cut = set(period.cut_months())
    of_cells[PERIOD] = _period_column(
        months, period, undated=YES if period.covers(*snapshot.days()) else UNDATED
    )
    cells = Cells(scoring, of_cells, held.n, held.sums).select(~months.mask(lambda month: month in cut))
    if not snapshot.cut:
        return cells
    return merge_cells([cells, _cells_of_cut(snapshot, columns)])


def _period_column(months: Keyed[date], period: Period, undated: str) -> Column:
    """undated: for cells of which only the round is known."""
    whole = months.mask(lambda month: _in_whole(month, period))
    labels = np.where(months.codes < 0, undated, np.where(whole, YES, NO))
    return Column.of(labels.tolist())


def _cells_of_cut(
    snapshot: Snapshot, columns: dict[str, Column], further: Mapping[str, Column] | None = None
) -> Cells:
    """Return the cells of the responses that were read one by one."""
    held, scoring = len(snapshot.held.n), snapshot.instrument.scoring()
    of_rows = {name: Column(column.codes[held:], column.levels) for name, column in columns.items()}
    of_rows[PERIOD] = Column.of(_IN_PERIOD[row.in_period] for row in snapshot.cut)
    answers = np.array([row.answers for row in snapshot.cut], np.int16).reshape(-1, len(scoring.items))
    return build_cells(scoring, answers, of_rows | dict(further or {}))


def _in_whole(month: date, period: Period) -> bool:
    return period.first <= month and month_end(month) <= period.last


def frame_of(snapshot: Snapshot, names: set[str]) -> Frame | None:
    """With those of the columns named that transactions are known by."""
    held = snapshot.frame
    if not len(held.counts):
        return None
    dimensions = Dimensions(held.keys, snapshot.catalogue, snapshot.round.strata)
    columns = dimensions.columns(names & dimensions.makers.keys())
    return Frame({name: column for name, column in columns.items() if column.levels}, held.counts)


def _known_to(frame: Frame, stratum: str, column: Column) -> Column:
    """Without the levels that no transaction has: such a response has no stratum, the others keep theirs."""
    if stratum not in frame.columns:
        return column
    levels = frame.columns[stratum].levels
    known = np.array([*(level in levels for level in column.levels), False])[column.codes]
    return Column(np.where(known, column.codes, -1), column.levels)
