"""Weight columns of an export: the weight, its stratum, the finite population and the cluster."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sipas.errors import InputError
from sipas.report.export.export_columns import cluster_codes
from sipas.report.export.export_labels import ExportLabels
from sipas.report.export.export_table import ExportColumn, of_numbers
from sipas.report.export.row_order import content_order
from sipas.report.indices.index_table import TableHeader
from sipas.report.indices.indices import describe, prepare
from sipas.report.request import EstimateRequest
from sipas.report.sources.snapshot import Snapshot, round_source
from sipas.stats import Weighting
from sipas.stats.arrays import BoolArray, FloatArray, IntArray

FILTER = "in_filter"


@dataclass(frozen=True)
class WeightedRows:
    """The responses that an export holds, and the variance stratum of each.

    rows: int64[rows]; with `whole`, those outside the filter too. stratum: int64[responses], -1 for
    responses left out of the weights. weight: float64[responses]. kept: by the filter, where `whole`.
    """

    rows: IntArray
    stratum: IntArray
    weight: FloatArray
    weighting: Weighting
    header: TableHeader
    kept: BoolArray | None = None

    def columns(self, labels: ExportLabels) -> Iterator[ExportColumn]:
        yield of_numbers("weight", labels.own("weight"), self.weight, kind="decimal")
        stratum = of_numbers("stratum", labels.own("stratum"), self.stratum + 1, kind="whole")
        yield _without(stratum, self.stratum < 0)
        fraction = np.append(self.weighting.fraction, 0.0)[self.stratum]
        size = np.append(self.weighting.size, 0)[self.stratum]
        population = np.divide(size, fraction, out=np.full(len(size), -1.0), where=fraction > 0)
        yield of_numbers("fpc", labels.own("fpc"), np.rint(population).astype(np.int64), kind="whole")
        if self.kept is not None:
            codes = self.kept.astype(np.int8)
            yield ExportColumn(FILTER, labels.own(FILTER), "whole", codes, (0, 1))


def _without(column: ExportColumn, missing: BoolArray) -> ExportColumn:
    codes = np.where(missing, column.codes.dtype.type(-1), column.codes)
    return replace(column, codes=codes, measure="nominal")


def weighted_rows(snapshot: Snapshot, request: EstimateRequest, *, whole: bool = False) -> WeightedRows:
    """Weight the round's responses, and choose those that the request's conditions and period keep.

    whole: keep the others too, and mark those that are kept.
    """
    if not len(snapshot.responses):
        raise InputError(f"round {snapshot.round.code} has no responses yet; there is nothing to export")
    source = round_source(snapshot, request)
    prepared = prepare(request, source)
    cells = prepared.source.cells
    assert cells.rows is not None  # cells of a round keep them
    cell, kept = cells.rows.cell, prepared.source.where(request)
    chosen = cell >= 0 if kept is None else (cell >= 0) & np.append(kept, False)[cell]
    if not chosen.any():
        raise InputError(
            "no response of the round meets the conditions; change --where, --period or --channels"
        )
    weighting = prepared.weighting
    return WeightedRows(
        np.flatnonzero(cell >= 0 if whole else chosen),
        np.append(weighting.stratum, -1)[cell],
        np.append(weighting.weight, 0.0)[cell],
        weighting,
        describe(prepared),
        chosen if whole and kept is not None else None,
    )


def cluster_column(
    snapshot: Snapshot, columns: tuple[ExportColumn, ...], rows: IntArray, labels: ExportLabels
) -> ExportColumn | None:
    """Return numbers in place of the names of clusters, in the order in which the rows first hold them."""
    codes = cluster_codes(snapshot)
    if codes is None:
        return None
    ordered = codes[content_order(columns, rows)]
    held, first = np.unique(ordered[ordered >= 0], return_index=True)
    numbers = np.full(int(codes.max(initial=-1)) + 2, -1, np.int32)
    numbers[held[np.argsort(first)]] = np.arange(len(held))
    values = tuple(range(1, len(held) + 1))
    return ExportColumn("cluster", labels.own("cluster"), "whole", numbers[codes], values)
