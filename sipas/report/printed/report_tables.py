"""The tables of figures that a report is written from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from sipas.errors import InputError
from sipas.queries.catalogue import Round
from sipas.report.compare.before import Before, read_before
from sipas.report.compare.channels import ChannelsTable, channels_table
from sipas.report.compare.compare import compare_table
from sipas.report.compare.compare_request import CompareRequest
from sipas.report.compare.compare_table import CompareTable
from sipas.report.compare.ranks import RankTable, rank_table
from sipas.report.compare.targets import TargetTable, target_table
from sipas.report.compare.trend import TrendTable, trend_table
from sipas.report.figures.figures import without_few_answers
from sipas.report.indices.distribution import DistributionTable, distribution_table
from sipas.report.indices.index_table import IndexRow, IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.period import Period
from sipas.report.printed.report_request import ReportRequest
from sipas.report.request import EstimateRequest
from sipas.report.sources.rounds import Rounds
from sipas.report.sources.snapshot import Snapshot, round_source
from sipas.report.sources.source import Source
from sipas.survey.instruments.instrument import Instrument

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ReportSources:
    """The round, and the earlier one that it is compared with."""

    request: ReportRequest
    snapshot: Snapshot
    earlier: Before | None
    earlier_code: str | None

    def source(self, request: EstimateRequest) -> Source:
        return round_source(self.snapshot, request)


async def read_report_sources(rounds: Rounds, request: ReportRequest) -> ReportSources:
    snapshot = await rounds.snapshot(request.round)
    if snapshot.round.index_code is None:
        raise InputError(
            f"round: {request.round} has no index, and a report is about one; see `sipas estimate --measure"
            " items` and the dashboard"
        )
    if request.unit is not None and request.unit not in snapshot.catalogue.units_by_code:
        raise InputError(f"unit: there is no unit {request.unit!r}; see `sipas estimate --by unit`")
    code = None if request.kind == "monthly" else _earlier_round(snapshot)
    if code is None:
        return ReportSources(request, snapshot, None, None)
    asked = CompareRequest(estimate=_followed(request), against_round=code)
    return ReportSources(request, snapshot, await read_before(rounds, asked, snapshot.round.index_code), code)


def _followed(request: ReportRequest) -> EstimateRequest:
    """Return the request of a comparison of rounds: a unit is followed by its name."""
    asked = request.estimate("overall", *(() if request.unit is None else ("unit",)))
    return msgspec.structs.replace(asked, period=None)


def _earlier_round(snapshot: Snapshot) -> str | None:
    """Return the last round before this one with the same questionnaire and index."""
    this, catalogue = snapshot.round, snapshot.catalogue

    def is_alike(other: Round) -> bool:
        same = catalogue.instrument_of(other).id == snapshot.instrument.id
        return same and other.index_code == this.index_code and other.opens_at < this.opens_at

    found = [one for one in catalogue.rounds.values() if one.id != this.id and is_alike(one)]
    return max(found, key=lambda one: one.opens_at).code if found else None


@dataclass(frozen=True)
class ReportTables:
    """measures: the rows of the whole by measure, overall first. last: of the period before, of a month.

    rest: the unit against all others. months: the headline by month.
    """

    request: ReportRequest
    source: Source
    overall: IndexTable
    measures: Mapping[str, IndexRow]
    target: TargetTable | None
    distribution: DistributionTable
    channels: ChannelsTable | None
    units: RankTable | None
    unit_targets: TargetTable | None
    unit_factors: Sequence[IndexRow]
    change: CompareTable | None
    earlier_code: str | None
    last: IndexRow | None
    rest: CompareTable | None
    procedures: Sequence[IndexRow]
    months: TrendTable | None

    @property
    def instrument(self) -> Instrument:
        return self.source.instrument

    @property
    def whole(self) -> IndexRow:
        return self.overall.rows[0]


def make_tables(sources: ReportSources) -> ReportTables:
    request = sources.request
    asked = request.estimate()
    source = sources.source(asked)
    overall = index_table(asked, source)
    if not overall.rows[0].n:
        raise InputError(_nothing(request))
    whole_round = request.unit is None
    every = _table(sources, "all")
    ranked = rank_table(request.estimate("overall", "unit"), _source(sources, "overall", "unit"))
    return ReportTables(
        request=request,
        source=source,
        overall=overall,
        measures={row.measure: without_few_answers(row) for row in every.rows},
        target=None if source.target is None else target_table(asked, source),
        distribution=distribution_table(request.estimate("items"), _source(sources, "items")),
        channels=_channels(sources),
        units=ranked if whole_round and len(ranked.rows) > 1 else None,
        unit_targets=_unit_targets(sources) if whole_round and source.target is not None else None,
        unit_factors=_table(sources, "factors", "unit").rows if whole_round else (),
        change=_change(sources),
        earlier_code=sources.earlier_code,
        last=_last_month(sources),
        rest=None if whole_round else _against_rest(sources),
        procedures=() if whole_round else _table(sources, "overall", "procedure").rows,
        months=_months(sources),
    )


def _nothing(request: ReportRequest) -> str:
    limits = [f"unit {request.unit}"] if request.unit else []
    limits += [f"the period {request.period}"] if request.period else []
    if limits:
        return f"no response of round {request.round} is of {' and '.join(limits)}; nothing to report"
    return f"round {request.round} has no responses yet; nothing to report"


def _source(sources: ReportSources, measure: str, *by: str) -> Source:
    return sources.source(sources.request.estimate(measure, *by))


def _table(sources: ReportSources, measure: str, *by: str) -> IndexTable:
    asked = sources.request.estimate(measure, *by)
    return index_table(asked, sources.source(asked))


def _channels(sources: ReportSources) -> ChannelsTable | None:
    asked = sources.request.estimate("overall", "channel")
    table = channels_table(asked, sources.source(asked))
    return table if len(table.rows) > 1 else None


def _unit_targets(sources: ReportSources) -> TargetTable:
    asked = sources.request.estimate("overall", "unit")
    return target_table(asked, sources.source(asked))


def _change(sources: ReportSources) -> CompareTable | None:
    if sources.earlier is None:
        return None
    asked = _followed(sources.request)
    compared = CompareRequest(estimate=asked, against_round=sources.earlier_code)
    return compare_table(compared, sources.source(asked), sources.earlier)


def _last_month(sources: ReportSources) -> IndexRow | None:
    """Return the headline of the month before the report's."""
    request = sources.request
    if request.kind != "monthly" or request.period is None:
        return None
    last_day = request.period.first - _ONE_DAY
    before = msgspec.structs.replace(request, period=Period(last_day.replace(day=1), last_day))
    asked = before.estimate()
    (row,) = index_table(asked, sources.source(asked)).rows
    return without_few_answers(row) if row.n else None


def _against_rest(sources: ReportSources) -> CompareTable:
    asked = msgspec.structs.replace(sources.request.estimate("overall", "unit"), where=())
    table = compare_table(CompareRequest(estimate=asked, against="rest"), sources.source(asked), None)
    rows = [row for row in table.rows if row.by == {"unit": sources.request.unit}]
    return msgspec.structs.replace(table, rows=rows)


def _months(sources: ReportSources) -> TrendTable | None:
    asked = msgspec.structs.replace(sources.request.estimate("overall", "month"), period=None)
    table = trend_table(asked, [sources.source(asked)])
    return table if len(table.times) > 2 else None
