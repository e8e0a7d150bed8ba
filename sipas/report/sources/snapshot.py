"""A round as it stood at one moment, and the source that it makes for a request."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sipas.queries.catalogue import Round, Unit
from sipas.queries.frame import FrameStratum
from sipas.queries.segments import SegmentsVersion
from sipas.report.period import Period, month_end
from sipas.report.request import EstimateRequest
from sipas.report.second_opinion import RESPONSE, one_each
from sipas.report.sources.answer_scorings import answer_makers, choose_sums, find_scoring
from sipas.report.sources.cell_cache import CellCache
from sipas.report.sources.dimensions import Dimensions, Keys
from sipas.report.sources.levels import catalogue_levels, require_levels
from sipas.report.sources.results import Results
from sipas.report.sources.source import NO, PERIOD, UNDATED, YES, Source, needed_columns
from sipas.stats import Cells, Column, Frame, build_cells
from sipas.stats.notes import CLUSTERS_LEFT_OUT, Note
from sipas.survey.catalogue import Catalogue, is_open, local_day
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.links.mix_plan import VILLAGE
from sipas.survey.links.mixing import MIXED_AFTER_CLOSING
from sipas.survey.segments.keyed import Keyed
from sipas.survey.segments.response_columns import ResponseColumns

_STATES = (NO, UNDATED, YES)
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
    """responses: those that are counted. cells, results: what was made from them before.

    version: of the segments that were read.
    """

    round: Round
    catalogue: Catalogue
    responses: ResponseColumns
    cells: CellCache
    results: Results
    frame: HeldFrame
    moment: datetime
    version: SegmentsVersion

    @property
    def instrument(self) -> Instrument:
        return self.catalogue.instrument_of(self.round)

    @property
    def dimensions(self) -> Dimensions:
        answers = answer_makers(self.instrument, self.responses.answers)
        return Dimensions(_keys_of(self.responses), self.catalogue, self.round.strata, answers)

    def days(self) -> tuple[date, date]:
        """The round's first day and its last one, so far."""
        last = self.moment
        if self.round.closes_at is not None:
            last = min(last, self.round.closes_at - timedelta(microseconds=1))
        return local_day(self.round.opens_at), local_day(last)

    def units(self) -> list[Unit]:
        """The units of its responses and of its frame."""
        ids = {*self.responses.keys["unit"].values, *self.frame.keys.units.values}
        return [self.catalogue.units[i] for i in ids]


def _keys_of(responses: ResponseColumns) -> Keys:
    keys, days, kept = responses.keys, responses.keys["day"], responses.keys["time_kept"]
    round_alone, in_part = kept.mask(lambda unit: unit == "round"), kept.mask(lambda unit: unit != "day")
    texts = {name: keys[name] for name in ("service_channel", "channel", "form", "language")}
    complete = Keyed(keys["complete"].codes, tuple(str(one).lower() for one in keys["complete"].values))
    kiosks = Keyed(keys["kiosk"].codes, tuple(map(str, keys["kiosk"].values)))
    return Keys(
        keys["unit"],
        keys["procedure"],
        {**texts, "complete": complete, "kiosk": kiosks},
        responses.attributes,
        days.without(round_alone),
        days.without(in_part),
        keys["field"],
    )


def hold_frame(version: tuple[int, int], rows: Sequence[FrameStratum]) -> HeldFrame:
    attributes: list[dict[str, str]] = [json.loads(row.attributes) for row in rows]
    names = dict.fromkeys(name for one in attributes for name in one)
    keys = Keys(
        Keyed.of(row.unit_id for row in rows),
        Keyed.of(row.procedure_id for row in rows),
        {"service_channel": Keyed.of(row.service_channel for row in rows)},
        {name: Keyed.of(one.get(name) for one in attributes) for name in names},
        _unknown(len(rows)),
        _unknown(len(rows)),
        _unknown(len(rows)),
    )
    return HeldFrame(version, keys, np.array([row.transactions for row in rows], np.int64))


def _unknown(rows: int) -> Keyed[Any]:
    return Keyed(np.full(rows, -1, np.int8), ())


def round_source(snapshot: Snapshot, request: EstimateRequest) -> Source:
    round_ = snapshot.round
    strata = _POOLING_ORDER if set(round_.strata) == _USUAL_STRATA else round_.strata
    names = needed_columns(request, strata)
    frame = frame_of(snapshot, names)
    provisional = is_open(round_, snapshot.moment)
    mixing = provisional or is_open(round_, snapshot.moment - MIXED_AFTER_CLOSING)
    state = (
        *(len(snapshot.responses), snapshot.catalogue.version, snapshot.frame.version),
        *(snapshot.days(), provisional, mixing),
    )
    source = Source(
        name=round_.code,
        instrument=snapshot.instrument,
        strata=strata,
        cells=_cells_of(snapshot, frame, names | {"channel", "form"}, request),
        frame=frame,
        index=round_.index_code,
        target=round_.target,
        provisional=provisional,
        out_of_date="review",
        mixing=mixing,
        notes=tuple(_notes_on_clusters(snapshot.responses)),
        remember=partial(snapshot.results.get, state),
    )
    return require_levels(source, request, catalogue_levels(snapshot.catalogue, snapshot.instrument))


def _notes_on_clusters(responses: ResponseColumns) -> Iterator[Note]:
    """Note interviews of sampled villages: cells hold neither clusters nor weights of single responses."""
    village = responses.attributes.get(VILLAGE)
    if village is not None and (n := int((village.codes >= 0).sum())):
        yield CLUSTERS_LEFT_OUT(n=n, clusters=len(np.unique(village.codes[village.codes >= 0])))


def _cells_of(snapshot: Snapshot, frame: Frame | None, names: set[str], request: EstimateRequest) -> Cells:
    """Build the cells of these columns, or take what was built for an earlier request."""
    dimensions, period = snapshot.dimensions, request.period
    dimensions.require(names)
    asked = find_scoring(snapshot.instrument, request.measure)
    rows, singly = len(snapshot.responses), request.second_opinion
    key = (
        asked.scoring.items,
        *(tuple(sorted(names)), period, snapshot.days() if period else None, singly is not None),
        *(snapshot.catalogue.version, snapshot.frame.version if frame else None, dimensions.former_units()),
    )

    def build(start: int) -> Cells:
        columns = _columns_of(snapshot, frame, dimensions, names)
        if period is not None:
            columns[PERIOD] = _period_column(snapshot, period)
        if singly is not None:
            columns[RESPONSE] = one_each(rows)
        later = {name: Column(column.codes[start:], column.levels) for name, column in columns.items()}
        held = [column[start:] for column in snapshot.responses.answers]
        answers = asked.answers(held, rows - start)
        return build_cells(asked.scoring, answers, later, sums=choose_sums(asked.scoring))

    return snapshot.cells.get(key, rows, build)


def _columns_of(
    snapshot: Snapshot, frame: Frame | None, dimensions: Dimensions, names: set[str]
) -> dict[str, Column]:
    columns = dimensions.columns(names)
    if frame is not None:
        own = dimensions.own_strata & names
        columns |= {name: _known_to(frame, name, columns[name]) for name in own}
    return columns


def _period_column(snapshot: Snapshot, period: Period) -> Column:
    """Whether each response lies in the period; UNDATED if what is known of its time lies partly in it."""
    days, kept = snapshot.responses.keys["day"], snapshot.responses.keys["time_kept"]
    whole_round = snapshot.days()
    width = len(days.values) + 1
    states = [
        _in_period(period, *(whole_round if unit == "round" else _span_of(day, unit)))
        for unit in (*kept.values, None)
        for day in (*days.values, whole_round[0])
    ]
    place = np.where(kept.codes < 0, len(kept.values), kept.codes).astype(np.int64) * width
    place += np.where(days.codes < 0, width - 1, days.codes)
    codes = np.array([_STATES.index(state) for state in states], np.int32)
    return Column(codes[place], _STATES)


def _in_period(period: Period, first: date, last: date) -> str:
    if period.first <= first and last <= period.last:
        return YES
    return NO if last < period.first or first > period.last else UNDATED


def _span_of(day: date, kept: str | None) -> tuple[date, date]:
    """Return the days that a time may mean of which a week or month is kept; a week ends with its month."""
    if kept == "month":
        return day, month_end(day)
    if kept == "week":
        return day, min(day + timedelta(days=7 - day.isoweekday()), month_end(day))
    return day, day


def frame_of(snapshot: Snapshot, names: set[str]) -> Frame | None:
    """With those of the columns named that transactions are known by."""
    held = snapshot.frame
    if not len(held.counts):
        return None
    dimensions = Dimensions(held.keys, snapshot.catalogue, snapshot.round.strata, {})
    columns = dimensions.columns(names & dimensions.makers.keys())
    return Frame({name: column for name, column in columns.items() if column.levels}, held.counts)


def _known_to(frame: Frame, stratum: str, column: Column) -> Column:
    """Without the levels that no transaction has: such a response has no stratum, the others keep theirs."""
    if stratum not in frame.columns:
        return column
    levels = frame.columns[stratum].levels
    known = np.array([*(level in levels for level in column.levels), False])[column.codes]
    return Column(np.where(known, column.codes, -1), column.levels)
