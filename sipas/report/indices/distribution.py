"""The distribution of answers over the points of the scale, beside the estimates."""

from collections.abc import Sequence

import msgspec
import numpy as np

from sipas.report.indices.index_table import IndexRow, TableHeader
from sipas.report.indices.indices import Prepared, describe, domain_order, estimated, finite_or_none, prepare
from sipas.report.request import EstimateRequest
from sipas.report.sources.source import Source
from sipas.stats import Measure
from sipas.stats.estimates.distribution import Distribution


class DistributionRow(IndexRow, frozen=True, kw_only=True):
    """shares: the weighted share of each point among the answers; None where there are none.

    shares_low, shares_high: the interval of each by itself; None where it has none. Of several items
    together they are wider than need be.
    """

    shares: list[float] | None
    shares_low: list[float | None]
    shares_high: list[float | None]


class DistributionTable(msgspec.Struct, frozen=True, kw_only=True):
    """points: of the scale, rising, in the order of the shares."""

    header: TableHeader
    rows: Sequence[DistributionRow]
    points: list[int]


def distribution_table(request: EstimateRequest, source: Source) -> DistributionTable:
    prepared = prepare(request, source)
    rows = [row for by in request.by for row in _distribution_rows(prepared, by)]
    points = list(source.cells.scoring.points)
    return DistributionTable(header=describe(prepared), rows=rows, points=points)


def _distribution_rows(prepared: Prepared, by: Sequence[str]) -> list[DistributionRow]:
    found: list[DistributionRow] = []
    for measure, (_, rows) in zip(prepared.measures, estimated(prepared, by), strict=True):
        spread = _spread_of(prepared, measure, by)
        made = [_with_points(row, spread, domain) for domain, row in enumerate(rows)]
        found += sorted(made, key=domain_order)
    return found


def _spread_of(prepared: Prepared, measure: Measure, by: Sequence[str]) -> Distribution:
    """Points have shares even if the request asks for means."""
    return prepared.design.engine.distribution(measure, by, prepared.request.options)


def _with_points(row: IndexRow, spread: Distribution, domain: int) -> DistributionRow:
    share = spread.share[domain]
    low, high = ([finite_or_none(end) for end in ends[domain].tolist()] for ends in (spread.low, spread.high))
    shares = share.tolist() if np.isfinite(share).all() else None
    return DistributionRow(**msgspec.structs.asdict(row), shares=shares, shares_low=low, shares_high=high)
