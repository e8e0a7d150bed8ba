"""A public release made: the tables of a round, protected together with all that was released before."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from sipas.errors import InputError
from sipas.report.indices.index_table import Definition, IndexRow
from sipas.report.indices.indices import Prepared, prepare, rows, table_notes
from sipas.report.release.release import Release, ReleasedRow, domain_key, published_counts
from sipas.report.request import EstimateRequest
from sipas.report.sources.snapshot import Snapshot
from sipas.report.sources.source import Source
from sipas.stats import Measure
from sipas.stats.arrays import BoolArray
from sipas.stats.disclosure import (
    Counts,
    PlainShares,
    Tabulation,
    count_measure,
    plain_shares,
    protect,
    tabulate,
)
from sipas.stats.disclosure import Key as TableKey
from sipas.stats.notes import HIDDEN, KEPT, NOT_WEIGHTED, PLAIN_SHARE, Note, of_every_row
from sipas.vietnamese import SortKey, sort_key

_LEFT_OUT_SHARE_MOST = 0.1  # of a cell's respondents, at most: a share of fewer would not be that of n
_SHARE_DIGITS = 3  # of shares; more would begin to tell single answers

Tables = tuple[tuple[str, ...], ...]


class Share(NamedTuple):
    """A share as a row publishes it."""

    estimate: float | None
    low: float | None
    high: float | None
    reliable: bool
    notes: list[Note]


def public_tables(snapshot: Snapshot) -> Tables:
    """Return the tables of a round: the whole, units and their parents, answer channels, fields."""
    catalogue = snapshot.catalogue
    units = snapshot.units()
    above = sorted({one.type for unit in units for one in catalogue.ancestors(unit)})
    ancestors = ((type_,) for type_ in above)
    return ((), ("unit_type",), *ancestors, ("unit",), ("channel",), ("unit", "channel"), ("field",))


def release_request(asked: EstimateRequest, tables: Tables) -> EstimateRequest:
    """Keep the round and the index alone. Other options stay fixed, so that releases cannot be compared."""
    return EstimateRequest(round=asked.round, index=asked.index, by=tables)


def build_release(request: EstimateRequest, source: Source, before: Release | None = None) -> Release:
    """request: its `by` lists the tables. before: the last release of the same round."""
    prepared = prepare(request, source)
    if prepared.definition.kind == "none":
        name = source.instrument.name
        raise InputError(
            f"a release shows an index, and {name} has none, as it rates nothing on its main scale"
        )
    (measure,) = prepared.measures
    tables = request.by if before else _telling(request.by, source)
    if before is not None:
        _require_series(before, prepared, measure, tables)
    return Release(
        number=before.number + 1 if before else 1,
        source=source.name,
        definition=Definition(prepared.definition.id, source.instrument.name),
        measure=measure.name,
        weights=prepared.weighting.method,
        strata=list(prepared.weighting.strata),
        level=request.options.level,
        target=source.target,
        provisional=source.provisional,
        notes=table_notes(prepared),
        tables=[list(table) for table in tables],
        rows=_protected_rows(prepared, measure, tables, before),
        earlier=before.published() if before else [],
    )


def _telling(tables: Tables, source: Source) -> Tables:
    """The tables that are more than another one once more: each of their columns tells two apart."""
    return tuple(table for table in tables if all(_tells_apart(name, source) for name in table))


def _tells_apart(name: str, source: Source) -> bool:
    found = np.unique(source.cells.column(name).codes)
    possible = source.frame.columns.get(name) if source.frame else None
    return len(found) > 1 or (possible is not None and len(possible.levels) > 1)


def _require_series(before: Release, prepared: Prepared, measure: Measure, tables: Tables) -> None:
    """An audit holds for releases of one measure of one round in one list of tables."""
    for what, old, new in (
        ("round", before.source, prepared.source.name),
        ("instrument", before.definition.instrument, prepared.source.instrument.name),
        ("measure", before.measure, measure.name),
        ("list of tables", before.tables, [list(table) for table in tables]),
    ):
        if old != new:
            raise InputError(f"earlier: that release is of another {what}: {old}, not {new}")


def _protected_rows(
    prepared: Prepared, measure: Measure, tables: Tables, before: Release | None
) -> list[ReleasedRow]:
    """Renewed where that gives nothing away; else as they last were shown, if they ever were."""
    cells, frame = prepared.source.cells, prepared.source.frame
    tabulation = tabulate(tables, cells.columns, len(cells), frame.columns if frame else None)
    counts = count_measure(cells, measure, tabulation)
    earlier = [
        published_counts(one, tabulation.keys, counts.answers_per_respondent)
        for one in (before.published() if before else [])
    ]
    hidden = protect(tabulation.membership, counts, earlier).hidden
    kept = {domain_key(row.by): row for row in before.rows} if before else {}
    renewed = _renewed_rows(prepared, counts, tabulation, hidden, before.number + 1 if before else 1)
    found = [
        kept_row(row, kept.get(domain_key(row.by))) if is_hidden else row
        for row, is_hidden in zip(renewed, hidden, strict=True)
    ]
    return sorted(found, key=lambda row: _row_order(row, tables))


def _renewed_rows(
    prepared: Prepared, counts: Counts, tabulation: Tabulation, hidden: BoolArray, number: int
) -> Iterator[ReleasedRow]:
    """Every cell as it would be shown, in the order of the tabulation."""
    weighted = _weighted_shares(prepared, counts, tabulation, hidden)
    plain = plain_shares(counts, prepared.request.options.level)
    for cell, key in enumerate(tabulation.keys):
        share = weighted[cell] if cell in weighted else _plain_share(plain, cell)
        yield ReleasedRow(
            by=dict(key),
            n=round(counts.n[cell]),
            answers=float(counts.answers[cell]),
            satisfied=float(counts.satisfied[cell]),
            estimate=_rounded(share.estimate),
            low=_rounded(share.low),
            high=_rounded(share.high),
            reliable=share.reliable,
            release=number,
            notes=share.notes,
        )


def _weighted_shares(
    prepared: Prepared, counts: Counts, tabulation: Tabulation, hidden: BoolArray
) -> dict[int, Share]:
    """By cell, where all that weights and variance go by can be read in a table that hides nothing.

    A weighted share is one more equation on the strata in its cell, and an audit knows of none but
    sums of respondents and answers. Where each stratum's part of the cell is shown it says nothing new.
    """
    walk_up = prepared.source.walk_up()
    if walk_up is not None and walk_up.any():
        return {}  # their weights go by counts that no table shows
    of = [_columns_of(key) for key in tabulation.keys]
    open_tables = {*of} - {of[cell] for cell in np.flatnonzero(hidden).tolist()}
    strata = frozenset(prepared.weighting.strata)
    derivable = {columns for columns in of if any(strata | columns <= table for table in open_tables)}
    common = of_every_row(prepared.weighting.notes)
    found = {domain_key(row.by): row for columns in derivable for row in rows(prepared, sorted(columns))}
    return {
        cell: weighted_share(found.get(frozenset(key)), counts.n[cell], common)
        for cell, key in enumerate(tabulation.keys)
        if of[cell] in derivable
    }


def _columns_of(key: TableKey) -> frozenset[str]:
    return frozenset(name for name, _ in key)


def weighted_share(row: IndexRow | None, n: float, common: Sequence[Note]) -> Share:
    """common: notes on every weighted figure. A table that hides nothing shows all that they tell."""
    if row is None or row.n_answered < (1 - _LEFT_OUT_SHARE_MOST) * n:
        return Share(None, None, None, False, [NOT_WEIGHTED])
    return Share(row.estimate, row.low, row.high, row.reliable, [*row.notes, *common])


def _plain_share(plain: PlainShares, cell: int) -> Share:
    estimate, low, high = (float(values[cell]) for values in (plain.estimate, plain.low, plain.high))
    return Share(estimate, low, high, bool(plain.reliable[cell]), [PLAIN_SHARE])


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, _SHARE_DIGITS)


def kept_row(row: ReleasedRow, before: ReleasedRow | None) -> ReleasedRow:
    if before is None or before.release is None:
        return ReleasedRow(row.by, notes=[HIDDEN])
    remarks = [note for note in before.notes if not KEPT.is_code_of(note)]
    return msgspec.structs.replace(before, notes=[KEPT(release=before.release), *remarks])


def _row_order(row: ReleasedRow, tables: Tables) -> tuple[int, list[tuple[bool, SortKey]]]:
    """Tables in their order, domains in Vietnamese order, missing values last."""
    domain = [(level is None, sort_key(level or "")) for level in row.by.values()]
    return tables.index(tuple(row.by)), domain
