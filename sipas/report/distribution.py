"""How answers are spread over the points of the scale, beside the estimates."""

from collections.abc import Sequence

import msgspec
import numpy as np

from sipas.report.index_table import IndexRow, IndexTable
from sipas.report.indices import Prepared, describe, domain_order, estimated, prepare
from sipas.report.request import EstimateRequest
from sipas.report.source import Source
from sipas.stats.distribution import distribute


class DistributionRow(IndexRow, frozen=True, kw_only=True):
    """shares: the weighted share of each point among the answers; None where there are none."""

    shares: list[float] | None


class DistributionTable(IndexTable, frozen=True, kw_only=True):
    """points: of the scale, rising, in the order of the shares."""

    points: list[int]
    rows: Sequence[DistributionRow]


def distribution_table(request: EstimateRequest, source: Source) -> DistributionTable:
    prepared = prepare(request, source)
    rows = [row for by in request.by for row in distribution_rows(prepared, by)]
    described = msgspec.structs.asdict(describe(prepared, []))
    points = list(source.cells.scoring.points)
    return DistributionTable(**{**described, "points": points, "rows": rows})


def distribution_rows(prepared: Prepared, by: Sequence[str]) -> list[DistributionRow]:
    request, source = prepared.request, prepared.source
    found: list[DistributionRow] = []
    for measure, (_, rows) in zip(prepared.measures, estimated(prepared, by), strict=True):
        spread = distribute(
            source.cells,
            prepared.weighting,
            measure,
            by,
            where=source.where(request),
            where_frame=source.where_frame(request),
        )
        shares = [part.tolist() if np.isfinite(part).all() else None for part in spread.share]
        made = [
            DistributionRow(**msgspec.structs.asdict(row), shares=part)
            for row, part in zip(rows, shares, strict=True)
        ]
        found += sorted(made, key=domain_order)
    return found
