"""A round's cells in memory: read once, then only what has changed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sipas.postgres.pool import Connection
from sipas.queries.cells import (
    CellRow,
    CellsVersion,
    copy_cell_sums,
    find_cells_version,
    list_cell_keys,
)
from sipas.queries.counting import CellKey
from sipas.report.sources.dimensions import Keys
from sipas.report.sources.keyed import Keyed
from sipas.stats.cells.layout import sum_width
from sipas.stats.cells.scoring import Scoring

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class HeldCells:
    """Never changed once made: a thread may still be estimating from it. Rows stand by id."""

    version: CellsVersion
    ids: Integers
    keys: Keys
    n: Integers
    sums: Integers


_NEVER_COUNTED = CellsVersion(0, 0)


def no_cells(scoring: Scoring) -> HeldCells:
    none = np.zeros(0, np.int64)
    sums = np.zeros((0, sum_width(scoring)), np.int64, order="F")
    return HeldCells(_NEVER_COUNTED, none, cell_keys([]), none, sums)


async def read_cells(conn: Connection, round_id: int, scoring: Scoring, held: HeldCells) -> HeldCells:
    """Return the cells as they are now. Cells that were rebuilt or set back are read again."""
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        version = await find_cells_version(conn, round_id) or _NEVER_COUNTED
        if version == held.version:
            return held
        if version.rebuilds != held.version.rebuilds or version.number < held.version.number:
            held = no_cells(scoring)
        rows = await list_cell_keys(conn, round_id, held.version.number)
        records = await copy_cell_sums(conn, round_id, held.version.number, sum_width(scoring))
    return await asyncio.to_thread(_merge, held, version, rows, records)


def _merge(
    held: HeldCells, version: CellsVersion, rows: Sequence[CellRow], records: NDArray[Any]
) -> HeldCells:
    """Rows whose id is held replace it, others are added."""
    n, by_column = records["n"].astype(np.int64), records["sums"]["value"].T.astype(np.int64, order="C")
    new_ids = np.array([row.id for row in rows], np.int64)
    kept = ~np.isin(held.ids, new_ids)
    ids = np.concatenate([held.ids[kept], new_ids])
    order = np.argsort(ids)
    return HeldCells(
        version,
        ids[order],
        held.keys.select(kept).followed_by(cell_keys([row.key for row in rows])).select(order),
        np.concatenate([held.n[kept], n])[order],
        # Column by column, as they are kept: a row's sums lie far apart in memory.
        np.take(np.concatenate([held.sums.T[:, kept], by_column], axis=1), order, axis=1).T,
    )


def cell_keys(keys: Sequence[CellKey]) -> Keys:
    texts = {
        "service_channel": Keyed.of(key.service_channel for key in keys),
        "channel": Keyed.of(key.channel for key in keys),
        "form": Keyed.of(key.form for key in keys),
        "complete": Keyed.of("true" if key.complete else "false" for key in keys),
    }
    return Keys(
        Keyed.of(key.unit_id for key in keys),
        Keyed.of(key.procedure_id for key in keys),
        texts,
        Keyed.of(key.attributes for key in keys),
        Keyed.of(key.month for key in keys),
        Keyed.of(key.field for key in keys),
    )
