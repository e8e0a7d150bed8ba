"""The format of a segment: an Arrow IPC stream, compressed with zstd, that other programs read too.

Its columns are those of `KEYS`, `attribute.NAME` for each attribute, and `answer.ID` for each answer column.
Ids, times and comments of responses are not in it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sipas.errors import DatabaseError
from sipas.survey.segments.keyed import Codes, Keyed, narrow
from sipas.survey.segments.response_columns import KEYS, ResponseColumns

_ATTRIBUTE, _ANSWER = "attribute.", "answer."
_FORMAT: Final = {b"sipas": b"segment 1"}
_TYPES: Final = {
    "unit": pa.int32(),
    "procedure": pa.int32(),
    "kiosk": pa.int32(),
    "day": pa.date32(),
    "complete": pa.bool_(),
}
_OPTIONS: Final = pa.ipc.IpcWriteOptions(compression="zstd", emit_dictionary_deltas=False)


def encode_segment(columns: ResponseColumns, answer_ids: Sequence[str]) -> bytes:
    """Return the responses as an Arrow stream of one batch."""
    arrays = {name: _array(columns.keys[name], _TYPES.get(name)) for name in KEYS}
    arrays |= {_ATTRIBUTE + name: _array(keyed, None) for name, keyed in columns.attributes.items()}
    arrays |= {
        _ANSWER + name: pa.array(column) for name, column in zip(answer_ids, columns.answers, strict=True)
    }
    schema = pa.schema([pa.field(name, array.type) for name, array in arrays.items()], _FORMAT)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=_OPTIONS) as writer:
        writer.write_batch(pa.record_batch(list(arrays.values()), schema=schema))
    data: bytes = sink.getvalue().to_pybytes()
    return data


def decode_segment(data: bytes, answer_ids: Sequence[str]) -> ResponseColumns:
    """Return the responses of a segment. DatabaseError: it is none, or not of this instrument."""
    try:
        with pa.ipc.open_stream(data) as reader:
            table = reader.read_next_batch()
    except (pa.ArrowException, StopIteration) as error:
        raise DatabaseError(f"a segment cannot be read ({error}); `sipas rebuild` repairs it") from error
    names = table.schema.names
    wanted = [*KEYS, *(_ANSWER + name for name in answer_ids)]
    if table.schema.metadata != _FORMAT or not set(wanted) <= set(names):
        raise DatabaseError("a segment was written by another version of sipas; run `sipas rebuild`")
    return ResponseColumns(
        {name: _keyed(table.column(name)) for name in KEYS},
        {
            name.removeprefix(_ATTRIBUTE): _keyed(table.column(name))
            for name in names
            if name.startswith(_ATTRIBUTE)
        },
        tuple(table.column(_ANSWER + name).to_numpy() for name in answer_ids),
    )


def _array(keyed: Keyed[Any], kind: pa.DataType | None) -> pa.Array:
    """Return a dictionary of texts, or a plain array of another type."""
    if kind is None:
        indices = pa.array(keyed.codes, mask=keyed.codes < 0)
        return pa.DictionaryArray.from_arrays(indices, pa.array(keyed.values, pa.string()))
    values = pa.array([*keyed.values, None], kind)
    places = np.where(keyed.codes < 0, len(keyed.values), keyed.codes)
    return values.take(pa.array(places.astype(np.int32)))


def _keyed(array: pa.Array) -> Keyed[Any]:
    encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    values: list[str | int | bool | date] = encoded.dictionary.to_pylist()
    codes: Codes = encoded.indices.fill_null(-1).to_numpy()
    return Keyed(narrow(codes, len(values)), tuple(values))
