"""Answer channels side by side: each by itself, together, and two by two at the same mix of strata."""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from sipas.errors import InputError
from sipas.report.compare.compare import compare_table
from sipas.report.compare.compare_request import CompareRequest, Mix
from sipas.report.compare.compare_table import CompareRow, Headline
from sipas.report.compare.comparing import ALL_PAIRS
from sipas.report.indices.index_table import IndexRow, TableHeader
from sipas.report.indices.indices import Prepared, describe, prepare, rows
from sipas.report.request import EstimateRequest
from sipas.report.sources.source import Source

_CHANNEL = "channel"
_COMPARED_MOST = 10  # values that are compared two by two


class ChannelsTable(msgspec.Struct, frozen=True, kw_only=True):
    """rows: each channel by itself. headlines: all answers, and invited and walk-up ones apart.

    mix: `equal` where both sides of a comparison are weighted to the strata that both answered in.
    """

    header: TableHeader
    rows: Sequence[IndexRow]
    mix: str
    headlines: list[Headline]
    comparisons: Sequence[CompareRow]


def channels_table(request: EstimateRequest, source: Source) -> ChannelsTable:
    """A column that makes strata has no mix of strata to share: its values are compared as they are."""
    (column,) = request.by[0] if len(request.by[0]) == 1 else ("",)
    if not column:
        raise InputError("by: a channels chart compares the values of one column, such as channel")
    source.require_cells("by answer channel")
    prepared = prepare(request, source)
    found = list(rows_by(column, prepared))
    known = [row for row in found if row.by[column] is not None]
    if len(known) > _COMPARED_MOST:
        raise InputError(
            f"by: {len(known)} values are too many to compare two by two; choose {_COMPARED_MOST} with where"
        )
    header = describe(prepared)
    if len(known) < 2:
        return ChannelsTable(header=header, rows=found, mix="own", headlines=[], comparisons=[])
    mix: Mix = "own" if column in source.strata else "equal"
    compared = compare_table(CompareRequest(estimate=request, against=ALL_PAIRS, mix=mix), source, None)
    pairs = [row for row in compared.rows if None not in (row.by[column], row.against[column])]
    return ChannelsTable(header=header, rows=found, mix=mix, headlines=compared.headlines, comparisons=pairs)


def rows_by(column: str, prepared: Prepared) -> Iterator[IndexRow]:
    return _channel_rows(prepared) if column == _CHANNEL else rows(prepared, (column,))


def _channel_rows(prepared: Prepared) -> Iterator[IndexRow]:
    """Each answer channel weighted for itself alone, as the invited are."""
    source = prepared.source
    if source.walk_up() is None:
        yield from rows(prepared, (_CHANNEL,))
        return
    channel, where = source.cells.column(_CHANNEL), source.where(prepared.request)
    for code in np.unique(channel.codes if where is None else channel.codes[where]):
        alone = prepare(prepared.request, source.selected(channel.codes == code))
        level = channel.levels[code] if code >= 0 else None
        yield msgspec.structs.replace(next(rows(alone, ())), by={_CHANNEL: level})
