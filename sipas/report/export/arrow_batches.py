"""Columns of an export as Arrow arrays: for Parquet, SPSS and Stata."""

import json
from functools import cache
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from sipas.report.export.export_table import MISSING_ANSWERS, ExportColumn, RowBatch

STATA_TAGS = {-1: "a", -2: "b", -3: "c"}  # not answered, not applicable, not asked
_STATA_BYTE_MAX = 100
_STATA_INT_MAX = 32_740

ArrowFormat = Literal["parquet", "sav", "dta"]


def arrow_type(column: ExportColumn, format_: ArrowFormat) -> pa.DataType:
    match column.kind:
        case "row":
            return pa.int32()
        case "answer":
            whole = _answer_type(column)
            return pa.struct([("value", whole), ("tag", pa.string())]) if format_ == "dta" else whole
        case "category":
            return pa.dictionary(pa.int16(), pa.string()) if format_ == "parquet" else pa.int16()
        case "text":
            return pa.dictionary(pa.int32(), pa.string()) if format_ == "parquet" else pa.string()
        case "whole":
            return pa.int64() if format_ == "parquet" else pa.float64()
        case "decimal":
            return pa.float64()
        case "date":
            return pa.date32()


def _answer_type(column: ExportColumn) -> pa.DataType:
    highest = len(column.values) - 1
    if highest <= _STATA_BYTE_MAX:
        return pa.int8()
    return pa.int16() if highest <= _STATA_INT_MAX else pa.int32()


def arrow_array(column: ExportColumn, batch: RowBatch, format_: ArrowFormat) -> pa.Array:
    kind = arrow_type(column, format_)
    if column.kind == "row":
        return pa.array(np.arange(batch.first + 1, batch.first + len(batch) + 1, dtype=np.int32))
    codes = column.take(batch.rows)
    if column.kind == "answer":
        return _tagged(codes, kind) if format_ == "dta" else pa.array(codes.astype(_dtype(kind)))
    missing = codes < 0
    if column.kind == "category" and format_ != "parquet":
        return pa.array(codes.astype(np.int16) + np.int16(column.first), mask=missing)
    if pa.types.is_dictionary(kind):
        indices = pa.array(codes.astype(_dtype(kind.index_type)), mask=missing)
        return pa.DictionaryArray.from_arrays(indices, pa.array(column.values, pa.string()))
    values = pa.array([*column.values, None], kind)
    places = np.where(missing, len(column.values), codes).astype(np.int32)
    return values.take(pa.array(places))


def _dtype(kind: pa.DataType) -> np.dtype[Any]:
    plain: np.dtype[Any] = np.dtype(kind.to_pandas_dtype())
    return plain


def _tagged(codes: Any, kind: pa.DataType) -> pa.Array:
    """Return answers with Stata's extended missing values beside them."""
    whole = kind.field("value").type
    values = pa.array(codes.astype(_dtype(whole)), mask=codes < 0)
    tags = _tags().take(pa.array(np.maximum(-codes.astype(np.int32), 0)))
    return pa.StructArray.from_arrays([values, tags], fields=list(kind))


def described(column: ExportColumn, kind: pa.DataType) -> pa.Field:
    """Return a field whose metadata hold the label of the column and those of its numbers."""
    held = {"label": column.label}
    if column.kind == "answer":
        held["value_labels"] = json.dumps(dict(column.labels), ensure_ascii=False)
        held["missing"] = json.dumps(sorted(MISSING_ANSWERS, reverse=True))
    return pa.field(column.name, kind, metadata=held)


@cache
def _tags() -> pa.Array:
    """Made on first use: the first array of pyarrow loads pandas where that is installed."""
    return pa.array([None, *STATA_TAGS.values()], pa.string())
