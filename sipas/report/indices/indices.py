"""A request and a source joined to a table of indices, which says how its figures were made."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from sipas.report.indices.index_table import (
    Definition,
    IndexRow,
    IndexTable,
    Intervals,
    Limits,
    Number,
    PooledStrata,
    TableHeader,
    WeightsUsed,
)
from sipas.report.indices.weighing import CALIBRATED, weigh
from sipas.report.request import EstimateRequest
from sipas.report.second_opinion import SecondOpinion, replicate_errors
from sipas.report.sources.answer_scorings import chosen_measures
from sipas.report.sources.source import LINK, MIXED, Mask, Source, channel_mask
from sipas.stats import (
    Cells,
    Column,
    Estimates,
    IndexDefinition,
    Measure,
    SurveyDesign,
    Weighting,
)
from sipas.stats.designs.taylor import TaylorDesign
from sipas.stats.estimates.variance import drawn_forms
from sipas.stats.notes import (
    AS_INVITED,
    CLUSTERS_LEFT_OUT,
    DETAIL_NOT_KEPT,
    MIXING,
    OWN_MIX,
    PROVISIONAL,
    RELATIVE_WEIGHTS,
    SELF_SELECTED,
    SPLIT_FORM,
    UNDATED,
    UNWEIGHTED,
    Note,
)
from sipas.stats.weights.weights import Pool
from sipas.stopping import check_deadline
from sipas.vietnamese import sort_key

_COARSENED = ("procedure", "field", "service_channel", "month")  # what the mix may give up


@dataclass(frozen=True)
class Prepared:
    """A source weighted once, to be asked by any columns.

    weighting: how the weights of the design were made. design: without what `where` and the period exclude.
    """

    request: EstimateRequest
    source: Source
    definition: IndexDefinition
    weighting: Weighting
    design: SurveyDesign

    @property
    def measures(self) -> Sequence[Measure]:
        source = self.source
        return chosen_measures(source.instrument, source.cells.scoring, self.definition, self.request.measure)


def prepare(request: EstimateRequest, source: Source) -> Prepared:
    source = source.of_channels(request.channels).of_flagged(request.flagged)
    definition = source.instrument.index(request.index or source.index)
    weighting = weigh(request, source, definition)
    design = SurveyDesign(source.engine(request, weighting), definition)
    return Prepared(request, source, definition, weighting, design)


def index_table(request: EstimateRequest, source: Source) -> IndexTable:
    # By its text: margins in it are mappings, which have no hash.
    return source.remember(("indices", repr(request)), lambda: _index_table(request, source))


def _index_table(request: EstimateRequest, source: Source) -> IndexTable:
    prepared = prepare(request, source)
    header = describe(prepared)
    if source.walk_up() is not None and any("channel" in by for by in request.by):
        header = msgspec.structs.replace(header, notes=[*header.notes, OWN_MIX])
    return IndexTable(header=header, rows=[row for by in request.by for row in rows(prepared, by)])


def describe(prepared: Prepared) -> TableHeader:
    request, source, weighting = prepared.request, prepared.source, prepared.weighting
    return TableHeader(
        definition=Definition(prepared.definition.id or None, source.instrument.name),
        weights=_describe_weights(weighting, _walk_up_share(prepared), request.weight_column),
        intervals=_describe_intervals(prepared),
        coverage=weighting.coverage,
        source=source.name,
        target=source.target,
        provisional=source.provisional,
        where=[f"{column}={level}" for column, level in request.where],
        period=None if request.period is None else str(request.period),
        channels=request.channels,
        flagged=request.flagged,
        responses=int(source.cells.n.sum()),
        notes=[
            *table_notes(prepared),
            *source.notes,
            *_invited_otherwise(prepared),
            *_detail_not_kept(prepared),
        ],
    )


def _describe_intervals(prepared: Prepared) -> Intervals:
    """Describe the intervals. Without a frame they have no finite-population factor."""
    request = prepared.request
    return Intervals(
        level=request.options.level,
        ci=request.options.interval,
        effective_n=request.options.effective_n,
        fpc=request.options.fpc and _has_fpc(prepared),
        replicates=None if request.second_opinion is None else str(request.second_opinion),
        variance=prepared.source.variance,
    )


def _has_fpc(prepared: Prepared) -> bool:
    if (rows := prepared.source.rows) is None:
        return prepared.weighting.frame is not None
    return isinstance(rows.design, TaylorDesign) and rows.design.has_fpc


def _walk_up_share(prepared: Prepared) -> float | None:
    """Return the index's walk-up share, if weights tell walk-up answers from invited ones."""
    source = prepared.source
    is_used = source.walk_up() is not None and source.rows is None and prepared.weighting.frame is not None
    return prepared.definition.walk_up if is_used else None


def _describe_weights(weighting: Weighting, walk_up: float | None, column: str | None) -> WeightsUsed:
    calibration, trimming = weighting.calibration, weighting.trimming
    return WeightsUsed(
        method=weighting.method,
        strata=list(weighting.strata),
        pooled=[_describe_pool(pool, weighting.strata) for pool in weighting.pools],
        unplaced=weighting.unplaced,
        notes=list(weighting.notes),
        walk_up=walk_up,
        margins=list(calibration.margins.names) if calibration and weighting.method in CALIBRATED else [],
        bounds=_limits(calibration.bounds) if calibration else None,
        iterations=calibration.rounds if calibration else None,
        trim=_limits((trimming.lower, trimming.upper)) if trimming else None,
        trimmed=trimming.responses if trimming else 0,
        column=column,
    )


def _limits(given: tuple[float, float] | None) -> Limits | None:
    return None if given is None else (finite_or_none(given[0]), finite_or_none(given[1]))


def _describe_pool(pool: Pool, columns: Sequence[str]) -> PooledStrata:
    """Thousands of strata may be in one: they are told by what they share."""
    levels = zip(columns, zip(*pool.strata, strict=True), strict=True)
    shared = {name: found[0] for name, found in levels if found[0] is not None and len(set(found)) == 1}
    return PooledStrata(shared, len(pool.strata), pool.n, pool.population)


def table_notes(prepared: Prepared) -> list[Note]:
    notes: list[Note] = []
    if prepared.weighting.method == "none":
        notes.append(UNWEIGHTED)
    walk_up = prepared.source.walk_up()
    if walk_up is not None and walk_up.any():
        notes.append(SELF_SELECTED)
    if prepared.source.provisional:
        notes.append(PROVISIONAL)
    if prepared.source.mixing:
        notes.append(MIXING)
    if undated := prepared.source.undated():
        notes.append(UNDATED(n=undated))
    return notes


def _invited_otherwise(prepared: Prepared) -> Iterator[Note]:
    """Note answers of other channels, which count as invited.

    Those of known channels are noted where invited and walk-up answers have weights of their own.
    """
    source, walk_up = prepared.source, prepared.source.walk_up()
    if (unknown := source.unknown_channels()) is not None:
        yield unknown
    if walk_up is None or (prepared.weighting.frame is None and prepared.request.channels == "all"):
        return
    others = ~walk_up & ~channel_mask(source.cells.columns["channel"], (LINK,))
    if count := int(source.cells.n[others].sum()):
        yield AS_INVITED(n=count)


def _detail_not_kept(prepared: Prepared) -> Iterator[Note]:
    """Answers of the mix that a column of the table leaves out: other channels weigh more there."""
    cells = prepared.source.cells
    if "channel" not in cells.columns:
        return
    of_mix = channel_mask(cells.columns["channel"], MIXED)
    asked = [name for name in _COARSENED if any(name in by for by in prepared.request.by)]
    lacking = {name: of_mix & (cells.column(name).codes < 0) for name in asked}
    if columns := tuple(name for name, mask in lacking.items() if mask.any()):
        lost = np.logical_or.reduce([lacking[name] for name in columns])
        yield DETAIL_NOT_KEPT(columns=columns, n=int(cells.n[lost].sum()))


def rows(prepared: Prepared, by: Sequence[str]) -> Iterator[IndexRow]:
    """A row for each measure and domain, domains in Vietnamese order."""
    for _, found in estimated(prepared, by):
        yield from sorted(found, key=domain_order)


def estimated(prepared: Prepared, by: Sequence[str]) -> Iterator[tuple[Estimates, list[IndexRow]]]:
    """For each measure its estimates, and a row for each domain in their order."""
    request, source = prepared.request, prepared.source
    where = source.where(request)
    walked_up = _domains_of(source.cells, _both(where, source.walk_up()), by)
    found = prepared.design.engine.estimate(prepared.measures, by, request.options)
    for measure, estimates in zip(prepared.measures, found, strict=True):
        check_deadline()
        beside = _notes_beside(prepared, measure)
        rows = [_row_of(estimates, domain, walked_up, beside) for domain in range(len(estimates))]
        if request.second_opinion is not None:
            rows = _with_second_opinion(prepared, request.second_opinion, measure, rows, by)
        if request.options.statistic == "mean":
            lowest, *_, highest = source.cells.scoring.points
            rows = [_with_rescaled(row, lowest, highest) for row in rows]
        yield estimates, rows


def _notes_beside(prepared: Prepared, measure: Measure) -> list[Note]:
    """Notes on every figure of a measure."""
    scoring, missing = prepared.source.cells.scoring, prepared.source.missing
    asked = {scoring.items[item] for item in measure.items(scoring)}
    notes = [] if missing is None else list(missing.notes(asked))
    if any(drawn_forms(prepared.source.cells, measure)):
        notes.append(SPLIT_FORM)
    notes += filter(CLUSTERS_LEFT_OUT.is_code_of, prepared.source.notes)
    return [*notes, RELATIVE_WEIGHTS] if prepared.weighting.relative else notes


def _row_of(
    estimates: Estimates, domain: int, walked_up: set[tuple[str | None, ...]], beside: Sequence[Note] = ()
) -> IndexRow:
    by = estimates.key(domain)
    self_selected = [SELF_SELECTED] if tuple(by.values()) in walked_up else []
    return IndexRow(
        by=by,
        measure=estimates.measure,
        statistic=estimates.statistic,
        estimate=finite_or_none(estimates.estimate[domain]),
        se=finite_or_none(estimates.se[domain]),
        low=finite_or_none(estimates.low[domain]),
        high=finite_or_none(estimates.high[domain]),
        level=estimates.level,
        ci=estimates.ci,
        df=int(estimates.df[domain]),
        n=int(estimates.n[domain]),
        n_answered=int(estimates.n_answered[domain]),
        n_effective=finite_or_none(estimates.n_effective[domain]),
        deff=finite_or_none(estimates.deff[domain]),
        population=rounded_or_none(finite_or_none(estimates.population[domain])),
        coverage=finite_or_none(estimates.coverage[domain]),
        pooled_share=finite_or_none(estimates.pooled_share[domain]),
        reliable=bool(estimates.reliable[domain]),
        notes=[*estimates.notes[domain], *beside, *self_selected],
        deff_replace=finite_or_none(estimates.deff_replace[domain]),
        kish=finite_or_none(estimates.kish[domain]),
        clusters=None if estimates.clusters is None else int(estimates.clusters[domain]),
        roh=None if estimates.roh is None else finite_or_none(estimates.roh[domain]),
    )


def _with_second_opinion(
    prepared: Prepared, asked: SecondOpinion, measure: Measure, rows: Sequence[IndexRow], by: Sequence[str]
) -> list[IndexRow]:
    found = replicate_errors(asked, prepared.design, measure, by, prepared.request.options)
    return [
        msgspec.structs.replace(
            row, se_replicates=finite_or_none(found.get(tuple(row.by.values()), math.nan))
        )
        for row in rows
    ]


def _with_rescaled(row: IndexRow, lowest: float, highest: float) -> IndexRow:
    """A mean and its interval also as 100 (mean − lowest) / (highest − lowest)."""
    rescaled, low, high = (
        None if value is None else 100 * (value - lowest) / (highest - lowest)
        for value in (row.estimate, row.low, row.high)
    )
    return msgspec.structs.replace(row, rescaled=rescaled, rescaled_low=low, rescaled_high=high)


def finite_or_none(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def rounded_or_none(value: float | None) -> Number | None:
    """Round floating-point error off a count of transactions. Only part of a pool has a fraction."""
    if value is None:
        return None
    rounded = round(value, 6)
    return int(rounded) if rounded.is_integer() else rounded


def domain_order(row: IndexRow) -> list[tuple[bool, object]]:
    return level_order(row.by)


def level_order(domain: Mapping[str, str | None]) -> list[tuple[bool, object]]:
    """Missing values last."""
    return [(level is None, sort_key(level or "")) for level in domain.values()]


def _both(one: Mask | None, other: Mask | None) -> Mask | None:
    """Cells in both; None where no cell can be in the second."""
    return other if one is None or other is None else one & other


def _domains_of(cells: Cells, mask: Mask | None, by: Sequence[str]) -> set[tuple[str | None, ...]]:
    """The combinations of the columns that the cells of a mask have."""
    if mask is None or not mask.any():
        return set()
    columns = [cells.column(name) for name in by]
    if not columns:
        return {()}
    codes = np.unique(np.stack([column.codes[mask] for column in columns]), axis=1)
    levels = [Column(part, column.levels).labels() for part, column in zip(codes, columns, strict=True)]
    return set(zip(*levels, strict=True))


def without_fpc(prepared: Prepared) -> Prepared:
    """Comparisons, ranks and targets speak about the service, not about the transactions counted."""
    options = replace(prepared.request.options, fpc=False)
    return replace(prepared, request=msgspec.structs.replace(prepared.request, options=options))
