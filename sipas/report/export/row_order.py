"""The order of an export's rows: by a hash of their content, which says nothing about their arrival."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sipas.report.export.export_table import ExportColumn
from sipas.stats.arrays import IntArray

_SHIFT = np.uint64(29)
_Hashes = NDArray[np.uint64]


def content_order(columns: Sequence[ExportColumn], rows: IntArray) -> IntArray:
    """Return the rows in an order that their content alone determines. Rows that are alike may exchange."""
    hashes = np.zeros(len(rows), np.uint64)
    for place, column in enumerate(columns):
        if column.kind != "row":
            hashes = (hashes ^ _hashes_of(column, rows)) * _multiplier(place)
            hashes ^= hashes >> _SHIFT
    return rows[np.argsort(hashes, kind="stable")]


def _hashes_of(column: ExportColumn, rows: IntArray) -> _Hashes:
    codes = column.take(rows)
    if column.kind == "answer":
        return codes.astype(np.int64).view(np.uint64)
    of_value = np.array([*map(text_hash, column.values), 0], np.uint64)
    return of_value[codes]


def text_hash(value: Any) -> int:
    return int.from_bytes(blake2b(str(value).encode(), digest_size=8).digest())


def _multiplier(place: int) -> np.uint64:
    return np.uint64(text_hash(f"column {place}") | 1)
